/* Processes that claim jobs. */

#include "store/workers.h"

#include "store/checks.h"
#include "store/migrations.h"
#include "store/queries.h"

fallible worker_register(Scope *s, Tx *tx, Worker *worker)
{
    Stamp started = {0};

    TRY(text_check(s, "worker's id", worker->id));
    TRY(text_check(s, "worker's host", worker->host));
    TRY(query_one(s, tx, &q_worker_register, ARGS(ARG_ROW(worker_type, worker)), &started));
    worker->started_at = worker->seen_at = started.at;
    return OK;
}

fallible worker_seen(Scope *s, Tx *tx, const char *id)
{
    int64_t changed = 0;

    TRY(query_run(s, tx, &q_worker_seen, ARGS(ARG(id)), &changed));
    return changed ? OK : row_missing(s, (RowKey){"worker", id});
}

fallible workers_list(Scope *s, Tx *tx, WorkerList *out)
{
    int64_t limit = WORKERS_MAX;

    return query_list(s, tx, &q_workers_list, ARGS(ARG(limit)), out);
}

fallible schema_found(Scope *s, Tx *tx, MigrationState *out)
{
    Stamp found = {0};

    TRY(query_one(s, tx, &q_schema_found, NO_ARGS, &found));
    *out = (MigrationState){found.number, migration_count};
    return OK;
}

fallible worker_remove(Scope *s, Tx *tx, const char *id)
{
    return query_run(s, tx, &q_worker_remove, ARGS(ARG(id)), NULL);
}
