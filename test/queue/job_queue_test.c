/* Jobs on the transport: offered once for each fence, taken by id, settled. */

#include "queue/job_queue.h"

#include "base/id.h"
#include "test/net/given_redis.h"

typedef struct GivenQueue {
    Celery *celery;
    JobQueue *queue;
    CeleryKeys keys;
} GivenQueue;

static GivenQueue given_queue(Scope *s, const GivenRedis *g)
{
    GivenQueue q = {.keys = {g->tag, 0}};

    q.celery = celery_open(s, &(CeleryOptions){.redis = g->redis, .keys = q.keys});
    q.queue = job_queue_open(s, q.celery);
    return q;
}

static fallible offer(Scope *s, const GivenQueue *q, const char *id, int64_t fence, int64_t *sent)
{
    return job_queue_offer(
        s, q->queue,
        &(JobOffer){.id = id, .queue = "agent", .kind = "run", .priority = 5, .fence = fence}, 1,
        sent);
}

static fallible take(Scope *s, const GivenQueue *q, JobMessageList *out)
{
    const TextList queues = TEXTS("agent");

    *out = (JobMessageList){0};
    return job_queue_take(s, q->queue, &queues, 5, out);
}

static fallible dead_reason(Scope *s, const GivenRedis *g, const GivenQueue *q, const char **out)
{
    RedisReply *reply;
    json_t *json;

    TRY(TELL(g->redis, &reply, BYTES("LINDEX"), celery_dead_key(s, &q->keys, "agent"), BYTES("0")));
    TRY(json_parse(s, reply->bytes, &json));
    *out = json_at_text(json, "reason");
    return OK;
}

REDIS_TEST(a_job_is_one_message_however_often_it_is_offered)
{
    GivenQueue q = given_queue(s, g);
    const char *id = id_new(s);
    JobMessageList messages;
    int64_t sent;

    TRY(offer(s, &q, id, 1, &sent));
    CHECK_EQ(sent, 1);
    TRY(offer(s, &q, id, 1, &sent));
    CHECK_EQ(sent, 0);
    TRY(take(s, &q, &messages));
    CHECK_EQ(messages.count, 1);
    CHECK_TEXT(messages.items[0].job_id, id);
    CHECK_TEXT(messages.items[0].kind, "run");
    CHECK_TEXT(messages.items[0].claim.message.id, id);
    CHECK_EQ(messages.items[0].claim.message.priority, 5);
    TRY(job_queue_settle(s, q.queue, &messages.items[0], JOB_OVER, 1));
    TRY(offer(s, &q, id, 1, &sent));
    CHECK_EQ(sent, 0);
    TRY(offer(s, &q, id, 2, &sent)); /* pending again after a claim */
    CHECK_EQ(sent, 1);
    return OK;
}

REDIS_TEST(a_job_that_could_not_be_claimed_is_offered_again)
{
    GivenQueue q = given_queue(s, g);
    const char *id = id_new(s);
    JobMessageList messages;
    int64_t sent;

    TRY(offer(s, &q, id, 1, &sent));
    TRY(take(s, &q, &messages));
    TRY(job_queue_settle(s, q.queue, &messages.items[0], JOB_LATER, 1));
    TRY(take(s, &q, &messages));
    CHECK_EQ(messages.count, 0);
    TRY(offer(s, &q, id, 1, &sent));
    CHECK_EQ(sent, 1);
    return OK;
}

REDIS_TEST(what_is_no_job_is_a_dead_letter_and_whoever_waits_is_told)
{
    GivenQueue q = given_queue(s, g);
    CeleryCall foreign = {.id = "x", .task = "somebody.elses", .queue = "agent", .args = {"[]"}};
    JobMessageList messages;
    CeleryResult result;
    const char *reason;

    TRY(celery_send(s, q.celery, &foreign, 1));
    TRY(take(s, &q, &messages));
    CHECK_EQ(messages.count, 0);
    TRY(dead_reason(s, g, &q, &reason));
    CHECK_TEXT(reason, "unknown_task");
    TRY(celery_result_get(s, q.celery, "x", &result));
    CHECK_TEXT(result.status, CELERY_FAILURE);
    foreign = (CeleryCall){
        .id = "y", .task = "dursor.tasks.run_agent", .queue = "agent", .args = {"[7]"}};
    TRY(celery_send(s, q.celery, &foreign, 1));
    TRY(take(s, &q, &messages));
    CHECK_EQ(messages.count, 0);
    TRY(dead_reason(s, g, &q, &reason));
    CHECK_TEXT(reason, "bad_arguments");
    return OK;
}

REDIS_TEST(a_message_without_a_row_is_a_dead_letter)
{
    GivenQueue q = given_queue(s, g);
    CeleryCall call = {.id = "stock", .task = "dursor.tasks.poll_ci", .queue = "agent"};
    JobMessageList messages;
    const char *reason;

    call.args.text = text(s, "[\"%s\"]", id_new(s));
    TRY(celery_send(s, q.celery, &call, 1));
    TRY(take(s, &q, &messages));
    CHECK_EQ(messages.count, 1);
    CHECK_TEXT(messages.items[0].kind, "pull_poll");
    TRY(job_queue_settle(s, q.queue, &messages.items[0], JOB_GONE, 0));
    TRY(dead_reason(s, g, &q, &reason));
    CHECK_TEXT(reason, "no_job");
    return OK;
}

REDIS_TEST(a_revoked_message_says_so_and_whoever_waits_is_told)
{
    GivenQueue q = given_queue(s, g);
    const char *id = id_new(s);
    JobMessageList messages;
    CeleryResult result;
    int64_t sent;

    TRY(celery_revoke(s, q.celery, id));
    TRY(offer(s, &q, id, 1, &sent));
    TRY(take(s, &q, &messages));
    CHECK_EQ(messages.count, 1);
    CHECK_TEXT(messages.items[0].dropped, "revoked");
    TRY(job_queue_settle(s, q.queue, &messages.items[0], JOB_DROPPED, 1));
    TRY(celery_result_get(s, q.celery, id, &result));
    CHECK_TEXT(result.status, CELERY_REVOKED);
    return OK;
}

TEST(kinds_that_stay_in_the_database_do_not_travel)
{
    CHECK(job_queue_has("run") && job_queue_has("pull_poll"));
    CHECK(!job_queue_has("sweep") && !job_queue_has("retention"));
    return OK;
}
