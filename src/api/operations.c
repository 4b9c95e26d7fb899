/* Routes for operators: queues, workers, jobs, storage. */

#include "store/operations.h"

#include "api/api.h"
#include "api/paging.h"
#include "service/storage.h"
#include "store/jobs.h"
#include "store/workers.h"

/* On a machine of one's own the service's own work is the operator's as well. */
static fallible operations_read(Scope *s, Api *api, const Request *rq, Tx **out)
{
    if (api->app->settings->auth == AUTH_LOCAL)
        return tx_system_read(s, api->app->store, out);
    return tx_read(s, api->app->store, rq->caller, out);
}

static double seconds(int64_t us)
{
    return us > 0 ? (double)us / US_PER_S : 0;
}

static fallible queues(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    QueueStatList stats = {0};
    QueueViewList views = {0};
    Tx *tx;

    TRY(operations_read(s, api, rq, &tx));
    TRY(jobs_stats(s, tx, &stats));
    EACH (const QueueStat, q, &stats)
        *list_add(s, &views) =
            (QueueView){q->queue, q->due, q->later, q->leased, q->dead, seconds(q->oldest_us)};
    return answer(reply, &views);
}

static WorkerView worker_view(Scope *s, const Worker *worker, const JobViewList *leased)
{
    WorkerView view = {.id = worker->id,
                       .host = worker->host,
                       .pid = worker->pid,
                       .concurrency = worker->concurrency,
                       .started_at = worker->started_at,
                       .seen_at = worker->seen_at,
                       .silent_seconds = seconds(worker->silent_us)};

    EACH (const JobView, job, leased)
        if (text_equal(job->owner, worker->id))
            *list_add(s, &view.jobs) =
                (WorkerJob){job->id, job->kind, job->run_id, job->task_id, job->lease_until};
    return view;
}

static fallible workers(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const JobQuery query = {.state = JOB_LEASED};
    Page page = {0};
    JobViewList leased = {0};
    WorkerList rows = {0};
    WorkerViewList views = {0};
    Tx *tx;

    TRY(operations_read(s, api, rq, &tx));
    TRY(job_views(s, tx, &query, &page, &leased));
    TRY(tx_commit(s, tx));
    TRY(tx_system_read(s, api->app->store, &tx));
    TRY(workers_list(s, tx, &rows));
    EACH (const Worker, worker, &rows)
        *list_add(s, &views) = worker_view(s, worker, &leased);
    return answer(reply, &views);
}

static fallible jobs(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const JobQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    JobViewList views = {0};
    Tx *tx;

    TRY(operations_read(s, api, rq, &tx));
    TRY(job_views(s, tx, query, &page, &views));
    return answer_page(reply, &page, &views);
}

/* A dead letter is sent again or dropped as its own tenant. */
static fallible letter_write(Scope *s, Api *api, const Request *rq, Tx **out)
{
    Caller owner = *rq->caller;
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(operations_read(tmp, api, rq, &tx));
        TRY(dead_letter_tenant(s, tx, path_part(rq, "job_id"), &owner.tenant_id));
    }
    return tx_write(s, api->app->store, &owner, out);
}

static fallible resend(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    JobView view;
    Job job;
    Tx *tx;

    TRY(letter_write(s, api, rq, &tx));
    TRY(dead_letter_resend(s, tx, path_part(rq, "job_id"), &job));
    TRY(job_view(s, tx, job.id, &view));
    TRY(tx_commit(s, tx));
    bus_publish(api->app->bus, "jobs");
    return answer(reply, &view);
}

static fallible drop(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Tx *tx;

    TRY(letter_write(s, api, rq, &tx));
    TRY(dead_letter_drop(s, tx, path_part(rq, "job_id")));
    TRY(tx_commit(s, tx));
    return answer_empty(reply);
}

static fallible storage(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    StorageView view;

    TRY(storage_view(s, api->app, rq->caller, &view));
    return answer(reply, &view);
}

static const int missing[] = {404, 0};

const Route operation_routes[] = {
    {HTTP_GET, "/v1/operations/queues", queues, .out = &queue_view_type, .out_list = true,
     .status = 200, .role = ROLE_ADMIN, .about = "Queues, by name: what waits, what is worked on."},
    {HTTP_GET, "/v1/operations/workers", workers, .out = &worker_view_type, .out_list = true,
     .status = 200, .role = ROLE_ADMIN,
     .about = "Processes that work off jobs, with what they hold."},
    {HTTP_GET, "/v1/operations/jobs", jobs, .query = &job_query_type, .out = &job_view_type,
     .out_list = true, .status = 200, .role = ROLE_ADMIN,
     .about = "Jobs, newest first; with state=dead the dead letters."},
    {HTTP_POST, "/v1/operations/jobs/{job_id}/resend", resend, .out = &job_view_type, .status = 200,
     .role = ROLE_ADMIN, .fails = missing,
     .about =
         "Send a dead letter again. One that executed a run gets a new run, which names the old "
         "one as retry_of; the answer is the job that is pending now."},
    {HTTP_POST, "/v1/operations/jobs/{job_id}/drop", drop, .status = 204, .role = ROLE_ADMIN,
     .fails = missing, .about = "Drop a dead letter."},
    {HTTP_GET, "/v1/operations/storage", storage, .out = &storage_view_type, .status = 200,
     .role = ROLE_ADMIN, .about = "What is stored where, and how much room is left."},
    {0},
};
