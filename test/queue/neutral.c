/* A small worker and client on the transport, for showing interchange with stock Celery by tasks that are
 * nobody's own. It runs one message at a time, as the real worker does with jobs.
 *
 *     neutral worker URL QUEUE VISIBILITY_SECONDS FOREIGN_SECONDS
 *     neutral call URL QUEUE TASK ARGS          sends, waits, prints "STATUS result"
 *
 * Tasks: neutral.add (numbers), neutral.echo (its first argument), neutral.fail, neutral.sleep (seconds),
 * neutral.retry (how often), neutral.die (ends the process). */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "queue/celery.h"

enum { CALL_SECONDS = 60, DIED = 9 };

#define SLICE_US (100 * US_PER_MS)
#define IDLE_US  (200 * US_PER_MS)

typedef struct Done {
    CeleryResult result;
    CeleryCall follow;
    bool follows;
} Done;

typedef Error *Task(Scope *s, Celery *c, const CeleryClaim *claim, Done *done);

static fallible add(Scope *s, Celery *c, const CeleryClaim *claim, Done *done)
{
    int64_t sum = 0;
    json_t *item;
    size_t i;

    (void)c;
    json_array_foreach(claim->message.args, i, item) sum += json_integer_value(item);
    done->result.result.text = text(s, "%lld", (long long)sum);
    return OK;
}

static fallible echo(Scope *s, Celery *c, const CeleryClaim *claim, Done *done)
{
    (void)c;
    done->result.result.text = json_dump(s, json_array_get(claim->message.args, 0));
    return OK;
}

static fallible break_down(Scope *s, Celery *c, const CeleryClaim *claim, Done *done)
{
    (void)c, (void)claim;
    done->result.status = CELERY_FAILURE;
    done->result.exception = celery_exception(s, "builtins", "ValueError", "boom \xc3\xa9");
    done->result.traceback = "Traceback (most recent call last):\n  neutral\n";
    return OK;
}

static fallible run_long(Scope *s, Celery *c, const CeleryClaim *claim, Done *done)
{
    int64_t until =
        clock_us() + json_integer_value(json_array_get(claim->message.args, 0)) * US_PER_S;
    TextList tokens = {0}, lost = {0};

    texts_add(s, &tokens, claim->token);
    while (clock_us() < until) {
        TRY(scope_sleep(s, SLICE_US));
        TRY(celery_renew(s, c, &tokens, &lost));
        if (lost.count)
            return fail(s, CONFLICT, "somebody else has the message");
    }
    done->result.result.text = "\"slept\"";
    return OK;
}

static fallible retry(Scope *s, Celery *c, const CeleryClaim *claim, Done *done)
{
    const CeleryMessage *m = &claim->message;

    (void)c;
    done->result.result.text = text(s, "%lld", (long long)m->retries);
    if (m->retries >= json_integer_value(json_array_get(m->args, 0)))
        return OK;
    done->follows = true;
    done->follow = (CeleryCall){.id = m->id,
                                .task = m->task,
                                .queue = claim->queue,
                                .args = {json_dump(s, m->args)},
                                .root_id = m->root_id,
                                .parent_id = m->id,
                                .retries = m->retries + 1};
    done->result.status = CELERY_RETRY;
    done->result.exception = celery_exception(s, "celery.exceptions", "Retry", "again");
    return OK;
}

static fallible die(Scope *s, Celery *c, const CeleryClaim *claim, Done *done)
{
    (void)s, (void)c, (void)claim, (void)done;
    _exit(DIED);
}

static const struct {
    const char *name;
    Task *run;
} tasks[] = {{"neutral.add", add},        {"neutral.echo", echo},   {"neutral.fail", break_down},
             {"neutral.sleep", run_long}, {"neutral.retry", retry}, {"neutral.die", die}};

static fallible run(Scope *s, Celery *c, const CeleryClaim *claim, Done *done)
{
    const char *name = claim->message.task;

    for (size_t i = 0; i < COUNT_OF(tasks); i++)
        if (text_equal(tasks[i].name, name))
            return tasks[i].run(s, c, claim, done);
    done->result.status = CELERY_FAILURE;
    done->result.exception = celery_exception(s, "celery.exceptions", "NotRegistered", name);
    return OK;
}

static void give_up(Scope *s, Done *done, const char *why)
{
    done->result.status = CELERY_REVOKED;
    done->result.exception = celery_exception(s, "celery.exceptions", "TaskRevokedError", why);
}

static fallible handle(Scope *s, Celery *c, const CeleryClaim *claim, Time now)
{
    const CeleryMessage *m = &claim->message;
    Done done = {.result = {.status = CELERY_SUCCESS,
                            .task_id = m->id,
                            .parent_id = m->parent_id,
                            .group_id = m->group}};
    bool held, stored;

    switch (celery_next(claim, now)) {
    case CELERY_WAIT:
        return celery_delay(s, c, claim, m->eta, &held);
    case CELERY_EXPIRED:
        give_up(s, &done, "expired");
        break;
    case CELERY_DROP:
        give_up(s, &done, "revoked");
        break;
    case CELERY_RUN:
        TRY(run(s, c, claim, &done));
        break;
    }
    if (celery_ready(done.result.status))
        done.result.date_done = time_now();
    if (!m->ignore_result)
        TRY(celery_result_store(s, c, &done.result, &stored));
    const CeleryEnd end = {claim->token, &done.follow, done.follows ? 1 : 0};
    return celery_finish(s, c, &end, &held);
}

static fallible turn(Scope *s, Celery *c, const char *queue)
{
    const TextList queues = {&queue, 1, 1};
    CeleryRestored restored;
    CeleryClaims claims;
    OptInt next;
    bool there;

    TRY(celery_restore(s, c, &restored));
    TRY(celery_due(s, c, queue, &next));
    TRY(celery_claim(s, c, &queues, 1, &claims));
    EACH (CeleryClaim, claim, &claims.list)
        TRY(handle(s, c, claim, claims.now));
    if (!claims.list.count && !claims.buried)
        TRY(celery_wait(s, c, queue, next.set && next.value < IDLE_US ? next.value : IDLE_US,
                        &there));
    return OK;
}

static fallible work(Scope *s, Celery *c, const char *queue)
{
    puts("ready");
    fflush(stdout);
    for (;;) {
        UNIT(unit, scope_cancel(s), "turn");
        Error *e = turn(unit, c, queue);
        log_failure(unit, e);
        if (e)
            TRY(scope_sleep(s, SLICE_US));
    }
}

static fallible call(Scope *s, Celery *c, char *words[3])
{
    CeleryCall sent = {.id = id_new(s),
                       .queue = words[0],
                       .task = words[1],
                       .args = {words[2]},
                       .origin = "neutral@test"};
    CeleryResult result;

    scope_limit(s, CALL_SECONDS * US_PER_S);
    TRY(celery_send(s, c, &sent, 1));
    for (;;) {
        Error *e = celery_result_get(s, c, sent.id, &result);
        if (!e && celery_ready(result.status))
            break;
        if (!failed_as(e, MISSING))
            TRY(e);
        TRY(scope_sleep(s, SLICE_US));
    }
    printf("%s %s\n", result.status,
           celery_failed(result.status) ? result.exception.type : result.result.text);
    return OK;
}

static fallible start(Scope *s, int argc, char **argv)
{
    Redis *redis;

    if (argc != 6)
        return fail(
            s, INVALID,
            "neutral worker URL QUEUE SECONDS SECONDS, or neutral call URL QUEUE TASK ARGS");
    TRY(redis_open(s, &(RedisOptions){.url = argv[2], .name = "neutral"}, &redis));
    CeleryOptions options = {.redis = redis};
    if (text_equal(argv[1], "call"))
        return call(s, celery_open(s, &options), argv + 3);
    if (!duration_parse(argv[4], &options.visibility_us) ||
        !duration_parse(argv[5], &options.foreign_us))
        return fail(s, INVALID, "how long is a time like 5s");
    return work(s, celery_open(s, &options), argv[3]);
}

int main(int argc, char **argv)
{
    UNIT(s, NULL, "neutral");
    Error *e = start(s, argc, argv);

    log_failure(s, e);
    return e ? 1 : 0;
}
