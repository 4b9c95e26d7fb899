/* The runs of a message beside each other: who touched what, alone or together. */

#include <stdlib.h>

#include "base/json.h"
#include "model/check_state.h"
#include "service/differences.h"
#include "store/pulls.h"
#include "store/reports.h"
#include "store/runs.h"
#include "store/tasks.h"

typedef struct Facts {
    RunList runs;
    PullList pulls;
    CiCheckList checks; /* newest first */
} Facts;

/* ---- Files ---- */

/* A file of one run, before those of the same path are put together. */
typedef struct Touch {
    const char *path;
    size_t run;
    const FileChange *file;
} Touch;

typedef LIST_OF(Touch) TouchList;

static int by_path(const void *a, const void *b)
{
    const Touch *x = a, *y = b;
    int order = strcmp(x->path, y->path);

    return order ? order : (x->run > y->run) - (x->run < y->run);
}

static void touches_of(Scope *s, const RunList *runs, TouchList *out, bool *is_cut)
{
    for (size_t i = 0; i < runs->count; i++)
        EACH (FileChange, file, &runs->items[i].files_changed) {
            *is_cut = *is_cut || out->count == COMPARED_FILES_MAX;
            if (out->count < COMPARED_FILES_MAX)
                *list_add(s, out) = (Touch){file->path, i, file};
        }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_path);
}

static void count_touch(ComparedRun *run, bool shared)
{
    if (shared)
        run->shared_files++;
    else
        run->only_here_files++;
}

static void add_files(Scope *s, const TouchList *touches, Comparison *out)
{
    for (size_t i = 0, end; i < touches->count; i = end) {
        ComparedFile *file = list_add(s, &out->files);
        *file = (ComparedFile){.path = touches->items[i].path};
        for (end = i; end < touches->count && text_equal(touches->items[end].path, file->path);
             end++)
            ;
        for (size_t j = i; j < end; j++) {
            const Touch *touch = &touches->items[j];
            ComparedRun *run = &out->runs.items[touch->run];
            *list_add(s, &file->in) =
                (ComparedIn){run->run_id, touch->file->status, touch->file->added_lines,
                             touch->file->removed_lines};
            count_touch(run, end - i > 1);
        }
    }
}

/* ---- Runs ---- */

static const Pull *pull_of(const PullList *pulls, const Run *run)
{
    EACH (const Pull, pull, pulls)
        if (text_equal(pull->run_id, run->id))
            return pull;
    return NULL;
}

static void count_check(ChecksView *out, const char *word)
{
    CheckState state = check_state(word);

    out->total++;
    out->passed += state == CHECK_PASSED;
    out->pending += state == CHECK_PENDING;
    out->failed += state == CHECK_FAILED;
}

/* Of its newest check: job by job, or as one when no job is named. */
static fallible checks_of(Scope *s, const CiCheckList *checks, const Pull *pull, ChecksView *out)
{
    json_t *jobs = NULL, *result;
    const char *name;

    EACH (const CiCheck, check, checks) {
        if (!text_equal(check->pr_id, pull->id))
            continue;
        if (check->jobs.text)
            TRY(json_parse(s, bytes_of(check->jobs.text), &jobs));
        json_object_foreach(jobs, name, result) count_check(out, json_string_value(result));
        if (!out->total)
            count_check(out, check->status);
        return OK;
    }
    return OK;
}

static ComparedRun compared(const Run *run, int64_t index)
{
    bool timed = run->started_at.us && run->completed_at.us;

    return (ComparedRun){
        .run_id = run->id,
        .index = index,
        .model_id = run->model_id,
        .model_name = run->model_name,
        .provider = run->provider,
        .executor_type = run->executor_type,
        .status = run->status,
        .verdict = run->verdict,
        .files_changed = run->files_count,
        .added_lines = run->added_lines,
        .removed_lines = run->removed_lines,
        .usd = run->cost_usd,
        .input_tokens = run->input_tokens,
        .output_tokens = run->output_tokens,
        .duration_ms = {timed, (run->completed_at.us - run->started_at.us) / 1000},
        .summary = run->summary,
        .error = run->error,
        .error_code = run->error_code,
        .error_params = run->error_params,
    };
}

static fallible add_runs(Scope *s, const Facts *facts, Comparison *out)
{
    EACH (const Run, run, &facts->runs) {
        ComparedRun *made = list_add(s, &out->runs);
        const Pull *pull = pull_of(&facts->pulls, run);
        *made = compared(run, (int64_t)out->runs.count);
        if (!pull)
            continue;
        made->pull_number = (OptInt){true, pull->number};
        made->pull_url = pull->url;
        made->pull_status = name_of(pull_status_names, (int)pull->status);
        TRY(checks_of(s, &facts->checks, pull, &made->checks));
    }
    return OK;
}

/* ---- What there is ---- */

static const char *newest_message(const TaskDetail *detail)
{
    EACH (const RunSummary, run, &detail->runs)
        if (run->message_id)
            return run->message_id;
    return NULL;
}

static fallible gather(Scope *s, Tx *tx, const Comparison *of, Facts *out)
{
    Page all = {0}, checks = {0};

    TRY(runs_of_message(s, tx, of->task_id, of->message_id, &out->runs));
    TRY(pull_list(s, tx, of->task_id, &all, &out->pulls));
    return ci_check_list(s, tx, of->task_id, &checks, &out->checks);
}

fallible comparison_show(Scope *s, App *app, const Caller *caller, Comparison *out)
{
    SCOPE(tmp, s);
    TouchList touches = {0};
    TaskDetail detail;
    Facts facts = {0};
    Tx *tx;

    TRY(tx_read(tmp, app->store, caller, &tx));
    TRY(task_detail(s, tx, out->task_id, &detail));
    if (text_empty(out->message_id))
        out->message_id = newest_message(&detail);
    if (!out->message_id)
        return OK;
    TRY(gather(s, tx, out, &facts));
    TRY(add_runs(s, &facts, out));
    touches_of(s, &facts.runs, &touches, &out->is_cut);
    add_files(s, &touches, out);
    return OK;
}
