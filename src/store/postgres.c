/* The PostgreSQL driver.
 *
 * A read lends a connection for each round trip and is one implicit transaction; several statements
 * together see one state. A write keeps its connection; BEGIN travels with its first statement. Every
 * transaction says first who it is: the role (dursor_app sees one tenant, dursor_system all) and the
 * tenant, both until its end only, so that neither a pooler nor a connection that goes on to the next
 * request can carry them over.
 */

#include "store/postgres.h"

#define ROLE_APP    "dursor_app"
#define ROLE_SYSTEM "dursor_system"

static const Statement begin_write = {.name = "beginning", .postgres = "BEGIN"};
static const Statement begin_read = {.name = "beginning",
                                     .postgres = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
static const Statement commit = {.name = "committing", .postgres = "COMMIT"};
static const Statement identify = {
    .name = "identifying",
    .postgres = "SELECT set_config('role', $1, true), set_config('dursor.tenant', $2, true)",
    .params = (const char *const[]){"role", "tenant"},
    .param_count = 2,
};

typedef struct Session {
    PostgresConnection *c; /* of a write */
    bool begun;
} Session;

static void add_plain(Scope *s, CallList *calls, const Statement *q)
{
    *list_add(s, calls) = (Call){.s = s, .q = q};
}

static void add_identity(Scope *s, CallList *calls, const Tx *tx)
{
    Value *values = NEW_ARRAY(s, Value, 2);

    values[0] = (Value){.kind = VALUE_TEXT, .bytes = bytes_of(tx->system ? ROLE_SYSTEM : ROLE_APP)};
    values[1] = (Value){.kind = VALUE_TEXT, .bytes = bytes_of(tx->caller.tenant_id)};
    *list_add(s, calls) = (Call){.s = s, .q = &identify, .values = values};
}

/* Tells the server as well when it is our own end that ended the exchange. */
static fallible exchange(Scope *s, PostgresDatabase *db, PostgresConnection *c, CallList *calls)
{
    Error *e = postgres_exchange(s, c, calls);

    if (c->broken && (failed_as(e, CANCELLED) || failed_as(e, TIMEOUT)))
        postgres_interrupt(db, c);
    return e;
}

/* What came back, into the caller's own calls. */
static void take_changed(CallList *calls, const CallList *sent, size_t before)
{
    for (size_t i = 0; i < calls->count; i++)
        calls->items[i].changed = sent->items[before + i].changed;
}

static fallible read_calls(Scope *s, Tx *tx, CallList *calls)
{
    SCOPE(tmp, s);
    PostgresDatabase *db = tx->store->database;
    bool several = calls->count > 1;
    PostgresConnection *c;
    CallList all = {0};

    if (several)
        add_plain(tmp, &all, &begin_read);
    add_identity(tmp, &all, tx);
    size_t before = all.count;
    EACH (Call, call, calls)
        *list_add(tmp, &all) = *call;
    if (several)
        add_plain(tmp, &all, &commit);
    TRY(postgres_lend(s, db, &c));
    Error *e = exchange(s, db, c, &all);
    if (e)
        postgres_roll_back(c);
    postgres_give(db, c);
    take_changed(calls, &all, before);
    return e;
}

static fallible write_calls(Scope *s, Tx *tx, CallList *calls)
{
    SCOPE(tmp, s);
    Session *session = tx->session;
    CallList all = {0};

    if (!session->begun) {
        add_plain(tmp, &all, &begin_write);
        add_identity(tmp, &all, tx);
        session->begun = true;
    }
    size_t before = all.count;
    EACH (Call, call, calls)
        *list_add(tmp, &all) = *call;
    TRY(exchange(s, tx->store->database, session->c, &all));
    take_changed(calls, &all, before);
    return OK;
}

static fallible postgres_run(Scope *s, Tx *tx, CallList *calls)
{
    return tx->write ? write_calls(s, tx, calls) : read_calls(s, tx, calls);
}

/* BEGIN goes before it, when nothing has. */
static fallible postgres_copy(Scope *s, Tx *tx, const CopyStream *stream)
{
    Session *session = tx->session;

    if (!session->begun)
        TRY(write_calls(s, tx, &(CallList){0}));
    Error *e = postgres_stream(s, session->c, stream);
    if (session->c->broken && (failed_as(e, CANCELLED) || failed_as(e, TIMEOUT)))
        postgres_interrupt(tx->store->database, session->c);
    return e;
}

static fallible postgres_begin(Scope *s, Tx *tx)
{
    Session *session = NEW(s, Session);

    tx->session = session;
    return tx->write ? postgres_lend(s, tx->store->database, &session->c) : OK;
}

/* A COMMIT that was sent is waited for even when s has ended meanwhile: only the answer tells. */
static fallible postgres_commit(Scope *s, Tx *tx)
{
    UNIT(whole, NULL, "committing");
    Session *session = tx->session;
    CallList calls = {0};

    TRY(scope_check(s));
    if (!session->begun)
        return OK;
    scope_limit(whole, PG_COMMIT_US);
    add_plain(whole, &calls, &commit);
    Error *e = error_move(s, postgres_exchange(whole, session->c, &calls));
    if (e && session->c->broken)
        return fail_code(s, UNAVAILABLE, "commit_unknown",
                         "the database did not say whether it has committed: %s", e->message);
    return e;
}

static void postgres_end(Tx *tx)
{
    const Session *session = tx->session;

    if (!tx->write)
        return;
    postgres_roll_back(session->c);
    postgres_give(tx->store->database, session->c);
}

static fallible check_schema(Scope *s, PostgresDatabase *db)
{
    PostgresConnection *c;
    Schema schema = {0};

    TRY(postgres_lend(s, db, &c));
    Error *e = postgres_schema(s, c, &schema);
    postgres_give(db, c);
    TRY(e);
    return schema_current(s, &schema);
}

static fallible postgres_open(Scope *s, const StoreOptions *options, Store *store)
{
    PostgresDatabase *db;

    TRY(postgres_pool_open(s, options, &db));
    TRY(check_schema(s, db));
    store->database = db;
    return OK;
}

const StoreDriver postgres_driver = {
    .name = "postgresql",
    .open = postgres_open,
    .begin = postgres_begin,
    .run = postgres_run,
    .copy = postgres_copy,
    .commit = postgres_commit,
    .end = postgres_end,
    .state = postgres_state,
    .migrate = postgres_migrate,
};
