/* The database: the only place of record.
 *
 *     Tx *tx;
 *     TRY(tx_write(s, store, caller, &tx));                      // rolls back unless committed
 *     TRY(query_one(s, tx, &q_task_get, ARGS(ARG(id)), &task));
 *     TRY(query_run(s, tx, &q_task_touch, ARGS(ARG(id)), NULL));
 *     TRY(tx_commit(s, tx));
 *
 * Statements are named in the files of queries/ with :name parameters, one text for both databases where
 * possible, and name the table of their rows ("-- task_get -> task_type"). A parameter is looked up in the arguments by its name; :tenant_id and :user_id come from
 * the caller. Columns are read by name through the row's table. JSON columns hold what the table's
 * list and object fields are.
 *
 * Reads that do not depend on each other go out together: query_later queues one, tx_sync sends all
 * in one round trip (on SQLite they run at once). query_one and query_list sync by themselves.
 *
 * A Store is thread-safe. A Tx belongs to its scope and thread. No network call inside a tx_write.
 *
 * Failures: UNAVAILABLE when the database is away, read-only or failing over (nothing was done: try
 * again), TIMEOUT at the scope's deadline, CONFLICT for a unique key, INVALID for an unknown reference,
 * BUG for a wrong statement. Nothing is repeated in here. One UNAVAILABLE leaves open what happened: the
 * code COMMIT_UNKNOWN of tx_commit, when the connection broke before the COMMIT was answered. All of it
 * was done, or none; who repeats it must look first, or write what can be written twice.
 */
#pragma once

#include "base/table.h"
#include "model/caller.h"
#include "model/settings.h"

typedef struct Store Store;
typedef struct Tx Tx;

/* Who proves to be whom at a database server, for lives_us from now (0: for ever). */
typedef struct StoreLogin {
    const char *user; /* NULL: that of the URL */
    const char *password;
    int64_t lives_us;
} StoreLogin;

/* Gives a login allocated in s. Asked for each new connection, by any thread, several at once; the
 * connection is closed before the login ends. */
typedef Error *StoreLoginSource(Scope *s, void *from, StoreLogin *out);

typedef struct StoreOptions {
    const char *url;        /* sqlite:///ABSOLUTE/PATH, sqlite::memory: or postgresql://… */
    const char *direct_url; /* PostgreSQL without a pooler, for LISTEN and migrations; NULL: url */
    int64_t connections;    /* most lent at once; SQLite: readers */
    int64_t busy_us; /* how long a writer waits for its turn when the scope has no deadline */
    const char
        *password_file; /* PostgreSQL: read for each new connection; NULL: the URL's password */
    StoreLoginSource *login; /* PostgreSQL, in the place of both; NULL: none */
    void *login_from;        /* outlives the Store */
} StoreOptions;

/* What the settings say. */
StoreOptions store_options(const Settings *settings);

/* Opens and checks the schema's version: CONFLICT names the command to run when it is not ours.
 * Closed with s. */
fallible store_open(Scope *s, const StoreOptions *options, Store **out);
bool store_is_sqlite(const Store *store);
/* The database file, NULL for PostgreSQL and :memory:. */
const char *store_path(const Store *store);

/* A read sees one state of the database for each round trip (on SQLite: for all of it). A write takes
 * its turn (SQLite: one writer a process and an flock between processes, within the deadline). Both
 * end with s: uncommitted is rolled back. After a failed statement a write can only end. caller is
 * copied. */
fallible tx_read(Scope *s, Store *store, const Caller *caller, Tx **out);
fallible tx_write(Scope *s, Store *store, const Caller *caller, Tx **out);
/* The system's own work on all tenants: jobs, leases, schedules. Its caller is SYSTEM_TENANT. */
fallible tx_system(Scope *s, Store *store, Tx **out);
/* The same for reading only: takes no writer's turn. */
fallible tx_system_read(Scope *s, Store *store, Tx **out);
/* The code of an UNAVAILABLE of tx_commit that leaves open what happened. */
#define COMMIT_UNKNOWN "commit_unknown"

/* Ends the transaction; for a read it gives the connection back early. */
fallible tx_commit(Scope *s, Tx *tx);
const Caller *tx_caller(const Tx *tx);

typedef struct Statement {
    const char *name;
    const char *sqlite;   /* with ?1 … for the parameters in order */
    const char *postgres; /* with $1 … */
    const char *const *params;
    int param_count;
    const Type *type; /* of its rows; NULL when it has none */
} Statement;

typedef struct Arg {
    const char *name;  /* NULL: each field of the object is an argument */
    Field field;       /* its kind; offset 0 for a single value */
    const void *value; /* the value, or the object */
    const Type *type;
} Arg;

typedef struct Args {
    const Arg *items;
    size_t count;
} Args;

#define ARGS(...)                                                                                  \
    ((Args){(const Arg[]){__VA_ARGS__}, sizeof((const Arg[]){__VA_ARGS__}) / sizeof(Arg)})
#define NO_ARGS       ((Args){0})
/* A variable by its own name: ARG(task_id). */
#define ARG(variable) ARG_AS(variable, variable)
#define ARG_AS(name_, variable)                                                                    \
    {                                                                                              \
        .name = #name_, .field = {.name = #name_, .kind = FIELD_KIND(variable)},                   \
        .value = &(variable)                                                                       \
    }
#define ARG_ENUM(variable, names_)                                                                 \
    {                                                                                              \
        .name = #variable, .field = {.name = #variable, .kind = FIELD_ENUM, .names = names_},      \
        .value = &(variable)                                                                       \
    }
/* All members of a struct by its table: ARG_ROW(run_type, run). */
#define ARG_ROW(type_, object)                                                                     \
    {                                                                                              \
        .type = &(type_), .value = (object)                                                        \
    }

typedef struct QueryFound {
    void *row;
    bool *found;
} QueryFound;

/* Exactly one row into a struct of the statement's type; MISSING when there is none. */
fallible query_one(Scope *s, Tx *tx, const Statement *q, Args args, void *out);
/* One row or none; *out is untouched when none, and *found tells. */
fallible query_find(Scope *s, Tx *tx, const Statement *q, Args args, QueryFound out);
/* Appends all rows to a list of structs of the statement's type. */
fallible query_list(Scope *s, Tx *tx, const Statement *q, Args args, void *list);
/* A statement without rows; *changed, which may be NULL, counts the rows it changed. */
fallible query_run(Scope *s, Tx *tx, const Statement *q, Args args, int64_t *changed);
/* A list to be filled by the next tx_sync. The list, and the texts and bytes of the arguments, must
 * live until then. */
fallible query_later(Scope *s, Tx *tx, const Statement *q, Args args, void *list);
fallible tx_sync(Scope *s, Tx *tx);

/* ---- Schema ---- */

typedef struct MigrationState {
    int64_t version; /* of the database; 0 for an empty one */
    int64_t newest;  /* of this binary */
} MigrationState;

fallible store_migration_state(Scope *s, const StoreOptions *options, MigrationState *out);
/* Brings the schema up to that version (0: newest), forward only, under a lock, each step in a
 * transaction. SQLite: after a backup beside the file, whose path is given in *backup (or NULL). */
fallible store_migrate(Scope *s, const StoreOptions *options, int64_t to, const char **backup);
