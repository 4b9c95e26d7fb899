/* The transport: the same on a plain server, over TLS, and on a cluster. */

#include "queue/celery_parts.h"

#include "base/id.h"
#include "test/net/given_redis.h"
#include "test/queue/given_celery.h"

/* A transport with keys of its own and a queue `q`. */
static Celery *given_celery(Scope *s, const GivenRedis *g)
{
    return celery_open(s, &(CeleryOptions){.redis = g->redis, .keys = {g->tag, 0}});
}

static fallible send(Scope *s, Celery *c, const char *id, int64_t priority)
{
    return celery_send(s, c,
                       &(CeleryCall){.id = id, .task = "t", .queue = "q", .priority = priority}, 1);
}

static fallible push_raw(Scope *s, Celery *c, Bytes envelope)
{
    RedisReply *reply;

    return TELL(c->o.redis, &reply, BYTES("LPUSH"), celery_list_key(s, &c->o.keys, "q", 0),
                envelope);
}

static fallible claim(Scope *s, Celery *c, size_t most, CeleryClaims *out)
{
    TextList queues = TEXTS("q");

    return celery_claim(s, c, &queues, most, out);
}

static fallible claim_one(Scope *s, Celery *c, CeleryClaim *out)
{
    CeleryClaims claims;

    TRY(claim(s, c, 1, &claims));
    if (claims.list.count != 1)
        return fail(s, BUG, "%zu claims, not one", claims.list.count);
    *out = claims.list.items[0];
    return OK;
}

static fallible size_of(Scope *s, Celery *c, const char *command, Bytes key, int64_t *out)
{
    RedisReply *reply;

    TRY(TELL(c->o.redis, &reply, bytes_of(command), key));
    *out = reply->integer;
    return OK;
}

#define CHECK_SIZE(command_, key_, wanted_)                                                        \
    do {                                                                                           \
        int64_t size_;                                                                             \
        TRY(size_of(s, c, command_, key_, &size_));                                                \
        CHECK_EQ(size_, wanted_);                                                                  \
    } while (0)

/* As if it had been claimed or renewed that long ago. */
static fallible age(Scope *s, Celery *c, const char *token, int64_t seconds)
{
    RedisReply *reply;

    return TELL(c->o.redis, &reply, BYTES("ZADD"), celery_unacked_index_key(s, &c->o.keys),
                BYTES("XX"), redis_number(s, time_now().us / US_PER_S - seconds), bytes_of(token));
}

static fallible last_dead(Scope *s, Celery *c, json_t **out)
{
    RedisReply *reply;

    TRY(TELL(c->o.redis, &reply, BYTES("LINDEX"), celery_dead_key(s, &c->o.keys, "q"), BYTES("0")));
    return json_parse(s, reply->bytes, out);
}

REDIS_TEST(a_message_is_held_from_claim_to_end)
{
    Celery *c = given_celery(s, g);
    CeleryClaims none;
    CeleryClaim one;
    bool held;

    TRY(send(s, c, "a", 0));
    TRY(claim_one(s, c, &one));
    CHECK_TEXT(one.message.id, "a");
    CHECK_TEXT(one.queue, "q");
    CHECK(!one.revoked);
    CHECK_SIZE("HLEN", celery_unacked_key(s, &c->o.keys), 1);
    CHECK_SIZE("ZCARD", celery_unacked_index_key(s, &c->o.keys), 1);
    CHECK_SIZE("SCARD", celery_binding_key(s, &c->o.keys, "q"), 1);
    TRY(claim(s, c, 1, &none));
    CHECK_EQ(none.list.count, 0);
    CHECK(none.now.us > 1700000000 * US_PER_S);
    TRY(celery_finish(s, c, &(CeleryEnd){.token = one.token}, &held));
    CHECK(held);
    CHECK_SIZE("EXISTS", celery_unacked_key(s, &c->o.keys), 0);
    CHECK_SIZE("EXISTS", celery_unacked_index_key(s, &c->o.keys), 0);
    TRY(celery_finish(s, c, &(CeleryEnd){.token = one.token}, &held));
    CHECK(!held);
    return OK;
}

REDIS_TEST(messages_come_by_step_and_then_in_order)
{
    static const int64_t sent[] = {9, 5, 3, 0, 6, 1, 2};
    Celery *c = given_celery(s, g);
    CeleryClaims claims;
    Buffer order = buffer_in(s);

    for (size_t i = 0; i < COUNT_OF(sent); i++)
        TRY(send(s, c, text(s, "%lld", (long long)sent[i]), sent[i]));
    TRY(claim(s, c, 5, &claims));
    CHECK_EQ(claims.list.count, 5);
    EACH (CeleryClaim, one, &claims.list)
        buffer_text(&order, one->message.id);
    TRY(claim(s, c, 5, &claims));
    EACH (CeleryClaim, one, &claims.list)
        buffer_text(&order, one->message.id);
    CHECK_TEXT(buffer_string(&order), "0125369");
    return OK;
}

REDIS_TEST(two_queues_take_turns)
{
    Celery *c = given_celery(s, g);
    TextList queues = TEXTS("q", "r");
    CeleryClaims claims;
    int of_r = 0;

    for (int i = 0; i < 10; i++) {
        TRY(send(s, c, text(s, "q%d", i), 0));
        TRY(celery_send(s, c, &(CeleryCall){.id = text(s, "r%d", i), .task = "t", .queue = "r"},
                        1));
    }
    for (int i = 0; i < 4; i++) {
        TRY(celery_claim(s, c, &queues, 1, &claims));
        of_r += text_equal(claims.list.items[0].queue, "r");
    }
    CHECK_EQ(of_r, 2);
    return OK;
}

REDIS_TEST(one_message_twice_in_a_list_is_held_twice)
{
    Celery *c = given_celery(s, g);
    CeleryClaim first, second;
    bool held;

    TRY(push_raw(s, c, bytes_of(stock_message)));
    TRY(push_raw(s, c, bytes_of(stock_message)));
    TRY(claim_one(s, c, &first));
    TRY(claim_one(s, c, &second));
    CHECK(!text_equal(first.token, second.token));
    TRY(celery_finish(s, c, &(CeleryEnd){.token = first.token}, &held));
    CHECK(held);
    CHECK_SIZE("HLEN", celery_unacked_key(s, &c->o.keys), 1);
    TRY(celery_finish(s, c, &(CeleryEnd){.token = second.token}, &held));
    CHECK(held);
    return OK;
}

REDIS_TEST(what_nobody_renews_comes_back_first_in_its_list_and_its_former_holder_is_fenced)
{
    Celery *c = given_celery(s, g);
    CeleryClaim lost, kept, again;
    CeleryRestored restored;
    TextList gone = {0};
    bool held;

    TRY(send(s, c, "a", 4));
    TRY(send(s, c, "b", 4));
    TRY(claim_one(s, c, &lost));
    TRY(claim_one(s, c, &kept));
    TRY(send(s, c, "c", 4));
    TRY(age(s, c, lost.token, 200));
    TRY(age(s, c, kept.token, 200));
    const TextList renewed = TEXTS(kept.token);
    TRY(celery_renew(s, c, &renewed, &gone));
    CHECK_EQ(gone.count, 0);
    TRY(celery_restore(s, c, &restored));
    CHECK_EQ(restored.restored, 1);
    CHECK_EQ(restored.buried, 0);
    CHECK_SIZE("LLEN", celery_list_key(s, &c->o.keys, "q", 1), 2);
    TRY(celery_finish(s, c, &(CeleryEnd){.token = lost.token}, &held));
    CHECK(!held);
    const TextList tokens = TEXTS(kept.token, lost.token);
    TRY(celery_renew(s, c, &tokens, &gone));
    CHECK_EQ(gone.count, 1);
    CHECK_TEXT(gone.items[0], lost.token);
    TRY(claim_one(s, c, &again));
    CHECK_TEXT(again.message.id, "a");
    CHECK(again.message.redelivered);
    CHECK_EQ(again.message.delivery_count, 1);
    CHECK(!text_equal(again.message.tag, lost.message.tag));
    return OK;
}

/* kombu never renews: what a stock worker holds may run for an hour. */
REDIS_TEST(what_a_stock_worker_holds_is_left_alone_until_its_own_time)
{
    Celery *c = given_celery(s, g);
    Bytes entry = bytes_of(text(s, "[%s, \"agents\", \"agent\"]", stock_message));
    CeleryRestored restored;
    RedisReply *reply;
    CeleryClaim one;

    TRY(TELL(g->redis, &reply, BYTES("SADD"), celery_binding_key(s, &c->o.keys, "agents"),
             bytes_of(celery_binding_member(s, "agent", "q"))));
    TRY(TELL(g->redis, &reply, BYTES("HSET"), celery_unacked_key(s, &c->o.keys), BYTES("tag-1"),
             entry));
    TRY(TELL(g->redis, &reply, BYTES("ZADD"), celery_unacked_index_key(s, &c->o.keys), BYTES("1"),
             BYTES("tag-1")));
    TRY(age(s, c, "tag-1", 200));
    TRY(celery_restore(s, c, &restored));
    CHECK_EQ(restored.restored, 0);
    TRY(age(s, c, "tag-1", 4000));
    TRY(celery_restore(s, c, &restored));
    CHECK_EQ(restored.restored, 1);
    TRY(claim_one(s, c, &one));
    CHECK_TEXT(one.message.task, "app.agent_add");
    CHECK(one.message.redelivered);
    return OK;
}

REDIS_TEST(a_message_that_loses_worker_after_worker_ends_as_a_dead_letter)
{
    Celery *c = given_celery(s, g);
    CeleryRestored restored;
    CeleryResult result;
    CeleryClaim one;
    json_t *dead;

    TRY(send(s, c, "poison", 0));
    for (int i = 1; i <= CELERY_DELIVERIES; i++) {
        TRY(claim_one(s, c, &one));
        TRY(age(s, c, one.token, 200));
        TRY(celery_restore(s, c, &restored));
        CHECK_EQ(restored.restored, i < CELERY_DELIVERIES);
        CHECK_EQ(restored.buried, i == CELERY_DELIVERIES);
    }
    CHECK_SIZE("EXISTS", celery_list_key(s, &c->o.keys, "q", 0), 0);
    TRY(last_dead(s, c, &dead));
    CHECK_TEXT(json_at_text(dead, "reason"), "deliveries");
    CHECK_TEXT(json_at_text(dead, "id"), "poison");
    CHECK_HAS(json_at_text(dead, "envelope"), "\"poison\"");
    TRY(celery_result_get(s, c, "poison", &result));
    CHECK_TEXT(result.status, CELERY_FAILURE);
    CHECK_TEXT(result.exception.type, "WorkerLostError");
    return OK;
}

/* Each of the list that makes stock workers exit or forget. */
REDIS_TEST(a_malformed_message_is_a_dead_letter_and_the_next_one_is_delivered)
{
    static const char *const without[] = {"body",
                                          "content-type",
                                          "headers",
                                          "properties",
                                          "headers.task",
                                          "headers.id",
                                          "properties.delivery_tag",
                                          "properties.delivery_info",
                                          "properties.body_encoding"};
    Celery *c = given_celery(s, g);
    CeleryClaims claims;
    RedisReply *reply;
    json_t *dead;

    for (size_t i = 0; i < COUNT_OF(without); i++)
        TRY(push_raw(s, c, stock_without(s, without[i])));
    TRY(push_raw(s, c, BYTES("not json")));
    TRY(push_raw(s, c, BYTES("\xff\0\x01")));
    TRY(push_raw(s, c, BYTES("[1]")));
    TRY(push_raw(s, c, stock_with_body(s, "[[], {}]")));
    TRY(push_raw(s, c, stock_with(s, "headers.eta", "\"soon\"")));
    TRY(push_raw(s, c, BYTES("{\"a\": 1, \"a\": 2, \"properties\": {\"delivery_info\": {}}}")));
    size_t count = COUNT_OF(without) + 6;
    TRY(send(s, c, "good", 0));
    TRY(claim(s, c, CELERY_CLAIM_MAX, &claims));
    CHECK_EQ(claims.buried, count);
    CHECK_EQ(claims.list.count, 1);
    CHECK_TEXT(claims.list.items[0].message.id, "good");
    CHECK_SIZE("LLEN", celery_dead_key(s, &c->o.keys, "q"), count);
    CHECK_SIZE("HLEN", celery_unacked_key(s, &c->o.keys), 1);
    TRY(TELL(g->redis, &reply, BYTES("LRANGE"), celery_dead_key(s, &c->o.keys, "q"), BYTES("0"),
             BYTES("-1")));
    for (size_t i = 0; i < reply->count; i++) {
        TRY(json_parse(s, reply->items[i].bytes, &dead));
        CHECK(json_at_text(dead, "reason") && json_at_text(dead, "said"));
        CHECK(json_at_text(dead, "envelope") || json_at_text(dead, "envelope_base64"));
    }
    return OK;
}

REDIS_TEST(whoever_waits_for_a_malformed_message_is_told)
{
    Celery *c = given_celery(s, g);
    CeleryClaims claims;
    CeleryResult result;

    TRY(push_raw(s, c, stock_with(s, "headers.eta", "1795445064")));
    TRY(claim(s, c, 1, &claims));
    CHECK_EQ(claims.buried, 1);
    TRY(celery_result_get(s, c, "10e2f4ee-a3af-47e7-90cd-353fa78fc631", &result));
    CHECK_TEXT(result.status, CELERY_FAILURE);
    CHECK_HAS(result.exception.message.text, "eta is not a time");
    return OK;
}

REDIS_TEST(a_message_is_given_back_to_the_front_or_behind_the_others)
{
    Celery *c = given_celery(s, g);
    CeleryClaim one;
    bool held;

    TRY(send(s, c, "a", 0));
    TRY(send(s, c, "b", 0));
    TRY(claim_one(s, c, &one));
    TRY(celery_give_back(s, c, &one, true, &held));
    CHECK(held);
    TRY(claim_one(s, c, &one));
    CHECK_TEXT(one.message.id, "a");
    CHECK_EQ(one.message.delivery_count, 1);
    TRY(celery_give_back(s, c, &one, false, &held));
    TRY(celery_give_back(s, c, &one, false, &held));
    CHECK(!held);
    TRY(claim_one(s, c, &one));
    CHECK_TEXT(one.message.id, "b");
    CHECK_SIZE("LLEN", celery_list_key(s, &c->o.keys, "q", 0), 1);
    return OK;
}

REDIS_TEST(a_message_with_a_time_waits_outside_until_then)
{
    Celery *c = given_celery(s, g);
    CeleryClaims claims;
    CeleryClaim one;
    OptInt wait;
    bool held;

    TRY(celery_send(s, c,
                    &(CeleryCall){.id = "later",
                                  .task = "t",
                                  .queue = "q",
                                  .priority = 9,
                                  .eta = {time_now().us + 3600 * US_PER_S}},
                    1));
    TRY(claim(s, c, 1, &claims));
    one = claims.list.items[0];
    CHECK_EQ(celery_next(&one, claims.now), CELERY_WAIT);
    TRY(celery_delay(s, c, &one, one.message.eta, &held));
    CHECK(held);
    CHECK_SIZE("EXISTS", celery_unacked_key(s, &c->o.keys), 0);
    TRY(celery_due(s, c, "q", &wait));
    CHECK(wait.set && wait.value > 3590 * US_PER_S && wait.value <= 3601 * US_PER_S);
    TRY(claim(s, c, 1, &claims));
    CHECK_EQ(claims.list.count, 0);
    TRY(celery_send(s, c, &(CeleryCall){.id = "past", .task = "t", .queue = "q"}, 1));
    TRY(claim_one(s, c, &one));
    TRY(celery_delay(s, c, &one, (Time){US_PER_S}, &held));
    TRY(celery_due(s, c, "q", &wait));
    CHECK(wait.set);
    TRY(claim_one(s, c, &one));
    CHECK_TEXT(one.message.id, "past");
    CHECK_EQ(one.message.delivery_count, 0);
    return OK;
}

REDIS_TEST(a_revoked_or_expired_message_says_so_when_it_is_claimed)
{
    Celery *c = given_celery(s, g);
    CeleryClaims claims;

    TRY(celery_revoke(s, c, "a"));
    TRY(send(s, c, "a", 0));
    TRY(celery_send(s, c,
                    &(CeleryCall){.id = "b", .task = "t", .queue = "q", .expires = {US_PER_S}}, 1));
    TRY(send(s, c, "c", 0));
    TRY(claim(s, c, 3, &claims));
    CHECK_EQ(claims.list.count, 3);
    CHECK_EQ(celery_next(&claims.list.items[0], claims.now), CELERY_DROP);
    CHECK_EQ(celery_next(&claims.list.items[1], claims.now), CELERY_EXPIRED);
    CHECK_EQ(celery_next(&claims.list.items[2], claims.now), CELERY_RUN);
    return OK;
}

REDIS_TEST(what_follows_is_sent_with_the_end_or_not_at_all)
{
    Celery *c = given_celery(s, g);
    CeleryCall retry = {.id = "a", .task = "t", .queue = "q", .retries = 1, .parent_id = "a"};
    CeleryClaim one, next;
    bool held;

    TRY(send(s, c, "a", 0));
    TRY(claim_one(s, c, &one));
    const CeleryEnd end = {.token = one.token, .follow = &retry, .follow_count = 1};
    TRY(celery_finish(s, c, &end, &held));
    CHECK(held);
    TRY(celery_finish(s, c, &end, &held));
    CHECK(!held);
    CHECK_SIZE("LLEN", celery_list_key(s, &c->o.keys, "q", 0), 1);
    TRY(claim_one(s, c, &next));
    CHECK_EQ(next.message.retries, 1);
    return OK;
}

REDIS_TEST(success_stays_and_results_end)
{
    Celery *c = given_celery(s, g);
    CeleryResult result = {.status = CELERY_SUCCESS, .task_id = "a", .result = {"3"}}, found;
    RedisReply *reply;
    bool stored;

    FAILS(MISSING, celery_result_get(s, c, "a", &found));
    TRY(celery_result_store(s, c, &result, &stored));
    CHECK(stored);
    result.status = CELERY_STARTED;
    TRY(celery_result_store(s, c, &result, &stored));
    CHECK(!stored);
    TRY(celery_result_get(s, c, "a", &found));
    CHECK_TEXT(found.status, CELERY_SUCCESS);
    TRY(TELL(g->redis, &reply, BYTES("TTL"), celery_result_key(s, &c->o.keys, "a")));
    CHECK(reply->integer > CELERY_RESULT_TTL_S - 60 && reply->integer <= CELERY_RESULT_TTL_S);
    return OK;
}

REDIS_TEST(waiting_ends_when_a_message_lies_there_and_leaves_it)
{
    Celery *c = given_celery(s, g);
    int64_t from = clock_us();
    bool there = true;

    TRY(celery_wait(s, c, "q", 30 * US_PER_MS, &there));
    CHECK(!there && clock_us() - from >= 25 * US_PER_MS);
    TRY(send(s, c, "a", 0));
    from = clock_us();
    TRY(celery_wait(s, c, "q", 20 * US_PER_S, &there));
    CHECK(there && clock_us() - from < 10 * US_PER_S);
    CHECK_SIZE("LLEN", celery_list_key(s, &c->o.keys, "q", 0), 1);
    atomic_store(&c->no_wait, true); /* as on a server before 6.2 */
    TRY(celery_wait(s, c, "q", 20 * US_PER_S, &there));
    CHECK(there && clock_us() - from < 10 * US_PER_S);
    TRY(celery_wait(s, c, "r", 30 * US_PER_MS, &there));
    CHECK_SIZE("LLEN", celery_list_key(s, &c->o.keys, "q", 0), 1);
    return OK;
}
