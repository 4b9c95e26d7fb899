/* One connection to PostgreSQL: opened, waited for, looked at, closed. */

#include "store/postgres.h"

#include <poll.h>

#include "base/id.h"

static void ignore_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

static fallible step(Scope *s, PostgresConnection *c, PostgresPollingStatusType wants)
{
    struct pollfd fd = {.fd = PQsocket(c->pg),
                        .events = wants == PGRES_POLLING_WRITING ? POLLOUT : POLLIN};
    int ready;

    return scope_poll(s, &fd, 1, -1, &ready);
}

static fallible log_in(Scope *s, PostgresConnection *c)
{
    PostgresPollingStatusType wants = PGRES_POLLING_WRITING;

    while (PQstatus(c->pg) != CONNECTION_BAD && wants != PGRES_POLLING_OK &&
           wants != PGRES_POLLING_FAILED) {
        TRY(step(s, c, wants));
        wants = PQconnectPoll(c->pg);
    }
    if (wants != PGRES_POLLING_OK || PQsetnonblocking(c->pg, 1) || !PQenterPipelineMode(c->pg))
        return postgres_lost(s, c, "connecting to the database");
    return OK;
}

/* Spread, so that connections made together do not end together. */
static int64_t age(void)
{
    uint16_t spread;

    random_bytes(&spread, sizeof spread);
    return PG_AGE_US - PG_AGE_US / 10 * spread / UINT16_MAX;
}

fallible postgres_connect(Scope *s, const PostgresUrl *url, PostgresConnection **out)
{
    SCOPE(waiting, s);
    Scope *home = unit_open(NULL, "postgresql");
    PostgresConnection *c = NEW(home, PostgresConnection);

    *c = (PostgresConnection){.home = home,
                              .prepared = url->prepared,
                              .statements.owner = home,
                              .old_at = clock_us() + age()};
    scope_limit(waiting, PG_CONNECT_US);
    c->pg = PQconnectStartParams(url->names, url->values, 0);
    if (c->pg)
        PQsetNoticeProcessor(c->pg, ignore_notice, NULL);
    Error *e = log_in(waiting, c);
    if (failed_as(e, TIMEOUT) && !failed_as(scope_check(s), TIMEOUT))
        e = fail(s, UNAVAILABLE, "connecting to the database: no answer");
    if (e)
        postgres_disconnect(c);
    else
        *out = c;
    return e;
}

void postgres_disconnect(PostgresConnection *c)
{
    if (!c)
        return;
    PQfinish(c->pg);
    statement_cache_clear(&c->statements);
    scope_close(c->home);
}

fallible postgres_wait(Scope *s, PostgresConnection *c)
{
    int unsent = PQflush(c->pg), ready;
    struct pollfd fd = {.fd = PQsocket(c->pg),
                        .events = (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN)};

    if (unsent < 0)
        return postgres_lost(s, c, "talking to the database");
    TRY(scope_poll(s, &fd, 1, -1, &ready));
    if (fd.revents & ~POLLOUT && !PQconsumeInput(c->pg))
        return postgres_lost(s, c, "talking to the database");
    return OK;
}

/* An idle connection has nothing to read but its end, or a word before it. */
bool postgres_healthy(PostgresConnection *c)
{
    struct pollfd fd = {.fd = PQsocket(c->pg), .events = POLLIN};

    while (poll(&fd, 1, 0) > 0)
        if (!PQconsumeInput(c->pg) || PQstatus(c->pg) != CONNECTION_OK)
            return false;
    return PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) == PQTRANS_IDLE;
}
