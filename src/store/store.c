/* Transactions and statements, whatever the database: what both drivers must do alike. */

#include "store/driver.h"

#include "store/tenants.h"

static const struct {
    const char *prefix;
    const StoreDriver *driver;
} drivers[] = {
    {"sqlite:", &sqlite_driver},
    {"sqlite+aiosqlite:", &sqlite_driver},
    {"postgresql:", &postgres_driver},
    {"postgres:", &postgres_driver},
};

static fallible store_driver(Scope *s, const char *url, const StoreDriver **out)
{
    for (size_t i = 0; i < COUNT_OF(drivers); i++) {
        if (url && text_starts(url, drivers[i].prefix)) {
            *out = drivers[i].driver;
            return OK;
        }
    }
    return fail(s, INVALID,
                "a database is named by sqlite:///ABSOLUTE/PATH, sqlite::memory: or "
                "postgresql://USER@HOST/NAME");
}

fallible store_open(Scope *s, const StoreOptions *options, Store **out)
{
    Store *store = NEW(s, Store);

    TRY(store_driver(s, options->url, &store->driver));
    TRY(store->driver->open(s, options, store));
    *out = store;
    return OK;
}

bool store_is_sqlite(const Store *store)
{
    return store->driver == &sqlite_driver;
}

const char *store_path(const Store *store)
{
    return store->path;
}

/* ---- Transactions ---- */

static void tx_end(void *what)
{
    Tx *tx = what;

    tx->ended = true;
    tx->store->driver->end(tx);
}

static fallible tx_begin(Scope *s, Store *store, Tx draft, Tx **out)
{
    Tx *tx = COPY(s, &draft);

    TRY(scope_check(s));
    tx->store = store;
    tx->s = s;
    tx->caller.tenant_id = text_copy(s, draft.caller.tenant_id);
    tx->caller.user_id = text_copy(s, draft.caller.user_id);
    TRY(store->driver->begin(s, tx));
    tx->undo = scope_undo(s, tx_end, tx);
    *out = tx;
    return OK;
}

fallible tx_read(Scope *s, Store *store, const Caller *caller, Tx **out)
{
    return tx_begin(s, store, (Tx){.caller = *caller}, out);
}

fallible tx_write(Scope *s, Store *store, const Caller *caller, Tx **out)
{
    return tx_begin(s, store, (Tx){.caller = *caller, .write = true}, out);
}

fallible tx_system(Scope *s, Store *store, Tx **out)
{
    Tx draft = {.caller = {SYSTEM_TENANT, NULL, ROLE_ADMIN}, .write = true, .system = true};

    return tx_begin(s, store, draft, out);
}

fallible tx_system_read(Scope *s, Store *store, Tx **out)
{
    return tx_begin(s, store, (Tx){.caller = {SYSTEM_TENANT, NULL, ROLE_ADMIN}, .system = true},
                    out);
}

const Caller *tx_caller(const Tx *tx)
{
    return &tx->caller;
}

fallible tx_commit(Scope *s, Tx *tx)
{
    TRY(tx_sync(s, tx));
    Error *e = tx->write ? tx->store->driver->commit(s, tx) : OK;
    undo_now(tx->undo);
    return e;
}

/* ---- Statements ---- */

static fallible tx_usable(Scope *s, const Tx *tx, const char *doing)
{
    if (tx->ended)
        return fail(s, BUG, "%s: the transaction has ended", doing);
    if (tx->failure)
        return fail(s, BUG, "%s: the transaction has failed before: %s", doing, tx->failure);
    return OK;
}

static fallible tx_run(Scope *s, Tx *tx, CallList *calls)
{
    if (!calls->count)
        return OK;
    Error *e = tx->store->driver->run(s, tx, calls);
    if (e && tx->write)
        tx->failure = text_copy(tx->s, e->message);
    return e;
}

fallible tx_sync(Scope *s, Tx *tx)
{
    CallList calls = tx->later;

    TRY(tx_usable(s, tx, "ending or reading"));
    tx->later = (CallList){0};
    return tx_run(s, tx, &calls);
}

static fallible call_make(Scope *s, Tx *tx, const Statement *q, Args args, Call *out)
{
    TRY(tx_usable(s, tx, q->name));
    *out = (Call){.s = s, .q = q};
    return values_of_args(s, q, &tx->caller, args, &out->values);
}

/* What was put off goes first, in the same round trip. */
static fallible call_now(Scope *s, Tx *tx, const Call *call, int64_t *changed)
{
    CallList calls = tx->later;

    *list_add(tx->s, &calls) = *call;
    tx->later = (CallList){0};
    TRY(tx_run(s, tx, &calls));
    if (changed)
        *changed = calls.items[calls.count - 1].changed;
    return OK;
}

static fallible wants_rows(Scope *s, const Statement *q, bool wanted)
{
    if (!!q->type == wanted)
        return OK;
    return fail(s, BUG,
                wanted ? "%s names no type for its rows" : "%s gives rows, and nobody takes them",
                q->name);
}

static fallible call_rows(Scope *s, Tx *tx, const Statement *q, Args args, List *rows)
{
    Call call;

    TRY(wants_rows(s, q, true));
    TRY(call_make(s, tx, q, args, &call));
    call.rows = rows;
    return call_now(s, tx, &call, NULL);
}

fallible query_find(Scope *s, Tx *tx, const Statement *q, Args args, QueryFound out)
{
    List rows = {0};

    TRY(call_rows(s, tx, q, args, &rows));
    if (rows.count > 1)
        return fail(s, BUG, "%s gives %zu rows, not one", q->name, rows.count);
    if (rows.count)
        memcpy(out.row, rows.items, q->type->size);
    *out.found = rows.count == 1;
    return OK;
}

fallible query_one(Scope *s, Tx *tx, const Statement *q, Args args, void *out)
{
    bool found = false;

    TRY(query_find(s, tx, q, args, (QueryFound){out, &found}));
    return found ? OK : fail(s, MISSING, "%s finds no row", q->name);
}

fallible query_list(Scope *s, Tx *tx, const Statement *q, Args args, void *list)
{
    List *rows = list;
    size_t before = rows->count;
    Error *e = call_rows(s, tx, q, args, rows);

    if (e)
        rows->count = before;
    return e;
}

fallible query_run(Scope *s, Tx *tx, const Statement *q, Args args, int64_t *changed)
{
    Call call;

    TRY(wants_rows(s, q, false));
    TRY(call_make(s, tx, q, args, &call));
    return call_now(s, tx, &call, changed);
}

fallible query_later(Scope *s, Tx *tx, const Statement *q, Args args, void *list)
{
    Call call;

    TRY(wants_rows(s, q, list != NULL));
    TRY(call_make(s, tx, q, args, &call));
    call.rows = list;
    *list_add(tx->s, &tx->later) = call;
    return OK;
}

fallible tx_copy(Scope *s, Tx *tx, const CopyStream *stream)
{
    if (!tx->write || !tx->store->driver->copy)
        return fail(s, BUG, "copying outside a write of a database that can");
    TRY(tx_sync(s, tx));
    Error *e = tx->store->driver->copy(s, tx, stream);
    if (e)
        tx->failure = text_copy(tx->s, e->message);
    return e;
}

/* ---- Schema ---- */

fallible store_migration_state(Scope *s, const StoreOptions *options, MigrationState *out)
{
    const StoreDriver *driver;
    Schema schema = {0};

    TRY(store_driver(s, options->url, &driver));
    TRY(driver->state(s, options, &schema));
    TRY(schema_ours(s, &schema));
    *out = (MigrationState){schema_version(&schema), migration_count};
    return OK;
}

fallible store_migrate(Scope *s, const StoreOptions *options, int64_t to, const char **backup)
{
    const StoreDriver *driver;
    MigrationJob job = {.to = to};

    TRY(store_driver(s, options->url, &driver));
    TRY(driver->migrate(s, options, &job));
    if (backup)
        *backup = job.backup;
    return OK;
}
