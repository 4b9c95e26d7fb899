/* A link as a job: the row is the state, its checkpoint the result. */

#include "service/pulls_parts.h"

#include "base/json.h"
#include "store/jobs.h"

#define LINK_JOB "pull_link"

static const char *order_json(Scope *s, const PullOrder *order)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "task_id");
    json_put_text(&w, order->task_id);
    json_key(&w, "run_id");
    json_put_text(&w, order->run_id);
    json_key(&w, "template_path");
    json_put_text(&w, order->template_path);
    json_close(&w, '}');
    return buffer_string(&b);
}

Error *pulls_link_begin(Scope *s, App *app, Tx *tx, const PullOrder *order, const char **job_id)
{
    Job job = {.queue = "system", .kind = LINK_JOB, .args = {order_json(s, order)}, .max_tries = 2};

    (void)app;
    TRY(job_insert(s, tx, &job, NULL));
    *job_id = job.id;
    return OK;
}

static const char *state_of(const Job *job)
{
    switch (job->status) {
    case JOB_SUCCEEDED:
        return "completed";
    case JOB_DEAD:
    case JOB_CANCELED:
        return "failed";
    case JOB_PENDING:
    case JOB_LEASED:
        return "pending";
    }
    return "failed";
}

Error *pulls_link_job(Scope *s, Tx *tx, const char *job_id, PullLinkJob *out)
{
    Job job;
    Error *e = job_get(s, tx, job_id, &job);

    if (failed_as(e, MISSING))
        return fail_code(s, MISSING, "job_missing", "Job not found");
    TRY(e);
    if (!text_equal(job.kind, LINK_JOB))
        return fail_code(s, MISSING, "job_missing", "Job not found");
    *out = (PullLinkJob){.job_id = job.id,
                         .status = state_of(&job),
                         .error = job.error,
                         .error_code = job.error_code,
                         .error_params = job.error_params};
    if (job.status == JOB_SUCCEEDED)
        out->result = job.checkpoint;
    if (job.status == JOB_PENDING || job.status == JOB_LEASED)
        out->error = out->error_code = NULL; /* of a try before */
    return OK;
}
