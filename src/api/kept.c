/* Answers in the old API's own words. */

#include "api/kept.h"

fallible task_or(Scope *s, Tx *tx, ErrorKind kind, const char *id, Task *out)
{
    Error *e = task_get(s, tx, id, out);

    if (!failed_as(e, MISSING))
        return e;
    error_drop(e, "said in the old words below");
    return fail_code(s, kind, "task_missing", "Task not found: %s", text_head(s, id, 64));
}

fallible no_agent(Scope *s, const char *what)
{
    return fail_code(s, UNSUPPORTED, "executor_unavailable",
                     "%s needs an agent program, and this server runs none: start runs of models "
                     "with /v1/tasks/{task_id}/runs instead",
                     what);
}

LogLineList kept_lines(Scope *s, const TextList *lines, int64_t from_line)
{
    LogLineList out = {0};

    for (size_t i = from_line < 0 ? 0 : (size_t)from_line; i < lines->count; i++)
        *list_add(s, &out) = (LogLine){.line_number = (int64_t)i, .content = lines->items[i]};
    return out;
}
