/* Workers and clients on the Celery transport alone, with tasks that do nothing.
 *
 *     queue-loop work URL RESULTS_URL QUEUE THREADS COUNT
 *     queue-loop send URL RESULTS_URL QUEUE THREADS COUNT
 *
 * Prints "ready", waits for a line on standard input, and then takes COUNT messages, stores each one's result and
 * ends it; or sends COUNT messages, one in a call. Prints {"seconds": …} and stays
 * until standard input ends. */

#include <stdatomic.h>
#include <stdio.h>

#include "base/id.h"
#include "base/log.h"
#include "queue/celery.h"
#include "sys/thread.h"

enum { BATCH = CELERY_CLAIM_MAX, THREADS_MAX = 64 };

typedef struct Load {
    Celery *celery;
    TextList queues;
    int64_t wanted;
    _Atomic int64_t done;
} Load;

static fallible end(Scope *s, Load *load, const CeleryClaim *claim)
{
    CeleryResult result = {.status = CELERY_SUCCESS,
                           .result = {"null"},
                           .task_id = claim->message.id,
                           .date_done = time_now()};
    const CeleryEnd finished = {.token = claim->token};
    bool kept;

    TRY(celery_result_store(s, load->celery, &result, &kept));
    return celery_finish(s, load->celery, &finished, &kept);
}

static Error *work(Scope *s, void *arg)
{
    Load *load = arg;

    while (load->done < load->wanted) {
        SCOPE(turn, s);
        CeleryClaims claims;
        TRY(celery_claim(turn, load->celery, &load->queues, BATCH, &claims));
        EACH (CeleryClaim, claim, &claims.list)
            TRY(end(turn, load, claim));
        load->done += (int64_t)claims.list.count;
    }
    return OK;
}

static Error *client(Scope *s, void *arg)
{
    Load *load = arg;

    while (load->done++ < load->wanted) {
        SCOPE(turn, s);
        CeleryCall call = {.id = id_new(turn),
                           .task = "bench.nothing",
                           .queue = load->queues.items[0],
                           .origin = "bench@queue-loop"};
        TRY(celery_send(turn, load->celery, &call, 1));
    }
    return OK;
}

static fallible run(Scope *s, char **words)
{
    const bool sends = text_equal(words[1], "send");
    int64_t threads;
    Load load = {0};
    RedisOptions broker = {.url = words[2]}, backend = {.url = words[3]};
    CeleryOptions options = {0};

    if (!text_integer(words[5], 1, THREADS_MAX, &threads) ||
        !text_integer(words[6], 1, INT32_MAX, &load.wanted))
        return fail(s, INVALID, "THREADS and COUNT are numbers");
    Thread **started = NEW_ARRAY(s, Thread *, (size_t)threads);
    TRY(redis_open(s, &broker, &options.redis));
    TRY(redis_open(s, &backend, &options.results));
    load.celery = celery_open(s, &options);
    texts_add(s, &load.queues, words[4]);
    puts("ready");
    fflush(stdout);
    if (getchar() == EOF)
        return OK;
    int64_t from = clock_us();
    for (int64_t i = 0; i < threads; i++)
        TRY(thread_start(s, "loop", sends ? client : work, &load, &started[i]));
    for (int64_t i = 0; i < threads; i++)
        TRY(thread_wait(s, started[i]));
    printf("{\"seconds\": %.6f}\n", (double)(clock_us() - from) / US_PER_S);
    fflush(stdout);
    getchar(); /* it is looked at until standard input ends */
    return OK;
}

int main(int argc, char **argv)
{
    if (argc != 7)
        return 2;
    UNIT(s, NULL, "queue-loop");
    Error *e = run(s, argv);
    log_failure(s, e);
    return e ? 1 : 0;
}
