/* Jobs and sizes, for operators. */

#include "store/operations.h"

#include "store/checks.h"
#include "store/queries.h"

fallible job_views(Scope *s, Tx *tx, const JobQuery *query, Page *page, JobViewList *out)
{
    const char *state = name_of(job_status_names, (int)query->state);
    JobViewList found = {0};
    PagePlace from;

    TRY(page_newest(s, page, &from));
    TRY(query_list(s, tx, &q_jobs_list,
                   ARGS(ARG_AS(id, from.id), ARG(state), ARG_AS(queue, query->queue),
                        ARG_AS(kind, query->kind), ARG_AS(limit, from.limit)),
                   &found));
    page->next = page_cut(&from, &found) ? page_after(s, found.items[found.count - 1].created_at,
                                                      found.items[found.count - 1].id)
                                         : NULL;
    *out = found;
    return OK;
}

fallible job_view(Scope *s, Tx *tx, const char *id, JobView *out)
{
    return row_get(s, tx, &q_job_view, (RowKey){"job", id}, out);
}

fallible dead_letter_tenant(Scope *s, Tx *tx, const char *id, const char **tenant_id)
{
    Tenant tenant;

    TRY(row_get(s, tx, &q_job_tenant, (RowKey){"dead letter", id}, &tenant));
    *tenant_id = tenant.id;
    return OK;
}

fallible storage_sizes(Scope *s, Tx *tx, StorageSizes *out)
{
    return query_one(s, tx, &q_storage_sizes, NO_ARGS, out);
}

fallible usage_of_model(Scope *s, Tx *tx, const char *repo_id, const ModelView *model,
                        UsageList *out)
{
    const char *provider = name_of(provider_names, (int)model->provider);
    int64_t limit = USAGE_RUNS_MAX;

    TRY(id_check(s, (RowKey){"repository", repo_id}));
    return query_list(
        s, tx, &q_usage_of_model,
        ARGS(ARG(repo_id), ARG(provider), ARG_AS(model_name, model->model_name), ARG(limit)), out);
}
