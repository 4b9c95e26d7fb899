/* One connection to PostgreSQL: opened, waited for, looked at, closed. */

#include "store/postgres.h"

#include <poll.h>

#include "base/id.h"
#include "store/rows.h"

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

/* A pooler greets with a number of its own in the place of the server process's. */
static fallible look_for_pooler(Scope *s, PostgresConnection *c, Naming naming)
{
    static const Statement own_number = {
        .name = "looking for a pooler",
        .postgres = "SELECT pg_backend_pid()::bigint AS count",
        .type = &count_type,
    };
    List found = {0};
    CallList calls = {0};

    *list_add(s, &calls) = (Call){.s = s, .q = &own_number, .rows = &found};
    TRY(postgres_exchange(s, c, &calls));
    c->pooled = ((const Count *)found.items)->count != PQbackendPID(c->pg);
    c->prepared = naming == NAMED || (naming == NAMED_WITHOUT_POOLER && !c->pooled);
    return OK;
}

/* Spread, so that connections made together do not end together. */
static int64_t age(const StoreLogin *login)
{
    int64_t most = PG_AGE_US;
    uint16_t spread;

    if (login->lives_us && login->lives_us - PG_TOKEN_SPARE_US < most)
        most = login->lives_us / 2 > login->lives_us - PG_TOKEN_SPARE_US
                   ? login->lives_us / 2
                   : login->lives_us - PG_TOKEN_SPARE_US;
    random_bytes(&spread, sizeof spread);
    return most - most / 10 * spread / UINT16_MAX;
}

/* Of what is given twice libpq takes the last. Never by a URL: it would stand in the process list. */
static PGconn *start(Scope *s, const PostgresUrl *url, size_t host, const StoreLogin *login)
{
    TextList names = {0}, values = {0};

    for (size_t i = 0; i < url->count; i++) {
        texts_add(s, &names, url->names[i]);
        texts_add(s, &values, url->values[host][i]);
    }
    if (login->user) {
        texts_add(s, &names, "user");
        texts_add(s, &values, login->user);
    }
    if (login->password) {
        texts_add(s, &names, "password");
        texts_add(s, &values, login->password);
    }
    *(const char **)list_add(s, &names) = NULL;
    *(const char **)list_add(s, &values) = NULL;
    return PQconnectStartParams(names.items, values.items, 0);
}

static fallible greet(Scope *s, PostgresConnection *c, Naming naming)
{
    TRY(log_in(s, c));
    return look_for_pooler(s, c, naming);
}

static fallible connect_to(Scope *s, const PostgresUrl *url, size_t host, PostgresConnection **out)
{
    SCOPE(waiting, s);
    StoreLogin login = {0};

    scope_limit(waiting, PG_HOST_US);
    if (url->login)
        TRY(url->login(waiting, url->login_from, &login));
    Scope *home = unit_open(NULL, "postgresql");
    PostgresConnection *c = NEW(home, PostgresConnection);
    int64_t now = clock_us();
    *c = (PostgresConnection){.home = home,
                              .host = host,
                              .statements.owner = home,
                              .made_at = now,
                              .old_at = now + age(&login)};
    c->pg = start(waiting, url, host, &login);
    if (c->pg)
        PQsetNoticeProcessor(c->pg, ignore_notice, NULL);
    Error *e = greet(waiting, c, url->naming);
    if (failed_as(e, TIMEOUT) && !failed_as(scope_check(s), TIMEOUT))
        e = fail_code(s, UNAVAILABLE, "database_away", "connecting to the database: no answer");
    if (e)
        postgres_disconnect(c);
    else
        *out = c;
    return e;
}

fallible postgres_connect(Scope *s, const PostgresUrl *url, size_t first, PostgresConnection **out)
{
    TextList said = {0};

    for (size_t i = 0; i < url->hosts; i++) {
        Error *e = connect_to(s, url, (first + i) % url->hosts, out);
        if (!e || url->hosts == 1 || !failed_as(e, UNAVAILABLE))
            return e;
        texts_add(s, &said, e->message);
    }
    return fail_code(s, UNAVAILABLE, "database_away", "%s", text_join(s, &said, "; "));
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
