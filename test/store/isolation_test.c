/* What PostgreSQL itself keeps apart, whatever the statements say. */

#include "store/queries.h"
#include "test/store/world.h"

#define TENANT_TABLES                                                                              \
    "'users', 'model_profiles', 'repos', 'tasks', 'messages', 'lines', 'runs', 'run_patches', "    \
    "'run_events', 'usage',"                                                                       \
    " 'jobs', 'idempotency_keys', 'shares'"

static const Statement q_tasks_of_all = {
    .name = "tasks_of_all",
    .sqlite = "SELECT count(*) AS count FROM tasks",
    .postgres = "SELECT count(*) AS count FROM tasks",
    .type = &count_type,
};

static const Statement q_steal = {
    .name = "steal",
    .sqlite = "UPDATE tasks SET title = 'mine'",
    .postgres = "UPDATE tasks SET title = 'mine'",
};

static const Statement q_plant = {
    .name = "plant",
    .sqlite = "",
    .postgres = "INSERT INTO messages (id, tenant_id, task_id, role, content, created_at)"
                " SELECT gen_random_uuid(), 'somebody', t.id, 'user', 'x', db_now() FROM tasks t",
};

static const Statement q_unforced = {
    .name = "unforced",
    .sqlite = "",
    .postgres =
        "SELECT count(*) AS count FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        " AND (relname IN (" TENANT_TABLES
        ") OR relname LIKE 'run\\_events\\_%') AND relkind IN ('r', 'p')"
        " AND NOT (relrowsecurity AND relforcerowsecurity)",
    .type = &count_type,
};

/* The service's own records come before any tenant is known. */
static const Statement q_without_tenant = {
    .name = "without_tenant",
    .sqlite =
        "SELECT count(*) AS count FROM sqlite_schema t WHERE t.type = 'table' AND t.name NOT IN"
        " ('tenants', 'workers', 'webhook_deliveries', 'cluster', 'retention', 'schema_versions',"
        " 'sqlite_sequence') AND NOT EXISTS"
        " (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = 'tenant_id' AND c.\"notnull\")",
    .postgres = "SELECT count(*) AS count FROM pg_class t WHERE relnamespace = "
                "current_schema()::regnamespace"
                " AND relkind IN ('r', 'p') AND relname NOT IN ('tenants', 'workers', "
                "'webhook_deliveries', 'cluster', 'retention', 'schema_versions')"
                " AND NOT EXISTS (SELECT 1 FROM pg_attribute c WHERE c.attrelid = t.oid AND "
                "attname = 'tenant_id'"
                " AND attnotnull)",
    .type = &count_type,
};

STORE_TEST(a_statement_that_forgets_the_tenant_still_sees_only_its_own)
{
    Count ours = {0}, theirs = {0};
    int64_t stolen = 0;
    Task task;

    if (w->database == ON_SQLITE)
        return OK; /* one tenant lives in a file */
    TRY(given_task(s, w, &task));
    TRY(TENANT(w, query_one(s, tx, &q_tasks_of_all, NO_ARGS, &ours)));
    TRY(OTHER(w, query_one(s, tx, &q_tasks_of_all, NO_ARGS, &theirs)));
    CHECK_EQ(ours.count, 1);
    CHECK_EQ(theirs.count, 0);
    TRY(OTHER(w, query_run(s, tx, &q_steal, NO_ARGS, &stolen)));
    CHECK_EQ(stolen, 0);
    Error *e = TENANT(w, query_run(s, tx, &q_plant, NO_ARGS, NULL));
    CHECK(e != NULL);
    return OK;
}

STORE_TEST(the_system_sees_all_tenants)
{
    Count all = {0};
    Task task;

    TRY(given_task(s, w, &task));
    TRY(SYSTEM(w, query_one(s, tx, &q_tasks_of_all, NO_ARGS, &all)));
    CHECK_EQ(all.count, 1);
    return OK;
}

STORE_TEST(every_row_has_its_tenant_and_security_is_forced)
{
    Count bare = {.count = 1}, unforced = {0};

    TRY(SYSTEM(w, query_one(s, tx, &q_without_tenant, NO_ARGS, &bare)));
    CHECK_EQ(bare.count, 0);
    if (w->database == ON_POSTGRES)
        TRY(SYSTEM(w, query_one(s, tx, &q_unforced, NO_ARGS, &unforced)));
    CHECK_EQ(unforced.count, 0);
    return OK;
}

static const Statement q_depth = {
    .name = "depth",
    .sqlite = "SELECT depth AS count FROM queue_depth WHERE queue = 'runs'",
    .postgres = "SELECT depth AS count FROM queue_depth WHERE queue = 'runs'",
    .type = &count_type,
};

static const Statement q_as_scale = {
    .name = "as_scale", .sqlite = "", .postgres = "SET LOCAL ROLE dursor_scale"};

/* As the role that only counts, where there are roles. */
static fallible depth_seen(Scope *s, World *w, Count *out)
{
    SCOPE(tmp, s);
    int64_t changed;
    Tx *tx;

    TRY(tx_system(tmp, w->store, &tx));
    if (w->database == ON_POSTGRES) {
        TRY(as_owner(tmp, tx, w));
        TRY(query_run(tmp, tx, &q_as_scale, NO_ARGS, NULL));
    }
    TRY(query_one(tmp, tx, &q_depth, NO_ARGS, out));
    if (w->database == ON_SQLITE)
        return OK;
    Error *e = query_run(tmp, tx, &q_steal, NO_ARGS, &changed);
    return e ? OK : fail(s, BUG, "the scale signal may change tasks");
}

STORE_TEST(the_scale_signal_counts_due_and_leased_jobs_of_all_tenants)
{
    Job due = {0}, later = {.not_before = {time_now().us + US_PER_MIN}}, held = {0}, got;
    Job theirs = {.queue = QUEUE, .kind = KIND};
    Count depth = {0};

    TRY(given_job(s, w, &held));
    TRY(claim(s, w, "w1", &got));
    TRY(given_job(s, w, &due));
    TRY(given_job(s, w, &later));
    TRY(OTHER(w, job_insert(s, tx, &theirs, NULL)));
    TRY(depth_seen(s, w, &depth));
    CHECK_EQ(depth.count, 3);
    return OK;
}

static const Statement q_rest = {
    .name = "rest",
    .sqlite = "SELECT 0 AS count",
    .postgres = "SELECT count(*) AS count FROM run_events_rest",
    .type = &count_type,
};

static const Statement q_partitions = {
    .name = "partitions",
    .sqlite = "SELECT 3 AS count",
    .postgres =
        "SELECT count(*) AS count FROM pg_inherits WHERE inhparent = 'run_events'::regclass",
    .type = &count_type,
};

STORE_TEST(events_of_new_runs_live_in_the_partition_of_their_month)
{
    Count rest = {.count = 1}, partitions = {0};
    GivenRun given;
    Lease lease;
    SCOPE(tmp, s);
    Tx *tx;

    TRY(given_running(s, w, &given, &lease));
    TRY(tx_system(tmp, w->store, &tx));
    TRY(query_one(tmp, tx, &q_partitions, NO_ARGS, &partitions));
    TRY(as_owner(tmp, tx, w));
    TRY(query_one(tmp, tx, &q_rest, NO_ARGS, &rest));
    CHECK(partitions.count >= 3);
    CHECK_EQ(rest.count, 0);
    return OK;
}
