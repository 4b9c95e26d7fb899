/* Claims: taking, waiting, renewing, ending. */

#include "queue/celery_parts.h"

#include "base/id.h"

#define LOOK_FIRST_US (20 * US_PER_MS) /* between looks at a server that cannot be waited on */
#define LOOK_LAST_US  (500 * US_PER_MS)

typedef LIST_OF(Bytes) BytesList;

/* ---- Claiming ---- */

/* The queues, beginning with another one each time. */
static TextList take_turns(Scope *s, Celery *c, const TextList *queues)
{
    size_t from = atomic_fetch_add(&c->turn, 1) % queues->count;
    TextList out = {0};

    for (size_t i = 0; i < queues->count; i++)
        *list_add(s, &out) = queues->items[(from + i) % queues->count];
    return out;
}

static RedisCommand claim_command(Scope *s, Celery *c, const TextList *queues, size_t most)
{
    const CeleryKeys *keys = &c->o.keys;
    BytesList named = {0}, args = {0};

    *list_add(s, &named) = celery_unacked_index_key(s, keys);
    *list_add(s, &named) = celery_unacked_key(s, keys);
    *list_add(s, &named) = celery_revoked_key(s, keys);
    EACH (const char *, queue, queues)
        *list_add(s, &named) = celery_dead_key(s, keys, *queue);
    for (size_t step = 0; step < CELERY_STEPS; step++)
        EACH (const char *, queue, queues)
            *list_add(s, &named) = celery_list_key(s, keys, *queue, step);
    *list_add(s, &args) = redis_number(s, (int64_t)queues->count);
    *list_add(s, &args) = redis_number(s, (int64_t)most);
    for (size_t i = 0; i < most; i++)
        *list_add(s, &args) = bytes_of(text(s, CELERY_TOKEN_PREFIX "%s", id_new(s)));
    EACH (const char *, queue, queues)
        *list_add(s, &args) = bytes_of(*queue);
    return redis_eval(s, &(RedisEval){.script = &c->scripts[SCRIPT_CLAIM],
                                      .keys = named.items,
                                      .key_count = named.count,
                                      .args = args.items,
                                      .arg_count = args.count,
                                      .repeatable = true});
}

/* The script has put the bare message among the dead letters; here the reason comes to it. */
static fallible explain_dead(Scope *s, Celery *c, const char *queue, Bytes envelope)
{
    SCOPE(tmp, s);
    CeleryMessage m;
    RedisReply **replies;
    Bytes key = celery_dead_key(tmp, &c->o.keys, queue);

    celery_message_read(tmp, envelope, &m);
    if (!m.fault)
        m.fault = CELERY_NOT_JSON, m.reason = "the server cannot read the message";
    const CeleryDeadLetter letter = {queue, celery_reason(&m), envelope, &m};
    const RedisCommand commands[] = {
        {REDIS_ARGS(BYTES("LPUSH"), key, celery_dead_record(tmp, &letter)), .key = 1},
        {REDIS_ARGS(BYTES("LREM"), key, BYTES("1"), envelope), .key = 1},
    };
    TRY(celery_dead_result(tmp, c, &letter));
    TRY_WHILE(redis_pipeline(tmp, c->o.redis, commands, COUNT_OF(commands), &replies),
              "keeping a dead letter");
    return redis_failed(s, replies[0]);
}

/* The envelope of an entry that the server's JSON could read and ours cannot: between the bracket and the
 * last mention of the anonymous exchange. */
static Bytes bare_envelope(Bytes entry)
{
    const Bytes exchange = BYTES(", \"\", ");
    size_t end = entry.size;

    for (ptrdiff_t at = 0; (at = bytes_find(entry, exchange, (size_t)at)) >= 0; at++)
        end = (size_t)at;
    return (Bytes){entry.data + 1, end - 1};
}

/* One item of the script's answer: a claim, or a dead letter. */
static fallible take_item(Scope *s, Celery *c, const TextList *queues, const RedisReply *item,
                          CeleryClaims *out)
{
    CeleryClaim claim = {.token = text_copy(s, text_of(s, item->items[0].bytes)),
                         .revoked = item->items[3].integer == 1};
    Bytes entry = bytes_copy(s, item->items[1].bytes);
    CeleryUnacked unacked;
    bool held;

    if (!*claim.token) {
        out->buried++;
        return explain_dead(s, c, queues->items[item->items[2].integer - 1], entry);
    }
    if (celery_unacked_read(s, entry, &unacked)) {
        claim.queue = unacked.routing_key;
        claim.envelope = unacked.envelope;
    } else {
        claim.queue = queues->items[item->items[2].integer ? item->items[2].integer - 1 : 0];
        claim.envelope = bare_envelope(entry);
    }
    celery_message_read(s, claim.envelope, &claim.message);
    if (!claim.message.fault) {
        *list_add(s, &out->list) = claim;
        return OK;
    }
    out->buried++;
    return celery_bury(s, c, &claim, celery_reason(&claim.message), &held);
}

Error *celery_claim(Scope *s, Celery *c, const TextList *queues, size_t most, CeleryClaims *out)
{
    SCOPE(tmp, s);
    RedisReply *reply;

    if (!queues->count || queues->count > CELERY_QUEUES_MAX || !most || most > CELERY_CLAIM_MAX)
        return fail(s, INVALID, "a claim is of 1 to %d queues and 1 to %d messages",
                    CELERY_QUEUES_MAX, CELERY_CLAIM_MAX);
    TextList order = take_turns(tmp, c, queues);
    RedisCommand claim = claim_command(tmp, c, &order, most);
    TRY_WHILE(redis_call(tmp, c->o.redis, &claim, &reply), "claiming from a queue");
    int64_t seconds, us;
    if (reply->count != 3 ||
        !text_integer(text_of(tmp, reply->items[0].bytes), 0, INT32_MAX * 4LL, &seconds) ||
        !text_integer(text_of(tmp, reply->items[1].bytes), 0, US_PER_S, &us))
        return fail(s, UPSTREAM, "Redis answered a claim in another form");
    *out = (CeleryClaims){.now = {seconds * US_PER_S + us}};
    for (size_t i = 0; i < reply->items[2].count; i++)
        TRY(take_item(s, c, &order, &reply->items[2].items[i], out));
    return OK;
}

CeleryNext celery_next(const CeleryClaim *claim, Time now)
{
    const CeleryMessage *m = &claim->message;

    if (claim->revoked)
        return CELERY_DROP;
    if (time_set(m->expires) && m->expires.us <= now.us)
        return CELERY_EXPIRED;
    return time_set(m->eta) && m->eta.us > now.us ? CELERY_WAIT : CELERY_RUN;
}

/* ---- Waiting ---- */

static fallible look(Scope *s, Celery *c, const char *queue, bool *there)
{
    SCOPE(tmp, s);
    Bytes args[1 + CELERY_STEPS] = {BYTES("EXISTS")};
    RedisReply *reply;

    for (size_t step = 0; step < CELERY_STEPS; step++)
        args[1 + step] = celery_list_key(tmp, &c->o.keys, queue, step);
    TRY_WHILE(redis_call(tmp, c->o.redis,
                         &(RedisCommand){
                             .args = args, .count = COUNT_OF(args), .key = 1, .repeatable = true},
                         &reply),
              "looking at a queue");
    *there = reply->integer > 0;
    return OK;
}

static fallible look_now_and_then(Scope *s, Celery *c, const char *queue, int64_t us, bool *there)
{
    int64_t until = clock_us() + us, pause = LOOK_FIRST_US;

    for (;;) {
        TRY(look(s, c, queue, there));
        int64_t left = until - clock_us();
        if (*there || left <= 0)
            return OK;
        TRY(scope_sleep(s, pause < left ? pause : left));
        pause = pause * 2 < LOOK_LAST_US ? pause * 2 : LOOK_LAST_US;
    }
}

Error *celery_wait(Scope *s, Celery *c, const char *queue, int64_t us, bool *there)
{
    SCOPE(tmp, s);
    Bytes list = celery_list_key(tmp, &c->o.keys, queue, 0);
    RedisReply **replies;

    us = us > US_PER_MS ? us : US_PER_MS; /* 0 would be for ever */
    if (atomic_load(&c->no_wait))
        return look_now_and_then(s, c, queue, us, there);
    TRY(look(s, c, queue, there));
    if (*there)
        return OK;
    /* From the list's right end to its right end: it blocks while there is nothing, and changes nothing. */
    const RedisCommand wait = {REDIS_ARGS(BYTES("BLMOVE"), list, list, BYTES("RIGHT"),
                                          BYTES("RIGHT"),
                                          bytes_of(text(tmp, "%.3f", (double)us / US_PER_S))),
                               .key = 1, .repeatable = true, .block_us = us};
    TRY_WHILE(redis_pipeline(tmp, c->o.redis, &wait, 1, &replies), "waiting for a queue");
    if (replies[0]->type == REDIS_FAILURE &&
        bytes_find(replies[0]->bytes, BYTES("ERR unknown command"), 0) == 0) {
        atomic_store(&c->no_wait, true);
        return look_now_and_then(s, c, queue, us, there);
    }
    *there = replies[0]->type == REDIS_STRING;
    return redis_failed(s, replies[0]);
}

/* ---- Holding ---- */

Error *celery_renew(Scope *s, Celery *c, const TextList *tokens, TextList *lost)
{
    SCOPE(tmp, s);
    Bytes key = celery_unacked_index_key(tmp, &c->o.keys);
    BytesList args = {0};
    RedisReply *reply;

    if (!tokens->count)
        return OK;
    if (tokens->count > CELERY_RENEW_MAX)
        return fail(s, INVALID, "at most %d messages are renewed at once", CELERY_RENEW_MAX);
    EACH (const char *, token, tokens)
        *list_add(tmp, &args) = bytes_of(*token);
    RedisCommand renew = redis_eval(tmp, &(RedisEval){.script = &c->scripts[SCRIPT_RENEW],
                                                      .keys = &key,
                                                      .key_count = 1,
                                                      .args = args.items,
                                                      .arg_count = args.count,
                                                      .repeatable = true});
    TRY_WHILE(redis_call(tmp, c->o.redis, &renew, &reply), "renewing what is held of a queue");
    for (size_t i = 0; i < tokens->count && i < reply->count; i++)
        if (!reply->items[i].integer)
            texts_add(s, lost, tokens->items[i]);
    return OK;
}

/* ---- Ending ---- */

RedisCommand celery_leave_command(Scope *s, Celery *c, const CeleryLeave *leave)
{
    BytesList keys = {0}, args = {0};

    *list_add(s, &keys) = celery_unacked_index_key(s, &c->o.keys);
    *list_add(s, &keys) = celery_unacked_key(s, &c->o.keys);
    *list_add(s, &args) = bytes_of(leave->token);
    *list_add(s, &args) = leave->score;
    for (size_t i = 0; i < leave->count; i++) {
        const CeleryMove *move = &leave->moves[i];
        *list_add(s, &keys) = move->key;
        *list_add(s, &args) = bytes_of(move->command);
        *list_add(s, &args) = move->first;
        *list_add(s, &args) = move->second;
    }
    return redis_eval(s, &(RedisEval){.script = &c->scripts[SCRIPT_LEAVE],
                                      .keys = keys.items,
                                      .key_count = keys.count,
                                      .args = args.items,
                                      .arg_count = args.count,
                                      .repeatable = true});
}

Error *celery_leave(Scope *s, Celery *c, const CeleryLeave *leave, bool *held)
{
    SCOPE(tmp, s);
    RedisCommand command = celery_leave_command(tmp, c, leave);
    RedisReply *reply;

    TRY_WHILE(redis_call(tmp, c->o.redis, &command, &reply), "ending what is held of a queue");
    *held = reply->integer == 1;
    return OK;
}

Error *celery_finish(Scope *s, Celery *c, const CeleryEnd *end, bool *held)
{
    SCOPE(tmp, s);
    CeleryMove moves[CELERY_FOLLOW_MAX];

    if (end->follow_count > CELERY_FOLLOW_MAX)
        return fail(s, INVALID, "a task sends at most %d others with its end", CELERY_FOLLOW_MAX);
    for (size_t i = 0; i < end->follow_count; i++) {
        const CeleryCall *call = &end->follow[i];
        moves[i] = (CeleryMove){.command = "LPUSH"};
        moves[i].key = celery_list_key(tmp, &c->o.keys, call->queue, celery_step(call->priority));
        TRY(celery_message_write(tmp, call, &moves[i].first));
    }
    return celery_leave(
        s, c, &(CeleryLeave){.token = end->token, .moves = moves, .count = end->follow_count},
        held);
}

Error *celery_give_back(Scope *s, Celery *c, const CeleryClaim *claim, bool front, bool *held)
{
    SCOPE(tmp, s);
    const CeleryMessage *m = &claim->message;
    CeleryMove move = {.command = front ? "RPUSH" : "LPUSH"};

    if (!celery_message_restore(tmp, claim->envelope, id_new(tmp), m->delivery_count + 1,
                                &move.first))
        return celery_bury(s, c, claim,
                           (CeleryReason){"no_restore", "the message cannot be delivered again"},
                           held);
    move.key = celery_list_key(tmp, &c->o.keys, claim->queue, celery_step(m->priority));
    return celery_leave(s, c, &(CeleryLeave){.token = claim->token, .moves = &move, .count = 1},
                        held);
}

Error *celery_delay(Scope *s, Celery *c, const CeleryClaim *claim, Time until, bool *held)
{
    SCOPE(tmp, s);
    Buffer member = buffer_in(tmp);

    buffer_int(&member, (int64_t)celery_step(claim->message.priority));
    buffer_bytes(&member, claim->envelope);
    const CeleryMove move = {.key = celery_delayed_key(tmp, &c->o.keys, claim->queue),
                             .command = "ZADD",
                             .first =
                                 bytes_of(text(tmp, "%lld.%06lld", (long long)(until.us / US_PER_S),
                                               (long long)(until.us % US_PER_S))),
                             .second = buffer_view(&member)};
    return celery_leave(s, c, &(CeleryLeave){.token = claim->token, .moves = &move, .count = 1},
                        held);
}
