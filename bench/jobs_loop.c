/* A worker whose jobs do nothing, each of them a row that is claimed, held and ended as the service's own.
 *
 *     jobs-loop COUNT
 *
 * Opens a worker of queue `agent` by the settings of the environment. Prints "ready"; each line of standard input
 * then is one of
 *
 *     many    inserts COUNT jobs in one transaction and waits until all have succeeded
 *     few     inserts jobs one after the other, each when the one before has ended
 *
 * and is answered by {"insert_s": …, "seconds": …} from before the insertion to the last end, or by {"p50_ms": …, "p99_ms": …}
 * from before a job's insertion to its beginning. Ends with standard input. */

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "work/runner.h"

enum { COUNT_MAX = 1000 * 1000, FEW = 1000, INSERT_MAX = 1000 /* in one transaction */ };

#define KIND       "nothing"
#define PATIENCE_S 120

/* What the jobs tell. */
static struct {
    _Atomic int64_t done;
    _Atomic int64_t began_us;
} told;

static fallible end(Scope *s, Slot *slot)
{
    Tx *tx;

    TRY(tx_write(s, slot->runner->app->store, &slot->caller, &tx));
    TRY(job_succeed(s, tx, &slot->lease, NULL));
    return tx_commit(s, tx);
}

static Error *nothing(Scope *s, Slot *slot)
{
    told.began_us = clock_us();
    TRY(end(s, slot));
    told.done++;
    return OK;
}

static const JobKind kinds[] = {{KIND, QUEUE_AGENT, nothing}, {0}};

static fallible insert(Scope *s, App *app, int64_t count)
{
    Tx *tx;

    TRY(tx_write(s, app->store, &local_caller, &tx));
    for (int64_t i = 0; i < count; i++) {
        Job job = {.queue = QUEUE_AGENT, .kind = KIND, .args = {"{}"}};
        TRY(job_insert(s, tx, &job, NULL));
    }
    TRY(tx_commit(s, tx));
    bus_publish(app->bus, "jobs");
    return OK;
}

static fallible wait_for(Scope *s, int64_t count)
{
    int64_t until = clock_us() + PATIENCE_S * US_PER_S;

    while (told.done < count) {
        if (clock_us() > until)
            return fail(s, TIMEOUT, "%lld of %lld jobs after %d s", (long long)told.done,
                        (long long)count, PATIENCE_S);
        TRY(scope_sleep(s, US_PER_MS / 20));
    }
    return OK;
}

static fallible do_many(Scope *s, App *app, int64_t count)
{
    int64_t from = clock_us();

    told.done = 0;
    for (int64_t left = count; left > 0; left -= INSERT_MAX) {
        SCOPE(tmp, s);
        TRY(insert(tmp, app, left < INSERT_MAX ? left : INSERT_MAX));
    }
    int64_t inserted = clock_us();
    TRY(wait_for(s, count));
    printf("{\"insert_s\": %.6f, \"seconds\": %.6f}\n", (double)(inserted - from) / US_PER_S,
           (double)(clock_us() - from) / US_PER_S);
    return OK;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static fallible do_few(Scope *s, App *app)
{
    int64_t waited[FEW];

    for (int i = 0; i < FEW; i++) {
        SCOPE(tmp, s);
        int64_t from = clock_us();
        told.done = 0;
        TRY(insert(tmp, app, 1));
        TRY(wait_for(tmp, 1));
        waited[i] = told.began_us - from;
    }
    qsort(waited, FEW, sizeof *waited, by_size);
    printf("{\"p50_ms\": %.3f, \"p99_ms\": %.3f}\n", (double)waited[FEW / 2] / US_PER_MS,
           (double)waited[FEW * 99 / 100] / US_PER_MS);
    return OK;
}

static fallible run(Scope *s, const char *given)
{
    SettingsSource from = {.environ = (const char *const *)environ};
    Settings *settings;
    int64_t count;
    Runner *runner;
    App *app;
    char line[16];

    if (!text_integer(given, 1, COUNT_MAX, &count))
        return fail(s, INVALID, "COUNT is a number");
    TRY(settings_load(s, &from, &settings));
    TRY(app_open(s, settings, &app));
    RunnerOptions options = runner_settings(settings);
    options.kinds = kinds;
    texts_add(s, &options.queues, QUEUE_AGENT);
    TRY(runner_open(s, app, &options, &runner));
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        SCOPE(tmp, s);
        TRY(text_equal(text_trim(tmp, line), "many") ? do_many(tmp, app, count) : do_few(tmp, app));
        fflush(stdout);
    }
    return OK;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    UNIT(s, NULL, "jobs-loop");
    Error *e = run(s, argv[1]);
    log_failure(s, e);
    return e ? 1 : 0;
}
