/* A process's parts around a store of the test's own, and jobs that do what their arguments say.
 *
 *     STORE_TEST(what_waits_ends_when_it_is_canceled)
 *     {
 *         House *house;
 *         TRY(given_house(s, w, &house));
 *         TRY(given_runner(s, house, 3));
 *         TRY(given_probe(s, house, "wait", &job));
 *         …
 *     }
 */
#pragma once

#include "test/store/proxy.h"
#include "test/store/world.h"
#include "work/runner.h"

#define PATIENCE_US                                                                                \
    (30 * US_PER_S) /* for something that has to happen; never how long a test takes */

/* What the probes have done, under the mutex. */
typedef struct Tally {
    int64_t begun, running, most, done, cancelled;
    const char *reason; /* of the last cancellation: a constant */
} Tally;

typedef struct House {
    App app; /* first: a slot's app is its House */
    Settings settings;
    World *world;
    RunnerOptions options;
    Runner *runner;
    Mutex mutex;
    Condition changed;
    Tally tally;
    bool open; /* the gate that "gate" waits at */
} House;

fallible given_house(Scope *s, World *w, House **out);
/* Ends with s. */
fallible given_runner(Scope *s, House *house, int64_t concurrency);

/* "ok": succeeds; "wait": until it is cancelled; "gate": until the gate opens; "away" and "wrong":
 * fails as UNAVAILABLE and INVALID; "open": fails with its transaction open. */
fallible given_probe(Scope *s, House *house, const char *what, Job *job);
void gate_open(House *house);
Tally tally_now(House *house);
/* Waits until the counter of the tally is at least that. */
fallible tally_reaches(Scope *s, House *house, const int64_t *counter, int64_t least);
/* Waits until the job has that status. */
fallible job_becomes(Scope *s, House *house, const char *id, JobStatus status, Job *out);

/* The same PostgreSQL through a proxy, without names for statements: COMMIT is sent by that word. */
fallible given_proxied(Scope *s, World *w, World *far, Proxy **proxy);

/* Another process that holds the database's writer lock (SQLite), until s closes. */
fallible given_writer_elsewhere(Scope *s, const World *w);
