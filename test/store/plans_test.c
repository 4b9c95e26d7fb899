/* How the databases carry the statements out that come often: by their indexes, without sorting. */

#include "base/id.h"
#include "store/queries.h"
#include "test/store/world.h"

typedef struct PlanRow {
    int64_t id, parent, notused;
    const char *detail;
    const char *query_plan;
} PlanRow;

typedef LIST_OF(PlanRow) PlanRowList;

static const Type plan_row_type = {
    .name = "PlanRow",
    .size = sizeof(PlanRow),
    .fields =
        (const Field[]){
            FIELD(PlanRow, id),
            FIELD(PlanRow, parent),
            FIELD(PlanRow, notused),
            FIELD(PlanRow, detail),
            {.name = "QUERY PLAN", .kind = FIELD_TEXT, .offset = offsetof(PlanRow, query_plan)},
            {0},
        },
};

/* A value for every parameter of the statements looked at. */
typedef struct Bag {
    const char *queue, *pool, *owner, *run_id, *task_id, *repo_id, *id, *line_id, *job_id;
    TextList kinds;
    int64_t limit, lease_us, seq, number, from_line, until_line, most, fence, epoch, count, lines;
    int64_t tries, returns, losses, wait_us;
    const char *phase, *status, *error, *error_kind, *error_code;
    Json checkpoint, error_params;
    Time at;
} Bag;

static const Type bag_type = TYPE(
    Bag, "Arguments.", FIELD(Bag, queue), FIELD(Bag, pool), FIELD(Bag, owner), FIELD(Bag, run_id),
    FIELD(Bag, task_id), FIELD(Bag, repo_id), FIELD(Bag, id), FIELD(Bag, line_id),
    FIELD(Bag, job_id), FIELD(Bag, kinds), FIELD(Bag, limit), FIELD(Bag, lease_us), FIELD(Bag, seq),
    FIELD(Bag, number), FIELD(Bag, from_line), FIELD(Bag, until_line), FIELD(Bag, most),
    FIELD(Bag, fence), FIELD(Bag, epoch), FIELD(Bag, count), FIELD(Bag, lines), FIELD(Bag, phase),
    FIELD(Bag, at), FIELD(Bag, tries), FIELD(Bag, returns), FIELD(Bag, losses), FIELD(Bag, wait_us),
    FIELD(Bag, status), FIELD(Bag, error), FIELD(Bag, error_kind), FIELD(Bag, error_code),
    FIELD(Bag, checkpoint), FIELD(Bag, error_params));

static Bag full_bag(Scope *s)
{
    const char *id = id_new(s);
    Bag bag = {
        .queue = QUEUE,
        .owner = "w1",
        .run_id = id,
        .task_id = id,
        .repo_id = id,
        .id = id,
        .line_id = id,
        .job_id = id,
        .limit = 10,
        .lease_us = LEASE_US,
        .number = 100,
        .most = 100,
        .fence = 1,
        .epoch = 1,
        .at = time_now(),
    };

    texts_add(s, &bag.kinds, KIND);
    return bag;
}

static fallible plan_of(Scope *s, Tx *tx, const Statement *q, const char **out)
{
    Statement *explain = scope_copy(s, q, sizeof *q);
    PlanRowList rows = {0};
    Bag bag = full_bag(s);
    Buffer b = buffer_in(s);

    explain->name = text(s, "explain_%s", q->name);
    explain->sqlite = text(s, "EXPLAIN QUERY PLAN %s", q->sqlite);
    explain->postgres = text(s, "EXPLAIN %s", q->postgres);
    explain->type = &plan_row_type;
    TRY(query_list(s, tx, explain, ARGS(ARG_ROW(bag_type, &bag)), &rows));
    EACH (PlanRow, row, &rows)
        buffer_format(&b, "%s\n", row->detail ? row->detail : row->query_plan);
    *out = buffer_string(&b);
    return OK;
}

enum { MANY_JOBS = 10000 };

static const Statement q_many_jobs = {
    .name = "many_jobs",
    .sqlite = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
              " INSERT INTO jobs (id, tenant_id, queue, kind, status, priority, not_before, "
              "max_tries, created_at, line_id)"
              " SELECT lower(hex(randomblob(16))), ?1, 'runs', 'run', 'pending', i % 3, db_now(), "
              "3, db_now(),"
              " lower(hex(randomblob(16))) FROM n",
    .postgres =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
        " INSERT INTO jobs (id, tenant_id, queue, kind, status, priority, not_before, max_tries, "
        "created_at, line_id)"
        " SELECT gen_random_uuid(), $1, 'runs', 'run', 'pending', i % 3, db_now(), 3, db_now(),"
        " gen_random_uuid() FROM n",
    .params = (const char *const[]){"tenant_id"},
    .param_count = 1,
};

static const Statement q_statistics = {
    .name = "statistics", .sqlite = "ANALYZE", .postgres = "ANALYZE jobs"};

static fallible insert_many(Scope *s, World *w)
{
    TRY(TENANT(w, query_run(s, tx, &q_many_jobs, NO_ARGS, NULL)));
    SCOPE(tmp, s);
    Tx *tx;
    TRY(tx_system(tmp, w->store, &tx));
    TRY(as_owner(tmp, tx, w));
    TRY(query_run(tmp, tx, &q_statistics, NO_ARGS, NULL));
    return tx_commit(tmp, tx);
}

static fallible claim_plan(Scope *s, Tx *tx, const char **out)
{
    Count planned;

    TRY(query_one(s, tx, &q_jobs_claim_plan, NO_ARGS, &planned));
    return plan_of(s, tx, &q_jobs_claim, out);
}

STORE_TEST(a_claim_among_ten_thousand_jobs_reads_an_index_in_order)
{
    const char *plan;
    Job job;

    TRY(insert_many(s, w));
    TRY(SYSTEM(w, claim_plan(s, tx, &plan)));
    if (w->database == ON_SQLITE) {
        CHECK_HAS(plan, "SEARCH j USING INDEX jobs_claim (queue=? AND pool=?)");
        CHECK(!strstr(plan, "TEMP B-TREE") && !strstr(plan, "SCAN j\n") &&
              !strstr(plan, "SCAN jobs"));
    } else {
        CHECK_HAS(plan, "Index Scan using jobs_claim on jobs j");
        CHECK(!strstr(plan, "Sort") && !strstr(plan, "Seq Scan on jobs"));
    }
    TRY(claim(s, w, "w1", &job));
    CHECK_EQ(job.priority, 0);
    return OK;
}

STORE_TEST(statements_that_come_often_use_their_indexes)
{
    static const Statement *const often[] = {
        &q_jobs_expired,    &q_jobs_of_owner,     &q_jobs_next_due,     &q_job_hold,
        &q_job_renew,       &q_jobs_renew,        &q_job_of_run,        &q_events_after,
        &q_log_chunks_from, &q_task_list,         &q_task_list_of_repo, &q_task_row,
        &q_runs_of_task,    &q_run_get,           &q_message_list,      &q_run_summaries,
        &q_messages_last,   &q_dead_letters_list, &q_events_reserve,    &q_run_states_of_task,
        &q_event_context,
    };
    const char *plan;

    TRY(insert_many(s, w));
    for (size_t i = 0; i < COUNT_OF(often); i++) {
        TRY_WHILE(SYSTEM(w, plan_of(s, tx, often[i], &plan)), "explaining %s", often[i]->name);
        bool scans = strstr(plan, "SCAN jobs") || strstr(plan, "SCAN run") ||
                     strstr(plan, "SCAN tasks") || strstr(plan, "SCAN t\n") ||
                     strstr(plan, "SCAN messages") || strstr(plan, "Seq Scan on jobs");
        if (scans)
            return fail(s, BUG, "%s reads a whole table:\n%s", often[i]->name, plan);
    }
    return OK;
}

/* Reading whole tables becomes too dear, which small ones would invite. */
static fallible no_scans(Scope *s, Tx *tx)
{
    static const Statement q_no_scans = {
        .name = "no_scans",
        .sqlite = "SELECT 1 AS count",
        .postgres = "SELECT count(set_config('enable_seqscan', 'off', true)) AS count",
        .type = &count_type,
    };
    Count planned;

    return query_one(s, tx, &q_no_scans, NO_ARGS, &planned);
}

/* Row-level security lets only operators that leak nothing into an index: seen as a tenant, and with
 * reading whole tables made too dear. */
STORE_TEST(tenants_read_by_index_under_row_level_security)
{
    static const struct {
        const Statement *q;
        const char *has;
    } cases[] = {
        {&q_task_list, "Index Cond: ((tenant_id = "},
        {&q_task_list_of_repo, "(ROW(updated_at, id) < ROW("},
        {&q_message_list, "(ROW(created_at, id) > ROW("},
        {&q_messages_last, "messages_of_task"},
        {&q_run_summaries, "runs_of_task"},
        {&q_runs_of_task, "(number < "},
        {&q_events_after, "(seq > "},
        {&q_event_context, "_run_id_seq_idx"},
        {&q_log_chunks_from, "(line_number >= $"},
        {&q_dead_letters_list, "(ROW(finished_at, id) < ROW("},
        {&q_events_reserve, "Index Cond: (id = "},
    };
    SCOPE(tmp, s);
    const char *plan;
    Tx *tx;

    if (w->database == ON_SQLITE)
        return OK; /* has no row-level security */
    TRY(tx_write(tmp, w->store, &w->caller, &tx));
    TRY(no_scans(tmp, tx));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        TRY(plan_of(tmp, tx, cases[i].q, &plan));
        CHECK_HAS(plan, cases[i].has);
        CHECK(!strstr(plan, "Seq Scan"));
    }
    return OK;
}

/* A plan made while the table was empty stays with its prepared statement while the table fills. */
STORE_TEST(a_job_of_known_id_is_found_by_its_key_also_in_an_empty_table)
{
    static const Statement *const known[] = {&q_job_hold, &q_job_renew, &q_job_checkpoint,
                                             &q_job_end, &q_job_again};
    SCOPE(tmp, s);
    const char *plan;
    Tx *tx;

    TRY(tx_write(tmp, w->store, &w->caller, &tx));
    TRY(no_scans(tmp, tx));
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        TRY_WHILE(plan_of(tmp, tx, known[i], &plan), "explaining %s", known[i]->name);
        CHECK_HAS(plan, w->database == ON_SQLITE ? "(id=?)" : "jobs_pkey");
    }
    return OK;
}

/* Leases, retries and sweeps ask the database what time it is: a worker's clock may be anything. */
TEST(no_statement_of_a_lease_takes_a_time_from_its_worker)
{
    static const Statement *const leases[] = {
        &q_jobs_claim,  &q_job_renew,  &q_jobs_renew,           &q_jobs_expired, &q_jobs_of_owner,
        &q_job_again,   &q_job_end,    &q_jobs_pools_abandoned, &q_jobs_prune,   &q_jobs_next_due,
        &q_run_start,   &q_run_finish, &q_run_requeue,          &q_run_give_up,  &q_event_insert,
        &q_worker_seen, &q_job_cancel,
    };

    for (size_t i = 0; i < COUNT_OF(leases); i++)
        for (int p = 0; p < leases[i]->param_count; p++) {
            const char *name = leases[i]->params[p];
            if (text_ends(name, "_at") || text_ends(name, "_until") || text_equal(name, "at") ||
                text_equal(name, "now") || text_equal(name, "not_before"))
                return fail(s, BUG, "%s takes %s", leases[i]->name, name);
        }
    return OK;
}
