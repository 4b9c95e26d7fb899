/* A database of its own for each test. */

#include "test/store/world.h"

#include <libpq-fe.h>
#include <stdlib.h>

#include "base/id.h"
#include "store/queries.h"
#include "sys/file.h"

typedef struct Server {
    const char *url;  /* of the server's own database */
    const char *name; /* of ours */
} Server;

static fallible server_run(Scope *s, const char *url, const char *sql)
{
    PGconn *connection = PQconnectdb(url);
    PGresult *result = PQexec(connection, sql);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    const char *message = good ? NULL : text_copy(s, PQerrorMessage(connection));

    PQclear(result);
    PQfinish(connection);
    return good ? OK : fail(s, BUG, "%s: %s", sql, message);
}

static void database_drop(void *what)
{
    Server *server = what;
    UNIT(s, NULL, "dropping the test's database");

    error_drop(server_run(s, server->url, text(s, "DROP DATABASE %s WITH (FORCE)", server->name)),
               "it is thrown away");
}

static fallible postgres_url(Scope *s, const char **out)
{
    const char *url = getenv("DURSOR_TEST_POSTGRES_URL");

    if (text_empty(url))
        return fail(s, INVALID,
                    "DURSOR_TEST_POSTGRES_URL is not set: run the tests through test/servers.py");
    Server *server = NEW(s, Server);
    *server = (Server){url, text(s, "dursor_test_%s", random_hex(s, 8))};
    TRY(server_run(s, url, text(s, "CREATE DATABASE %s", server->name)));
    scope_undo(s, database_drop, server);
    *out = text(s, "%.*s/%s", (int)(strrchr(url, '/') - url), url, server->name);
    return OK;
}

static fallible sqlite_url(Scope *s, const char **out)
{
    const char *folder;

    TRY(directory_temporary(s, "/tmp", "dursor-store", &folder));
    *out = text(s, "sqlite://%s/dursor.db", folder);
    return OK;
}

static fallible world_open(Scope *s, Database database, World *out)
{
    Tenant tenant = {.id = text(s, "t-%s", random_hex(s, 4)), .name = "Ours"};
    Tenant other = {.id = text(s, "t-%s", random_hex(s, 4)), .name = "Theirs"};

    out->database = database;
    out->options = (StoreOptions){.connections = 12, .busy_us = 30 * US_PER_S};
    if (database == ON_SQLITE)
        TRY(sqlite_url(s, &out->options.url));
    else
        TRY(postgres_url(s, &out->options.url));
    TRY(store_migrate(s, &out->options, 0, NULL));
    TRY(store_open(s, &out->options, &out->store));
    TRY(SYSTEM(out, tenant_insert(s, tx, &tenant)));
    TRY(SYSTEM(out, tenant_insert(s, tx, &other)));
    out->caller = (Caller){tenant.id, "u1", ROLE_DEVELOPER};
    out->other = (Caller){other.id, "u1", ROLE_DEVELOPER};
    return OK;
}

Error *world_test(Scope *s, Database database, StoreTest *test)
{
    World world = {0};

    TRY(world_open(s, database, &world));
    return test(s, &world);
}

fallible given_repo(Scope *s, World *w, Repo *out)
{
    *out = (Repo){
        .repo_url = text(s, "https://example.org/%s.git", random_hex(s, 6)),
        .default_branch = "main",
        .latest_commit = "c0ffee",
        .workspace_path = "/nowhere",
    };
    return TENANT(w, repo_find_or_insert(s, tx, out, NULL));
}

fallible given_task(Scope *s, World *w, Task *out)
{
    Repo repo;

    TRY(given_repo(s, w, &repo));
    *out = (Task){.repo_id = repo.id, .title = "A task"};
    return TENANT(w, task_insert(s, tx, out));
}

static fallible insert_run(Scope *s, Tx *tx, World *w, const char *model_key, GivenRun *given)
{
    Line line;
    Run *run = &given->run;

    *run = (Run){
        .id = id_new(s),
        .task_id = given->task.id,
        .executor_type = PATCH_AGENT,
        .model_name = model_key,
        .provider = PROVIDER_OPENAI,
        .instruction = "do it",
        .base_commit = "c0ffee",
    };
    LineWant want = {
        .task_id = given->task.id,
        .executor_type = PATCH_AGENT,
        .model_key = model_key,
        .branch_prefix = "dursor",
        .run_id = run->id,
    };
    TRY(line_find_or_insert(s, tx, &want, &line));
    run->line_id = line.id;
    run->working_branch = line.branch;
    TRY(run_insert(s, tx, run));
    given->job =
        (Job){.queue = QUEUE, .kind = KIND, .run_id = run->id, .line_id = line.id, .pool = w->pool};
    return job_insert(s, tx, &given->job, NULL);
}

fallible given_run(Scope *s, World *w, const Task *task, const char *model_key, GivenRun *out)
{
    *out = (GivenRun){.task = *task};
    return TENANT(w, insert_run(s, tx, w, model_key, out));
}

fallible given_running(Scope *s, World *w, GivenRun *out, Lease *lease)
{
    Task task;
    Job job;

    TRY(given_task(s, w, &task));
    TRY(given_run(s, w, &task, "openai:gpt", out));
    TRY(claim(s, w, "w1", &job));
    *lease = job_lease(&job, 1);
    return TENANT(w, run_start(s, tx, lease));
}

fallible given_job(Scope *s, World *w, Job *job)
{
    job->queue = job->queue ? job->queue : QUEUE;
    job->kind = job->kind ? job->kind : KIND;
    return TENANT(w, job_insert(s, tx, job, NULL));
}

ClaimOrder claim_order(Scope *s, World *w, const char *owner)
{
    ClaimOrder order = {.owner = owner,
                        .queue = QUEUE,
                        .pool = w->pool,
                        .limit = 1,
                        .lease_us = LEASE_US,
                        .epoch = 1};

    texts_add(s, &order.kinds, "other");
    texts_add(s, &order.kinds, KIND);
    return order;
}

fallible claim_one(Scope *s, World *w, const char *owner, Job *out, bool *found)
{
    ClaimOrder order = claim_order(s, w, owner);
    JobList jobs = {0};

    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    *found = jobs.count > 0;
    if (*found)
        *out = jobs.items[0];
    return OK;
}

fallible claim(Scope *s, World *w, const char *owner, Job *out)
{
    bool found = false;

    TRY(claim_one(s, w, owner, out, &found));
    return found ? OK : fail(s, BUG, "there is no job for %s to claim", owner);
}

fallible as_owner(Scope *s, Tx *tx, World *w)
{
    static const Statement q_as_owner = {
        .name = "as_owner", .sqlite = "", .postgres = "SET LOCAL ROLE NONE"};

    return w->database == ON_POSTGRES ? query_run(s, tx, &q_as_owner, NO_ARGS, NULL) : OK;
}

static const Statement q_pass_time = {
    .name = "pass_time",
    .sqlite = "UPDATE jobs SET not_before = db_later(not_before, -3600000000),"
              " lease_until = db_later(lease_until, -3600000000) WHERE id = ?1",
    .postgres = "UPDATE jobs SET not_before = db_later(not_before, -3600000000),"
                " lease_until = db_later(lease_until, -3600000000) WHERE id = $1",
    .params = (const char *const[]){"job_id"},
    .param_count = 1,
};

fallible pass_time(Scope *s, World *w, const char *job_id)
{
    return SYSTEM(w, query_run(s, tx, &q_pass_time, ARGS(ARG(job_id)), NULL));
}

RunEnd good_end(void)
{
    return (RunEnd){
        .status = RUN_SUCCEEDED,
        .summary = "Did it.",
        .added_lines = 3,
        .removed_lines = 1,
        .commit_sha = "abc123",
        .patch = BYTES("--- a\n+++ b\n"),
    };
}

fallible run_now(Scope *s, World *w, const char *run_id, Run *out)
{
    return READ(w, run_get(s, tx, run_id, out));
}

fallible job_now(Scope *s, World *w, const char *job_id, Job *out)
{
    return READ(w, job_get(s, tx, job_id, out));
}

fallible events_text(Scope *s, World *w, const char *run_id, const char **out)
{
    RunEventList events = {0};
    Buffer b = buffer_in(s);

    TRY(READ(w, events_after(s, tx, (EventsFrom){run_id, 0, 0}, &events)));
    EACH (RunEvent, event, &events)
        buffer_format(&b, "%lld:%s %s\n", (long long)event->seq,
                      name_of(event_kind_names, (int)event->kind), event->data);
    *out = buffer_string(&b);
    return OK;
}
