/* Jobs of the database on Celery's transport. */

#include "queue/job_queue.h"

#include "base/id.h"
#include "queue/celery_parts.h"

struct JobQueue {
    Celery *celery;
};

const JobTask job_tasks[] = {
    {"run", "agent", "dursor.tasks.run_agent"},
    {"pull_poll", "polling", "dursor.tasks.poll_pr"},
    {"pull_poll", "polling",
     "dursor.tasks.poll_ci"}, /* checks are looked at with their pull request */
    {0},
};

JobQueue *job_queue_open(Scope *s, Celery *celery)
{
    JobQueue *q = NEW(s, JobQueue);

    q->celery = celery;
    return q;
}

static const char *task_of(const char *kind)
{
    for (const JobTask *t = job_tasks; t->kind; t++)
        if (text_equal(t->kind, kind))
            return t->task;
    return NULL;
}

static const char *kind_of(const char *task)
{
    for (const JobTask *t = job_tasks; t->kind; t++)
        if (text_equal(t->task, task))
            return t->kind;
    return NULL;
}

bool job_queue_has(const char *kind)
{
    return task_of(kind) != NULL;
}

/* ---- Offering ---- */

static Bytes offer_key(Scope *s, const JobQueue *q, const char *id, int64_t fence)
{
    return bytes_of(
        text(s, "%sdursor.offered.%s.%lld", q->celery->o.keys.prefix, id, (long long)fence));
}

/* Nothing of the job travels but its id. */
static fallible write_offer(Scope *s, const JobOffer *offer, Bytes *out)
{
    const char *task = task_of(offer->kind);

    if (!task)
        return fail(s, INVALID, "jobs of kind %s do not travel", text_head(s, offer->kind, 40));
    CeleryCall call = {.id = offer->id,
                       .task = task,
                       .queue = offer->queue,
                       .priority = offer->priority,
                       .args = {text(s, "[\"%s\"]", offer->id)},
                       .origin = "dursor"};
    return celery_message_write(s, &call, out);
}

Error *job_queue_offer(Scope *s, JobQueue *q, const JobOffer *offers, size_t count, int64_t *sent)
{
    SCOPE(tmp, s);
    const CeleryKeys *names = &q->celery->o.keys;
    Bytes keys[2 * JOB_OFFERS_MAX], args[1 + JOB_OFFERS_MAX];
    RedisReply *reply;

    *sent = 0;
    if (!count)
        return OK;
    if (count > JOB_OFFERS_MAX)
        return fail(s, INVALID, "at most %d jobs are offered at once", JOB_OFFERS_MAX);
    args[0] = redis_number(tmp, JOB_OFFER_S);
    for (size_t i = 0; i < count; i++) {
        const JobOffer *offer = &offers[i];
        keys[2 * i] = offer_key(tmp, q, offer->id, offer->fence);
        keys[2 * i + 1] = celery_list_key(tmp, names, offer->queue, celery_step(offer->priority));
        TRY(write_offer(tmp, offer, &args[1 + i]));
    }
    RedisCommand command = redis_eval(tmp, &(RedisEval){.script = &q->celery->scripts[SCRIPT_OFFER],
                                                        .keys = keys,
                                                        .key_count = 2 * count,
                                                        .args = args,
                                                        .arg_count = 1 + count,
                                                        .repeatable = true});
    TRY_WHILE(redis_call(tmp, q->celery->o.redis, &command, &reply), "offering jobs");
    *sent = reply->integer;
    return OK;
}

/* ---- Taking ---- */

/* [JOB_ID], as a text of a UUID. */
static const char *job_id_of(const CeleryMessage *m)
{
    const char *id = json_string_value(json_array_get(m->args, 0));

    return json_array_size(m->args) == 1 && id && id_valid(id) ? id : NULL;
}

/* Times of a message are kept for those of others; our own rows know theirs. */
static fallible sort(Scope *s, JobQueue *q, const CeleryClaim *claim, Time now, JobMessageList *out)
{
    const char *id = job_id_of(&claim->message), *kind = kind_of(claim->message.task);
    bool held;

    if (!kind)
        return celery_bury(s, q->celery, claim,
                           (CeleryReason){"unknown_task", "no task of this name runs here"}, &held);
    if (!id)
        return celery_bury(s, q->celery, claim,
                           (CeleryReason){"bad_arguments", "the one argument is the id of a job"},
                           &held);
    CeleryNext next = celery_next(claim, now);
    if (next == CELERY_WAIT)
        return celery_delay(s, q->celery, claim, claim->message.eta, &held);
    *list_add(s, out) = (JobMessage){.job_id = id,
                                     .kind = kind,
                                     .dropped = next == CELERY_DROP      ? "revoked"
                                                : next == CELERY_EXPIRED ? "expired"
                                                                         : NULL,
                                     .token = claim->token,
                                     .claim = *claim};
    return OK;
}

Error *job_queue_take(Scope *s, JobQueue *q, const TextList *queues, size_t most,
                      JobMessageList *out)
{
    CeleryClaims claims;

    TRY(celery_claim(s, q->celery, queues, most, &claims));
    EACH (CeleryClaim, claim, &claims.list)
        TRY(sort(s, q, claim, claims.now, out));
    return OK;
}

/* ---- Settling ---- */

static fallible tell_dropped(Scope *s, JobQueue *q, const JobMessage *message)
{
    CeleryResult result = {.status = CELERY_REVOKED,
                           .task_id = message->claim.message.id,
                           .date_done = time_now(),
                           .exception = celery_exception(s, "celery.exceptions", "TaskRevokedError",
                                                         message->dropped)};
    bool stored;

    return message->claim.message.ignore_result
               ? OK
               : celery_result_store(s, q->celery, &result, &stored);
}

Error *job_queue_settle(Scope *s, JobQueue *q, const JobMessage *message, JobSettlement how,
                        int64_t fence)
{
    SCOPE(tmp, s);
    bool held;

    if (how == JOB_GONE)
        return celery_bury(s, q->celery, &message->claim,
                           (CeleryReason){"no_job", "there is no job of this id"}, &held);
    if (how == JOB_DROPPED)
        TRY(tell_dropped(tmp, q, message));
    TRY(celery_finish(tmp, q->celery, &(CeleryEnd){.token = message->token}, &held));
    if (how != JOB_LATER)
        return OK;
    RedisReply *reply;
    const RedisCommand forget = {
        REDIS_ARGS(BYTES("DEL"), offer_key(tmp, q, message->job_id, fence)), .key = 1,
        .repeatable = true};
    return redis_call(tmp, q->celery->o.redis, &forget, &reply);
}
