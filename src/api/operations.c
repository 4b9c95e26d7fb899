/* Routes for operators: queues, workers, jobs, storage. */

#include "api/api.h"
#include "model/operation_views.h"

static fallible not_yet(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    (void)api;
    (void)rq;
    (void)reply;
    return fail(s, UNSUPPORTED, "this version does not answer here");
}

static const int missing[] = {404, 0};

const Route operation_routes[] = {
    {HTTP_GET, "/v1/operations/queues", not_yet, .out = &queue_view_type, .out_list = true,
     .status = 200, .role = ROLE_ADMIN, .about = "Queues, by name: what waits, what is worked on."},
    {HTTP_GET, "/v1/operations/workers", not_yet, .out = &worker_view_type, .out_list = true,
     .status = 200, .role = ROLE_ADMIN,
     .about = "Processes that work off jobs, with what they hold."},
    {HTTP_GET, "/v1/operations/jobs", not_yet, .query = &job_query_type, .out = &job_view_type,
     .out_list = true, .status = 200, .role = ROLE_ADMIN,
     .about = "Jobs, newest first; with state=dead the dead letters."},
    {HTTP_POST, "/v1/operations/jobs/{job_id}/resend", not_yet, .out = &job_view_type,
     .status = 200, .role = ROLE_ADMIN, .fails = missing,
     .about =
         "Send a dead letter again. One that executed a run gets a new run, which names the old "
         "one as retry_of; the answer is the job that is pending now."},
    {HTTP_POST, "/v1/operations/jobs/{job_id}/drop", not_yet, .status = 204, .role = ROLE_ADMIN,
     .fails = missing, .about = "Drop a dead letter."},
    {HTTP_GET, "/v1/operations/storage", not_yet, .out = &storage_view_type, .status = 200,
     .role = ROLE_ADMIN, .about = "What is stored where, and how much room is left."},
    {0},
};
