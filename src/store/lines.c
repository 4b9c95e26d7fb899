/* Lines of work. */

#include "store/lines.h"

#include "base/id.h"
#include "model/run_state.h"
#include "store/checks.h"
#include "store/queries.h"
#include "store/run_change.h"
#include "store/runs.h"

static fallible line_by_key(Scope *s, Tx *tx, const LineWant *want, QueryFound out)
{
    return query_find(
        s, tx, &q_line_by_key,
        ARGS(ARG_AS(task_id, want->task_id), ARG_AS(model_key, want->model_key),
             {.name = "executor_type",
              .field = {.name = "executor_type", .kind = FIELD_ENUM, .names = executor_names},
              .value = &want->executor_type}),
        out);
}

/* One attempt: the line is there, or opened now, or another line has this branch. */
static fallible line_try(Scope *s, Tx *tx, const LineWant *want, int digits, QueryFound out)
{
    Line line = {
        .id = id_new(s),
        .task_id = want->task_id,
        .executor_type = want->executor_type,
        .model_key = want->model_key,
        .branch = line_branch(s, want->branch_prefix, want->run_id, digits),
        .base_ref = want->base_ref,
        .base_commit = want->base_commit,
    };

    TRY(line_by_key(s, tx, want, out));
    if (*out.found)
        return OK;
    TRY(query_find(s, tx, &q_line_insert, ARGS(ARG_ROW(line_type, &line)), out));
    if (*out.found)
        return OK;
    return line_by_key(s, tx, want, out);
}

fallible line_find_or_insert(Scope *s, Tx *tx, const LineWant *want, Line *out)
{
    Task task;
    bool found = false;

    TRY(text_check(s, "model's name", want->model_key));
    TRY(text_check(s, "branch prefix", want->branch_prefix));
    TRY(row_get(s, tx, &q_task_get, (RowKey){"task", want->task_id}, &task));
    for (int digits = BRANCH_DIGITS_FIRST; digits <= BRANCH_DIGITS_MAX && !found;
         digits += BRANCH_DIGITS_STEP)
        TRY(line_try(s, tx, want, digits, (QueryFound){out, &found}));
    if (!found)
        return fail(s, CONFLICT, "the repository has a branch for run %s already", want->run_id);
    return OK;
}

fallible line_get(Scope *s, Tx *tx, const char *id, Line *out)
{
    return row_get(s, tx, &q_line_get, (RowKey){"line of work", id}, out);
}

fallible lines_of_task(Scope *s, Tx *tx, const char *task_id, LineList *out)
{
    TRY(id_check(s, (RowKey){"task", task_id}));
    return query_list(s, tx, &q_lines_of_task, ARGS(ARG(task_id)), out);
}

fallible line_advance(Scope *s, Tx *tx, const Lease *lease, const LineStep *step)
{
    const char *line_id = step->line_id;
    int64_t changed = 0;
    Line line;

    TRY(id_check(s, (RowKey){"line of work", line_id}));
    TRY(lease_hold(s, tx, lease));
    TRY(run_hold(s, tx, lease));
    TRY(query_run(s, tx, &q_line_advance,
                  ARGS(ARG(line_id), ARG_AS(head_from, step->from), ARG_AS(head_to, step->to),
                       ARG_AS(base_commit, step->base_commit)),
                  &changed));
    if (changed)
        return OK;
    TRY(query_one(s, tx, &q_line_head, ARGS(ARG(line_id)), &line));
    if (text_equal(line.head_commit, step->to))
        return OK;
    return error_param(fail_code(s, CONFLICT, "head_moved", "branch %s is at %s, not at %s",
                                 line.branch, line.head_commit ? line.head_commit : "no commit",
                                 step->from ? step->from : "no commit"),
                       "branch", line.branch);
}
