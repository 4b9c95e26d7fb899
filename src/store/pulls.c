/* Pull requests. */

#include "store/pulls.h"

#include "base/id.h"
#include "store/checks.h"
#include "store/queries.h"
#include "store/tasks.h"

enum { FOUND_MAX = 100 };

static fallible insert(Scope *s, Tx *tx, Pull *pull)
{
    Stamp made = {0};

    pull->id = id_new(s);
    pull->tenant_id = tx_caller(tx)->tenant_id;
    TRY(query_one(s, tx, &q_pull_insert, ARGS(ARG_ROW(pull_type, pull)), &made));
    pull->created_at = pull->updated_at = made.at;
    return OK;
}

static fallible change(Scope *s, Tx *tx, const Pull *old, Pull *pull)
{
    Stamp changed = {0};

    pull->id = old->id;
    pull->tenant_id = old->tenant_id;
    pull->title = pull->title ? pull->title : old->title;
    pull->body = pull->body ? pull->body : old->body;
    pull->run_id = pull->run_id ? pull->run_id : old->run_id;
    pull->run_commit = pull->run_commit ? pull->run_commit : old->run_commit;
    pull->base = pull->base ? pull->base : old->base;
    pull->created_at = old->created_at;
    TRY(query_one(s, tx, &q_pull_change, ARGS(ARG_ROW(pull_type, pull)), &changed));
    pull->updated_at = changed.at;
    return OK;
}

/* The task is touched first: that locks its row, so that of two who found the same one inserts. */
fallible pull_save(Scope *s, Tx *tx, Pull *pull)
{
    const char *task_id = pull->task_id;
    int64_t number = pull->number;
    bool found = false;
    Pull old;

    TRY(text_check(s, "title", pull->title ? pull->title : ""));
    TRY(task_touch(s, tx, task_id));
    TRY(query_find(s, tx, &q_pull_numbered, ARGS(ARG(task_id), ARG(number)),
                   (QueryFound){&old, &found}));
    return found ? change(s, tx, &old, pull) : insert(s, tx, pull);
}

fallible pull_get(Scope *s, Tx *tx, const char *task_id, const char *id, Pull *out)
{
    Pull pull;
    bool found = false;

    if (id_valid(id))
        TRY(query_find(s, tx, &q_pull_get, ARGS(ARG(id)), (QueryFound){&pull, &found}));
    if (!found || (task_id && !text_equal(pull.task_id, task_id)))
        return fail_code(s, MISSING, "pull_missing", "PR not found");
    *out = pull;
    return OK;
}

fallible pull_list(Scope *s, Tx *tx, const char *task_id, Page *page, PullList *out)
{
    PullList found = {0};
    PagePlace from;

    TRY(page_newest(s, page, &from));
    page->next = NULL;
    *out = found;
    if (task_id && !id_valid(task_id))
        return OK;
    TRY(query_list(
        s, tx, task_id ? &q_pull_list : &q_pulls_newest,
        ARGS(ARG(task_id), ARG_AS(at, from.at), ARG_AS(id, from.id), ARG_AS(limit, from.limit)),
        &found));
    if (page_cut(&from, &found))
        page->next =
            page_after(s, found.items[found.count - 1].created_at, found.items[found.count - 1].id);
    *out = found;
    return OK;
}

fallible pull_lock(Scope *s, Tx *tx, const char *id, Pull *out)
{
    return row_get(s, tx, &q_pull_lock, (RowKey){"pull request", id}, out);
}

fallible pulls_at(Scope *s, Tx *tx, const PullPlace *place, PullList *out)
{
    const char *url = place->url, *repo_url = place->repo_url;
    int64_t number = place->number, limit = FOUND_MAX;

    return query_list(s, tx, &q_pulls_numbered_at,
                      ARGS(ARG(url), ARG(repo_url), ARG(number), ARG(limit)), out);
}

fallible pulls_at_commit(Scope *s, Tx *tx, const char *repo_url, const char *commit, PullList *out)
{
    const char *commit_sha = commit, *prefix = text(s, "%s/pull/", repo_url);
    int64_t limit = FOUND_MAX;

    return query_list(s, tx, &q_pulls_at_commit,
                      ARGS(ARG(repo_url), ARG(commit_sha), ARG(prefix), ARG(limit)), out);
}

fallible pulls_to_check(Scope *s, Tx *tx, int64_t older_us, int64_t limit, PullList *out)
{
    return query_list(s, tx, &q_pulls_to_check, ARGS(ARG(older_us), ARG(limit)), out);
}

fallible pull_checked(Scope *s, Tx *tx, const char *id)
{
    return query_run(s, tx, &q_pull_checked, ARGS(ARG(id)), NULL);
}
