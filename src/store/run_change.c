/* Changes of a run's state, each with its event. */

#include "store/run_change.h"

#include "base/json.h"
#include "store/checks.h"
#include "store/queries.h"
#include "store/runs.h"

static void put_member(JsonWriter *w, const char *key, const char *value)
{
    if (!value)
        return;
    json_key(w, key);
    json_put_text(w, value);
}

static const char *status_data(Scope *s, const RunChange *change)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    put_member(&w, "status", name_of(run_status_names, (int)change->to));
    put_member(&w, "reason", text_kept(s, change->reason, RUN_REASON_MAX));
    put_member(&w, "kind", change->kind);
    put_member(&w, "code", change->code);
    if (change->params.text) {
        json_key(&w, "params");
        json_put_raw(&w, change->params.text);
    }
    json_close(&w, '}');
    return buffer_string(&b);
}

fallible run_change(Scope *s, Tx *tx, const RunChange *change, bool *changed)
{
    RunCounter counter = {0};

    TRY(query_find(s, tx, change->update, change->args, (QueryFound){&counter, changed}));
    if (!*changed)
        return OK;
    RunEvent event = {
        .run_id = change->run_id,
        .seq = counter.event_seq,
        .fence = counter.fence,
        .kind = EVENT_STATUS,
        .data = status_data(s, change),
    };
    return query_run(s, tx, &q_event_insert,
                     ARGS(ARG_ROW(run_event_type, &event), ARG_AS(row_tenant, counter.tenant_id)),
                     NULL);
}

fallible lease_lost(Scope *s)
{
    return fail_code(s, CONFLICT, "lease_lost", "this job has been given to somebody else");
}

fallible run_refused(Scope *s, Tx *tx, const Lease *lease)
{
    const char *run_id = lease->run_id;
    bool found = false;
    RunState state;

    TRY(query_find(s, tx, &q_run_state_of_lease, ARGS(ARG(run_id)), (QueryFound){&state, &found}));
    if (!found)
        return row_missing(s, (RowKey){"run", run_id});
    if (state.fence != lease->fence)
        return lease_lost(s);
    if (run_finished(state.status))
        return fail_code(s, CONFLICT, "run_finished", "run %s is %s already", run_id,
                         name_of(run_status_names, (int)state.status));
    return fail(s, CONFLICT, "run %s is %s: start it first", run_id,
                name_of(run_status_names, (int)state.status));
}

fallible run_hold(Scope *s, Tx *tx, const Lease *lease)
{
    RunCounter counter;
    bool found = false;

    TRY(id_check(s, (RowKey){"run", lease->run_id}));
    TRY(query_find(s, tx, &q_run_hold,
                   ARGS(ARG_AS(run_id, lease->run_id), ARG_AS(fence, lease->fence)),
                   (QueryFound){&counter, &found}));
    return found ? OK : run_refused(s, tx, lease);
}

fallible run_requeue(Scope *s, Tx *tx, const Lease *lease, const char *reason)
{
    const char *run_id = lease->run_id;
    int64_t fence = lease->fence + 1;
    RunChange change = {
        .run_id = run_id,
        .update = &q_run_requeue,
        .args = ARGS(ARG(run_id), ARG_AS(fence, lease->fence)),
        .to = RUN_QUEUED,
        .reason = reason,
    };
    bool changed = false;

    TRY(run_change(s, tx, &change, &changed));
    return query_run(s, tx, &q_run_fence, ARGS(ARG(run_id), ARG(fence)), NULL);
}

fallible run_give_up(Scope *s, Tx *tx, const Lease *lease, const Error *why)
{
    const char *run_id = lease->run_id;
    const char *error = text_kept(s, why->message, RUN_REASON_MAX);
    const char *kind = error_kind(why->kind)->name;
    const char *error_code = why->code;
    Json error_params = json_of_params(s, why->params);
    RunChange change = {
        .run_id = run_id,
        .update = &q_run_give_up,
        .args = ARGS(ARG(run_id), ARG_AS(fence, lease->fence), ARG(error), ARG_AS(error_kind, kind),
                     ARG(error_code), ARG(error_params)),
        .to = RUN_FAILED,
        .reason = error,
        .kind = kind,
        .code = error_code,
        .params = error_params,
    };
    bool changed = false;

    return run_change(s, tx, &change, &changed);
}
