/* The PostgreSQL driver. */

#include "store/driver.h"

static fallible none(Scope *s)
{
    return fail(s, UNSUPPORTED, "this build has no PostgreSQL yet: use sqlite:///ABSOLUTE/PATH");
}

static fallible postgres_open(Scope *s, const StoreOptions *options, Store *store)
{
    (void)options;
    (void)store;
    return none(s);
}

static fallible postgres_state(Scope *s, const StoreOptions *options, Schema *out)
{
    (void)options;
    (void)out;
    return none(s);
}

static fallible postgres_migrate(Scope *s, const StoreOptions *options, MigrationJob *job)
{
    (void)options;
    (void)job;
    return none(s);
}

const StoreDriver postgres_driver = {
    .name = "postgresql", .open = postgres_open, .state = postgres_state, .migrate = postgres_migrate};
