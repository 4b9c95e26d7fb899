/* What calls to models used. */

#include "store/usage.h"

#include "store/checks.h"
#include "store/queries.h"
#include "store/run_change.h"

fallible usage_put(Scope *s, Tx *tx, const Lease *lease, int64_t call, const Usage *usage)
{
    const char *run_id = lease->run_id;
    int64_t changed = 0;

    TRY(id_check(s, (RowKey){"run", run_id}));
    TRY(query_run(
        s, tx, &q_usage_put,
        ARGS(ARG(run_id), ARG_AS(fence, lease->fence), ARG(call), ARG_ROW(usage_type, usage)),
        &changed));
    /* The sum takes the run's row lock, so that a fence that moves meanwhile is seen here. */
    if (changed)
        TRY(query_run(s, tx, &q_usage_sum, ARGS(ARG(run_id), ARG_AS(fence, lease->fence)),
                      &changed));
    return changed ? OK : run_refused(s, tx, lease);
}

fallible usage_put_beside(Scope *s, Tx *tx, const char *run_id, const Usage *usage)
{
    const RowKey key = {"run", run_id};
    const OptInt fence = {0};
    int64_t changed = 0;

    TRY(id_check(s, key));
    TRY(query_run(s, tx, &q_usage_put_beside, ARGS(ARG(run_id), ARG_ROW(usage_type, usage)),
                  &changed));
    if (!changed)
        return row_missing(s, key);
    return query_run(s, tx, &q_usage_sum, ARGS(ARG(run_id), ARG(fence)), NULL);
}

fallible usage_of_run(Scope *s, Tx *tx, const char *run_id, Usage *out)
{
    return row_get(s, tx, &q_usage_of_run, (RowKey){"run", run_id}, out);
}
