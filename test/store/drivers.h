/* The same test on each driver: a SQLite file, SQLite in memory, PostgreSQL, and PostgreSQL behind
 * PgBouncer in transaction mode. Each has a database of its
 * own, migrated, with a table of things that has a column for every kind of field.
 *
 *     DRIVER_TEST(what_is_not_committed_is_not_there)
 *     {
 *         TRY(WRITE(g, thing_put(s, tx, &thing)));
 *         …
 *     }
 */
#pragma once

#include "store/store.h"
#include "test/test.h"

typedef enum DriverKind { ON_FILE, IN_MEMORY, ON_SERVER, ON_POOLER } DriverKind;

typedef struct Given {
    DriverKind kind;
    StoreOptions options;
    Store *store;
} Given;

typedef Error *DriverTest(Scope *s, Given *g);
Error *driver_test(Scope *s, DriverKind kind, DriverTest *test);

#define DRIVER_TEST(name_)                                                                         \
    static Error *each_##name_(Scope *s, Given *g);                                                \
    TEST(name_##_on_file)                                                                          \
    {                                                                                              \
        return driver_test(s, ON_FILE, each_##name_);                                              \
    }                                                                                              \
    TEST(name_##_in_memory)                                                                        \
    {                                                                                              \
        return driver_test(s, IN_MEMORY, each_##name_);                                            \
    }                                                                                              \
    TEST(name_##_on_server)                                                                        \
    {                                                                                              \
        return driver_test(s, ON_SERVER, each_##name_);                                            \
    }                                                                                              \
    TEST(name_##_on_pooler)                                                                        \
    {                                                                                              \
        return driver_test(s, ON_POOLER, each_##name_);                                            \
    }                                                                                              \
    static Error *each_##name_(Scope *s, Given *g)

#define POOLER_TEST(name_)                                                                         \
    static Error *each_##name_(Scope *s, Given *g);                                                \
    TEST(name_)                                                                                    \
    {                                                                                              \
        return driver_test(s, ON_POOLER, each_##name_);                                            \
    }                                                                                              \
    static Error *each_##name_(Scope *s, Given *g)

#define SERVER_TEST(name_)                                                                         \
    static Error *each_##name_(Scope *s, Given *g);                                                \
    TEST(name_)                                                                                    \
    {                                                                                              \
        return driver_test(s, ON_SERVER, each_##name_);                                            \
    }                                                                                              \
    static Error *each_##name_(Scope *s, Given *g)

#define FILE_TEST(name_)                                                                           \
    static Error *each_##name_(Scope *s, Given *g);                                                \
    TEST(name_)                                                                                    \
    {                                                                                              \
        return driver_test(s, ON_FILE, each_##name_);                                              \
    }                                                                                              \
    static Error *each_##name_(Scope *s, Given *g)

/* The call in a transaction of its own, committed when it succeeds. */
#define IN_TX(begin, call)                                                                         \
    ({                                                                                             \
        SCOPE(tx_scope, s);                                                                        \
        Tx *tx = NULL;                                                                             \
        Error *tx_error = (begin);                                                                 \
        if (!tx_error)                                                                             \
            tx_error = (call);                                                                     \
        if (!tx_error)                                                                             \
            tx_error = tx_commit(tx_scope, tx);                                                    \
        tx_error;                                                                                  \
    })
#define WRITE(g, call)  IN_TX(tx_write(tx_scope, (g)->store, &local_caller, &tx), call)
#define READ(g, call)   IN_TX(tx_read(tx_scope, (g)->store, &local_caller, &tx), call)
#define SYSTEM(g, call) IN_TX(tx_system(tx_scope, (g)->store, &tx), call)

/* ---- Databases ---- */

/* A new empty database and the options that name it; not migrated. Gone with s. */
fallible given_database(Scope *s, DriverKind kind, StoreOptions *out);
/* The environment's server; INVALID, and so a failed test, without one. */
fallible server_url(Scope *s, const char **out);
/* As the server's owner, in the database of that URL. */
fallible server_do(Scope *s, const char *url, const char *sql);
fallible server_text(Scope *s, const char *url, const char *sql, const char **out);

/* ---- Things ---- */

typedef enum Colour { RED = 1, GREEN, BLUE } Colour;

typedef struct Part {
    const char *name;
    int64_t size;
} Part;

typedef struct Thing {
    const char *id;
    const char *tenant_id;
    const char *parent_id;
    const char *title;
    Bytes data;
    int64_t number;
    double weight;
    bool truth;
    Time at;
    OptInt maybe;
    OptReal perhaps;
    Json json;
    TextList texts;
    Colour colour;
    IntList colours;
    Part part;
    LIST_OF(Part) parts;
} Thing;

typedef LIST_OF(Thing) ThingList;

typedef struct Number {
    int64_t number;
} Number;

typedef LIST_OF(Number) NumberList;

extern const Type thing_type, number_type;

Thing given_thing(Scope *s, const char *title);
fallible thing_put(Scope *s, Tx *tx, const Thing *thing);
fallible thing_get(Scope *s, Tx *tx, const char *id, Thing *out);
fallible things_count(Scope *s, Tx *tx, int64_t *out);
/* Takes seconds, and then an hour, unless it is interrupted. */
extern const Statement q_forever;
extern const Statement q_thing_put, q_thing_get, q_things_all, q_thing_rename, q_things_count;
