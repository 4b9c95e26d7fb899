/* Transactions: what is seen when, who waits for whom, what an end does. */

#include "base/id.h"
#include "sys/thread.h"
#include "test/store/drivers.h"

DRIVER_TEST(what_is_not_committed_is_not_there)
{
    Thing thing = given_thing(s, "gone");
    int64_t count = -1;

    {
        SCOPE(tmp, s);
        Tx *open;
        TRY(tx_write(tmp, g->store, &local_caller, &open));
        TRY(thing_put(tmp, open, &thing));
        TRY(things_count(tmp, open, &count));
        CHECK_EQ(count, 1);
    }
    TRY(READ(g, things_count(s, tx, &count)));
    CHECK_EQ(count, 0);
    return OK;
}

DRIVER_TEST(a_transaction_without_statements_commits)
{
    Tx *tx;

    TRY(tx_write(s, g->store, &local_caller, &tx));
    TRY(tx_commit(s, tx));
    FAILS(BUG, tx_commit(s, tx));
    TRY(tx_read(s, g->store, &local_caller, &tx));
    return tx_commit(s, tx);
}

/* A thing that another thread puts, once the scope has slept for after. */
typedef struct Other {
    Given *g;
    Thing thing;
    int64_t after;
} Other;

static Error *put_in_thread(Scope *s, void *arg)
{
    Other *o = arg;

    TRY(scope_sleep(s, o->after));
    return WRITE(o->g, thing_put(s, tx, &o->thing));
}

static fallible counts_around_a_write(Scope *s, Given *g, NumberList *counts)
{
    Thing thing = given_thing(s, "meanwhile");
    Tx *open;

    TRY(tx_read(s, g->store, &local_caller, &open));
    TRY(query_list(s, open, &q_things_count, NO_ARGS, counts));
    TRY(IN_TX(tx_write(tx_scope, g->store, &local_caller, &tx), thing_put(s, tx, &thing)));
    TRY(query_list(s, open, &q_things_count, NO_ARGS, counts));
    return tx_commit(s, open);
}

FILE_TEST(a_read_sees_one_state_while_the_writer_goes_on)
{
    NumberList counts = {0};

    TRY(counts_around_a_write(s, g, &counts));
    TRY(READ(g, query_list(s, tx, &q_things_count, NO_ARGS, &counts)));
    CHECK_EQ(counts.items[0].number, 0);
    CHECK_EQ(counts.items[1].number, 0);
    CHECK_EQ(counts.items[2].number, 1);
    return OK;
}

static const Statement q_pause = {.name = "pause",
                                  .postgres = "SELECT count(*) AS number FROM pg_sleep(0.5)",
                                  .type = &number_type};

SERVER_TEST(statements_of_one_round_trip_see_one_state)
{
    Other o = {.g = g, .thing = given_thing(s, "meanwhile"), .after = 150 * US_PER_MS};
    NumberList numbers = {0};
    Thread *thread;
    Tx *tx;

    TRY(tx_read(s, g->store, &local_caller, &tx));
    TRY(query_later(s, tx, &q_things_count, NO_ARGS, &numbers));
    TRY(query_later(s, tx, &q_pause, NO_ARGS, &numbers));
    TRY(query_later(s, tx, &q_things_count, NO_ARGS, &numbers));
    TRY(thread_start(s, "other", put_in_thread, &o, &thread));
    TRY(tx_sync(s, tx));
    TRY(thread_wait(s, thread));
    CHECK_EQ(numbers.items[2].number, 0);
    TRY(query_list(s, tx, &q_things_count, NO_ARGS, &numbers));
    CHECK_EQ(numbers.items[3].number, 1);
    return tx_commit(s, tx);
}

DRIVER_TEST(a_writer_waits_for_the_one_before_and_sees_what_it_did)
{
    Other o = {.g = g, .thing = given_thing(s, "second")};
    Thing first = given_thing(s, "first");
    int64_t count = 0;
    Thread *thread;
    Tx *open;

    TRY(tx_write(s, g->store, &local_caller, &open));
    TRY(thing_put(s, open, &first));
    TRY(thread_start(s, "second", put_in_thread, &o, &thread));
    TRY(tx_commit(s, open));
    TRY(thread_wait(s, thread));
    TRY(READ(g, things_count(s, tx, &count)));
    CHECK_EQ(count, 2);
    return OK;
}

DRIVER_TEST(a_cancelled_statement_ends_soon_and_the_store_goes_on)
{
    UNIT(unit, NULL, "impatient");
    Number number;
    Tx *open;

    scope_limit(unit, 100 * US_PER_MS);
    int64_t begun = clock_us();
    TRY(error_move(s, tx_read(unit, g->store, &local_caller, &open)));
    FAILS(TIMEOUT, query_one(unit, open, &q_forever, NO_ARGS, &number));
    CHECK(clock_us() - begun < 3 * US_PER_S);
    TRY(READ(g, query_one(s, tx, &q_things_count, NO_ARGS, &number)));
    return OK;
}

static Error *cancel_soon(Scope *s, void *cancel)
{
    TRY(scope_sleep(s, 50 * US_PER_MS));
    cancel_now(cancel, "the user has left");
    return OK;
}

DRIVER_TEST(a_cancelled_write_is_rolled_back_and_gives_its_turn_back)
{
    Thing thing = given_thing(s, "half");
    int64_t count = -1;
    Thread *thread;

    {
        UNIT(unit, NULL, "cancelled");
        Number number;
        Tx *open;
        TRY(thread_start(s, "cancel", cancel_soon, scope_cancel(unit), &thread));
        TRY(error_move(s, tx_write(unit, g->store, &local_caller, &open)));
        TRY(error_move(s, thing_put(unit, open, &thing)));
        FAILS(CANCELLED, query_one(unit, open, &q_forever, NO_ARGS, &number));
    }
    TRY(thread_wait(s, thread));
    TRY(WRITE(g, things_count(s, tx, &count)));
    CHECK_EQ(count, 0);
    return OK;
}

DRIVER_TEST(an_ended_scope_begins_nothing)
{
    UNIT(unit, NULL, "late");
    Tx *tx;

    cancel_now(scope_cancel(unit), "too late");
    FAILS(CANCELLED, tx_write(unit, g->store, &local_caller, &tx));
    FAILS(CANCELLED, tx_read(unit, g->store, &local_caller, &tx));
    return OK;
}

typedef struct Busy {
    Given *g;
    int64_t rounds;
} Busy;

enum { THREADS = 6, ROUNDS = 30 };

static fallible one_round(Scope *s, Given *g)
{
    Thing thing = given_thing(s, random_hex(s, 8));
    int64_t count;

    TRY(WRITE(g, thing_put(s, tx, &thing)));
    return READ(g, things_count(s, tx, &count));
}

static Error *many_rounds(Scope *s, void *arg)
{
    Busy *busy = arg;

    for (busy->rounds = 0; busy->rounds < ROUNDS; busy->rounds++) {
        SCOPE(tmp, s);
        TRY(one_round(tmp, busy->g));
    }
    return OK;
}

DRIVER_TEST(many_threads_share_few_connections)
{
    Busy busy[THREADS];
    Thread *threads[THREADS];
    int64_t count;

    for (int i = 0; i < THREADS; i++) {
        busy[i] = (Busy){.g = g};
        TRY(thread_start(s, "busy", many_rounds, &busy[i], &threads[i]));
    }
    for (int i = 0; i < THREADS; i++)
        TRY(thread_wait(s, threads[i]));
    TRY(READ(g, things_count(s, tx, &count)));
    CHECK_EQ(count, THREADS * ROUNDS);
    return OK;
}
