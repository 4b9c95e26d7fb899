/* Connections lent to whoever has the turn: the last one given back first, so that the others grow old
 * and go. What blocks inside libpq (host names, cancelling) is done by helper threads. */

#include "store/postgres.h"

#include <stdio.h>

#include "base/id.h"

/* ---- Connecting ---- */

static void keep_idle(PostgresDatabase *db, PostgresConnection *c)
{
    c->idle_since = clock_us();
    LOCKED (&db->mutex) {
        db->idle[db->idle_count++] = c;
        condition_wake(&db->changed);
    }
}

static void drop(PostgresDatabase *db, PostgresConnection *c)
{
    if (!c)
        return;
    postgres_disconnect(c);
    LOCKED (&db->mutex)
        db->open--;
}

static int64_t backoff(int64_t failures_in_a_row)
{
    int64_t us = PG_BACKOFF_FIRST_US;
    uint8_t spread;

    for (int64_t i = 1; i < failures_in_a_row && us < PG_BACKOFF_MAX_US; i++)
        us *= 2;
    random_bytes(&spread, sizeof spread);
    return (us < PG_BACKOFF_MAX_US ? us : PG_BACKOFF_MAX_US) * (128 + spread / 2) / 256;
}

static void note_failure(PostgresDatabase *db, const Error *e)
{
    LOCKED (&db->mutex) {
        db->open--;
        db->failures++;
        db->in_a_row++;
        db->retry_at = clock_us() + backoff(db->in_a_row);
        db->kind = e->kind;
        snprintf(db->message, sizeof db->message, "%s", e->message);
        condition_wake_all(&db->changed);
    }
}

/* On a helper thread. */
static Error *connect_one(Scope *s, void *arg)
{
    PostgresDatabase *db = arg;
    PostgresConnection *c;
    size_t host = 0;
    int64_t era = 0;

    LOCKED (&db->mutex) {
        host = db->host;
        era = db->era;
    }
    Error *e = postgres_connect(s, db->url, host, &c);
    if (e) {
        note_failure(db, e);
        error_drop(e, "whoever waits for the connection says it");
        return OK;
    }
    c->era = era;
    LOCKED (&db->mutex) {
        db->in_a_row = db->retry_at = 0;
        db->host = c->host;
    }
    keep_idle(db, c);
    return OK;
}

/* With the mutex held. */
static fallible away(Scope *s, const PostgresDatabase *db)
{
    int64_t wait = db->retry_at - clock_us();
    Error *e = fail_code(s, UNAVAILABLE, "database_away", "%s", db->message);

    return error_retry_after(e, wait > 0 ? wait : PG_BACKOFF_FIRST_US);
}

static PostgresConnection *take_idle(PostgresDatabase *db)
{
    PostgresConnection *c = NULL;

    LOCKED (&db->mutex)
        c = db->idle_count ? db->idle[--db->idle_count] : NULL;
    return c;
}

static bool fit(PostgresDatabase *db, PostgresConnection *c)
{
    bool current = false;

    LOCKED (&db->mutex)
        current = c->era == db->era;
    return current && !c->broken && clock_us() < c->old_at && postgres_healthy(c);
}

static PostgresConnection *take_healthy(PostgresDatabase *db)
{
    PostgresConnection *c;

    while ((c = take_idle(db)) && !fit(db, c))
        drop(db, c);
    return c;
}

/* With the mutex held. One connection is made for each who waits, unless so many are being made. */
static fallible make_one(Scope *s, PostgresDatabase *db)
{
    if (db->open == db->most)
        return OK;
    if (clock_us() < db->retry_at)
        return away(s, db);
    TRY(pool_try(s, db->helpers, connect_one, db));
    db->open++;
    return OK;
}

/* Whoever waits here has the turn: when all are open, one of them is idle soon or being made. */
static fallible wait_connected(Scope *s, PostgresDatabase *db, PostgresConnection **out)
{
    LOCKED (&db->mutex) {
        int64_t failures = db->failures;
        TRY(make_one(s, db));
        while (!db->idle_count) {
            TRY_WHILE(condition_wait(s, &db->changed, &db->mutex), "connecting to the database");
            if (!db->idle_count && db->failures != failures)
                return away(s, db);
        }
        *out = db->idle[--db->idle_count];
    }
    return OK;
}

fallible postgres_lend(Scope *s, PostgresDatabase *db, PostgresConnection **out)
{
    TRY_WHILE(turn_take(s, &db->lending), "waiting for a database connection");
    PostgresConnection *c = take_healthy(db);
    Error *e = c ? OK : wait_connected(s, db, &c);
    if (e)
        turn_give(&db->lending);
    else
        *out = c;
    return e;
}

/* ---- Giving back ---- */

/* The one that has waited longest is the first of the row. */
static PostgresConnection *take_tired(PostgresDatabase *db)
{
    PostgresConnection *tired = NULL;

    LOCKED (&db->mutex) {
        if (db->idle_count > 1 && clock_us() - db->idle[0]->idle_since > PG_IDLE_US) {
            tired = db->idle[0];
            memmove(db->idle, db->idle + 1, sizeof(PostgresConnection *) * --db->idle_count);
        }
    }
    return tired;
}

/* What one has found out of the server holds for all that were made before. */
static void end_era(PostgresDatabase *db, const PostgresConnection *c)
{
    LOCKED (&db->mutex)
        db->era += c->era == db->era;
}

void postgres_give(PostgresDatabase *db, PostgresConnection *c)
{
    if (c && c->moved)
        end_era(db, c);
    if (c && !c->broken && PQtransactionStatus(c->pg) == PQTRANS_IDLE)
        keep_idle(db, c);
    else
        drop(db, c);
    drop(db, take_tired(db));
    turn_give(&db->lending);
}

/* ---- Interrupting ---- */

/* On a helper thread: libpq's cancel waits for its own connection. */
static Error *cancel_one(Scope *s, void *arg)
{
    char why[PG_MESSAGE_MAX];

    (void)s;
    (void)PQcancel(arg, why, sizeof why); /* the connection is closed in any case */
    PQfreeCancel(arg);
    return OK;
}

void postgres_interrupt(PostgresDatabase *db, PostgresConnection *c)
{
    UNIT(s, NULL, "interrupting");
    PGcancel *cancel = PQgetCancel(c->pg);

    if (!cancel)
        return;
    Error *e = pool_try(s, db->helpers, cancel_one, cancel);
    if (e)
        PQfreeCancel(cancel);
    error_drop(e, "the statement ends by itself, and nobody takes its result");
}

/* ---- Opening ---- */

static void close_idle(void *what)
{
    PostgresDatabase *db = what;

    for (PostgresConnection *c; (c = take_idle(db));)
        drop(db, c);
}

fallible postgres_pool_open(Scope *s, const StoreOptions *options, PostgresDatabase **out)
{
    PostgresDatabase *db = NEW(s, PostgresDatabase);
    int64_t most = options->connections > 0 ? options->connections : 1;

    db->most = db->lending.free = most < PG_CONNECTIONS_MAX ? most : PG_CONNECTIONS_MAX;
    TRY(postgres_url(s, options, false, &db->url));
    scope_undo(s, close_idle, db);
    TRY(pool_open(s, "database", PG_HELPERS, PG_HELPER_JOBS, &db->helpers));
    *out = db;
    return OK;
}
