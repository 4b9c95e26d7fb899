/* What is kept for how long, and events by the month. */

#include "store/retention.h"

#include "store/log_read.h"
#include "store/queries.h"
#include "test/store/world.h"

#define DAY_US (24 * 60 * US_PER_MIN)

/* ---- Statements of these tests only ---- */

static fallible count_of(Scope *s, Tx *tx, const char *sql, int64_t *out)
{
    Statement *q = NEW(s, Statement);
    Count count = {0};

    *q = (Statement){.name = sql, .sqlite = sql, .postgres = sql, .type = &count_type};
    TRY(query_one(s, tx, q, NO_ARGS, &count));
    *out = count.count;
    return OK;
}

static fallible change(Scope *s, Tx *tx, const char *sql)
{
    Statement *q = NEW(s, Statement);

    *q = (Statement){.name = sql, .sqlite = sql, .postgres = sql};
    return query_run(s, tx, q, NO_ARGS, NULL);
}

static fallible owner_count(Scope *s, Tx *tx, World *w, const char *sql, int64_t *out)
{
    TRY(as_owner(s, tx, w));
    return count_of(s, tx, sql, out);
}

static fallible owner_change(Scope *s, Tx *tx, World *w, const char *sql)
{
    TRY(as_owner(s, tx, w));
    return change(s, tx, sql);
}

#define SYSTEM_COUNT(w, sql, out) SYSTEM(w, count_of(s, tx, sql, out))

/* ---- Runs that ended ---- */

static fallible given_ended(Scope *s, World *w, GivenRun *out)
{
    EventDraftList drafts = {0};
    RunEnd end = good_end();
    Lease lease;

    TRY(given_running(s, w, out, &lease));
    *list_add(s, &drafts) = (EventDraft){.kind = EVENT_LOG, .data = BYTES("one\ntwo\n")};
    TRY(TENANT(w, events_append(s, tx, &lease, &drafts, NULL)));
    return TENANT(w, run_finish(s, tx, &lease, &end));
}

static fallible age_run(Scope *s, World *w, const char *run_id, int64_t age_days)
{
    const char *sql = text(s,
                           "UPDATE runs SET completed_at = db_later(db_now(), -%lld)"
                           " WHERE id = '%s'",
                           (long long)(age_days * DAY_US), run_id);

    return SYSTEM(w, change(s, tx, sql));
}

static fallible prune_all(Scope *s, World *w, int64_t older_us, int64_t *turns)
{
    *turns = 0;
    for (int64_t count = 1; count; ++*turns)
        TRY(SYSTEM(w, events_prune(s, tx, older_us, &count)));
    return OK;
}

static fallible events_left(Scope *s, World *w, const char *run_id, int64_t *out)
{
    const char *sql =
        text(s, "SELECT count(*) AS count FROM run_events WHERE run_id = '%s'", run_id);

    return SYSTEM(w, count_of(s, tx, sql, out));
}

STORE_TEST(events_go_when_their_run_ended_long_enough_ago)
{
    GivenRun old, young, running;
    int64_t left, turns;
    Lease lease;
    Run run;

    TRY(given_ended(s, w, &old));
    TRY(given_ended(s, w, &young));
    TRY(given_running(s, w, &running, &lease));
    TRY(age_run(s, w, old.run.id, 100));
    TRY(prune_all(s, w, 30 * DAY_US, &turns));
    TRY(events_left(s, w, old.run.id, &left));
    CHECK_EQ(left, 0);
    TRY(events_left(s, w, young.run.id, &left));
    CHECK_EQ(left, 3);
    TRY(events_left(s, w, running.run.id, &left));
    CHECK_EQ(left, 1);
    TRY(run_now(s, w, old.run.id, &run));
    CHECK_TEXT(run.summary, "Did it.");
    return OK;
}

STORE_TEST(what_is_kept_for_ever_is_not_removed)
{
    const Retention for_ever = {"events", events_prune, 0};
    int64_t left, count = 1;
    GivenRun old;

    TRY(given_ended(s, w, &old));
    TRY(age_run(s, w, old.run.id, 4000));
    TRY(SYSTEM(w, retain(s, tx, &for_ever, &count)));
    CHECK_EQ(count, 0);
    TRY(events_left(s, w, old.run.id, &left));
    CHECK_EQ(left, 3);
    return OK;
}

STORE_TEST(a_reader_behind_removed_events_is_told_to_read_everything_again)
{
    RunCursor begin = {0};
    GivenRun old;
    int64_t turns;
    TaskEvents news;
    LogWindow window;
    LogPage page;

    TRY(given_ended(s, w, &old));
    TRY(READ(w, events_of_task_after(s, tx, old.task.id, &begin, &news)));
    CHECK(!news.is_reset);
    TRY(age_run(s, w, old.run.id, 100));
    TRY(prune_all(s, w, DAY_US, &turns));
    TRY(READ(w, events_of_task_after(s, tx, old.task.id, &begin, &news)));
    CHECK(news.is_reset && !news.more);
    begin = news.cursor;
    TRY(READ(w, events_of_task_after(s, tx, old.task.id, &begin, &news)));
    CHECK(!news.is_reset && !news.more);
    TRY(READ(w, log_window(s, tx, &(LogPlace){old.run.id, -10, 10}, &window)));
    CHECK_EQ(window.total, 0);
    CHECK(window.is_removed);
    TRY(READ(w, log_lines_from(s, tx, old.run.id, 0, &page)));
    CHECK(page.is_complete);
    return OK;
}

STORE_TEST(a_reader_in_the_middle_of_removed_events_notices_the_gap)
{
    RunEventList rest = {0}, all = {0};
    RunState state;
    GivenRun old;

    TRY(given_ended(s, w, &old));
    TRY(SYSTEM(w, change(s, tx, "DELETE FROM run_events WHERE seq = 1")));
    TRY(READ(w, run_state(s, tx, old.run.id, &state)));
    TRY(READ(w, events_after(s, tx, (EventsFrom){.run_id = old.run.id}, &all)));
    CHECK(events_lost(&state, 0, &all));
    TRY(READ(w, events_after(s, tx, (EventsFrom){.run_id = old.run.id, .seq = 1}, &rest)));
    CHECK(!events_lost(&state, 1, &rest));
    return OK;
}

enum { MANY = 12001 };

static const Statement q_many_events = {
    .name = "many_events",
    .sqlite = "WITH RECURSIVE n(i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n WHERE i < 12001)"
              " INSERT INTO run_events (run_id, seq, tenant_id, fence, kind, data, created_at)"
              " SELECT r.id, n.i, r.tenant_id, 1, 'turn', '{}', db_now() FROM runs r, n"
              " WHERE r.id = ?1",
    .postgres = "WITH RECURSIVE n(i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n WHERE i < 12001)"
                " INSERT INTO run_events (run_id, seq, tenant_id, fence, kind, data, created_at)"
                " SELECT r.id, n.i, r.tenant_id, 1, 'turn', '{}', db_now() FROM runs r, n"
                " WHERE r.id = $1",
    .params = (const char *const[]){"run_id"},
    .param_count = 1,
};

STORE_TEST(a_run_that_is_taken_over_later_loses_its_old_events_as_well)
{
    const char *id =
        "8b0e4c1e-3f0c-4b9a-9d2a-000000000002"; /* of version 4, as the former dursor's */
    const char *copy =
        text(s,
             "INSERT INTO runs (id, tenant_id, task_id, number, instruction, status, created_at,"
             " completed_at, event_seq) SELECT '%s', tenant_id, task_id, 7, 'x', 'failed',"
             " db_later(db_now(), -8640000000000), NULL, 1 FROM runs",
             id);
    const char *event = "INSERT INTO run_events (run_id, seq, tenant_id, fence, kind, data, "
                        "created_at) SELECT id, 1, tenant_id, 1, 'turn', '{}', db_now() FROM runs "
                        "WHERE number = 7";
    int64_t left, turns;
    GivenRun old;

    TRY(given_ended(s, w, &old));
    TRY(age_run(s, w, old.run.id, 70));
    TRY(prune_all(s, w, DAY_US, &turns));
    TRY(SYSTEM(w, change(s, tx, copy)));
    TRY(SYSTEM(w, change(s, tx, event)));
    TRY(prune_all(s, w, DAY_US, &turns));
    TRY(events_left(s, w, id, &left));
    CHECK_EQ(left, 0);
    return OK;
}

STORE_TEST(many_events_go_in_bounded_pieces)
{
    int64_t left, count;
    GivenRun old;

    TRY(given_ended(s, w, &old));
    TRY(TENANT(w, query_run(s, tx, &q_many_events, ARGS(ARG_AS(run_id, old.run.id)), NULL)));
    TRY(SYSTEM(w, change(s, tx, text(s, "UPDATE runs SET event_seq = %d", (int)MANY))));
    TRY(age_run(s, w, old.run.id, 100));
    TRY(SYSTEM(w, events_prune(s, tx, DAY_US, &count)));
    CHECK_EQ(count, 1);
    TRY(events_left(s, w, old.run.id, &left));
    CHECK_EQ(left, MANY - RETAIN_EVENTS);
    TRY(prune_all(s, w, DAY_US, &count));
    CHECK_EQ(count, 3); /* 5000, 2001, and none */
    TRY(events_left(s, w, old.run.id, &left));
    CHECK_EQ(left, 0);
    return OK;
}

STORE_TEST(the_events_of_a_deleted_task_go_with_it)
{
    GivenRun given;
    int64_t left;

    TRY(given_ended(s, w, &given));
    TRY(SYSTEM(w, change(s, tx, "DELETE FROM jobs")));
    TRY(TENANT(w, task_delete(s, tx, given.task.id)));
    TRY(events_left(s, w, given.run.id, &left));
    CHECK_EQ(left, 0);
    return OK;
}

/* ---- Other kinds ---- */

STORE_TEST(each_kind_goes_at_its_age_and_not_before)
{
    const struct {
        const char *old, *young;
        fallible (*prune)(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
    } kinds[] = {
        {"INSERT INTO webhook_deliveries (id, event, received_at) VALUES ('a', 'ping', "
         "db_later(db_now(), -864000000000))",
         "INSERT INTO webhook_deliveries (id, event, received_at) VALUES ('b', 'ping', db_now())",
         deliveries_prune},
        {"INSERT INTO intents (tenant_id, key, kind, status, created_at, updated_at) VALUES "
         "('local', 'a', 'push', 'done', db_now(), db_later(db_now(), -864000000000))",
         "INSERT INTO intents (tenant_id, key, kind, status, created_at, updated_at) VALUES "
         "('local', 'b', 'push', 'begun', db_now(), db_later(db_now(), -864000000000))",
         intents_prune},
        {"INSERT INTO changes (tenant_id, kind, id, at) VALUES ('local', 'model', 'a', "
         "db_later(db_now(), -864000000000))",
         "INSERT INTO changes (tenant_id, kind, id, at) VALUES ('local', 'model', 'b', db_now())",
         news_prune},
    };
    int64_t count;

    TRY(SYSTEM(w, owner_change(s, tx, w, "DELETE FROM changes")));
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        TRY(SYSTEM(w, owner_change(s, tx, w, kinds[i].old)));
        TRY(SYSTEM(w, owner_change(s, tx, w, kinds[i].young)));
        TRY(SYSTEM(w, kinds[i].prune(s, tx, 11 * DAY_US, &count)));
        CHECK_EQ(count, 0);
        TRY(SYSTEM(w, kinds[i].prune(s, tx, 9 * DAY_US, &count)));
        CHECK_EQ(count, 1);
        TRY(SYSTEM(w, kinds[i].prune(s, tx, 9 * DAY_US, &count)));
        CHECK_EQ(count, 0);
    }
    return OK;
}

STORE_TEST(dead_letters_go_apart_from_jobs_that_ended_well)
{
    Job good = {0}, bad = {0};
    int64_t count;

    TRY(given_job(s, w, &good));
    TRY(given_job(s, w, &bad));
    TRY(SYSTEM(
        w,
        change(s, tx,
               text(s,
                    "UPDATE jobs SET status = 'succeeded', finished_at = db_now() WHERE id = '%s'",
                    good.id))));
    TRY(SYSTEM(
        w, change(s, tx,
                  text(s, "UPDATE jobs SET status = 'dead', finished_at = db_now() WHERE id = '%s'",
                       bad.id))));
    TRY(SYSTEM(w, dead_letters_prune(s, tx, DAY_US, &count)));
    CHECK_EQ(count, 0);
    TRY(SYSTEM(w, dead_letters_prune(s, tx, -US_PER_S, &count)));
    CHECK_EQ(count, 1);
    TRY(SYSTEM_COUNT(w, "SELECT count(*) AS count FROM jobs", &count));
    CHECK_EQ(count, 1);
    return OK;
}

/* ---- Partitions ---- */

#define MONTHS "SELECT count(*) AS count FROM pg_class WHERE relname ~ '^run_events_\\d{4}_\\d\\d$'"

/* An ended run of a month of the past, with one event. */
static fallible given_past(Scope *s, World *w, const GivenRun *like, int64_t hour)
{
    const char *run =
        text(s,
             "INSERT INTO runs (id, tenant_id, task_id, number, instruction, status, created_at,"
             " completed_at, event_seq) SELECT run_events_bound(at), tenant_id, task_id, %lld, 'x',"
             " 'succeeded', at, at, 1 FROM runs, (SELECT date_trunc('month', now() - interval '120 "
             "days')"
             " + interval '10 days' + %lld * interval '1 hour' AS at) AS past WHERE id = '%s'",
             (long long)(1000 + hour), (long long)hour, like->run.id);
    const char *events =
        "INSERT INTO run_events (run_id, seq, tenant_id, fence, kind, data, created_at) SELECT id,"
        " 1, tenant_id, 1, 'turn', '{}', now() FROM runs r WHERE number > 1000 AND NOT EXISTS"
        " (SELECT FROM run_events e WHERE e.run_id = r.id)";

    TRY(SYSTEM(w, change(s, tx, run)));
    return SYSTEM(w, change(s, tx, events));
}

STORE_TEST(a_month_whose_runs_are_all_old_goes_with_its_partition)
{
    int64_t before, after, left, count;
    GivenRun now;

    if (w->database == ON_SQLITE)
        return OK; /* has no partitions */
    TRY(given_ended(s, w, &now));
    TRY(SYSTEM_COUNT(w, "SELECT run_events_since(now() - interval '120 days', 3) AS count",
                     &count));
    CHECK(count >= 4);
    TRY(given_past(s, w, &now, 1));
    TRY(SYSTEM(w, owner_count(s, tx, w, MONTHS, &before)));
    TRY(SYSTEM(w, events_prune(s, tx, 30 * DAY_US, &count)));
    CHECK_EQ(count, 1);
    TRY(SYSTEM(w, owner_count(s, tx, w, MONTHS, &after)));
    CHECK_EQ(after, before - 1);
    TRY(prune_all(s, w, 30 * DAY_US, &count));
    TRY(SYSTEM_COUNT(w, "SELECT count(*) AS count FROM run_events", &left));
    CHECK_EQ(left, 3); /* those of now */
    return OK;
}

STORE_TEST(a_run_that_goes_on_keeps_its_month_and_others_lose_their_rows)
{
    int64_t before, after, left, count;
    GivenRun now;

    if (w->database == ON_SQLITE)
        return OK;
    TRY(given_ended(s, w, &now));
    TRY(SYSTEM_COUNT(w, "SELECT run_events_since(now() - interval '120 days', 3) AS count",
                     &count));
    TRY(given_past(s, w, &now, 1));
    TRY(given_past(s, w, &now, 2));
    TRY(SYSTEM(w, change(s, tx,
                         "UPDATE runs SET status = 'running', completed_at = NULL"
                         " WHERE number = 1002")));
    TRY(SYSTEM(w, owner_count(s, tx, w, MONTHS, &before)));
    TRY(prune_all(s, w, 30 * DAY_US, &count));
    TRY(SYSTEM(w, owner_count(s, tx, w, MONTHS, &after)));
    CHECK(after < before); /* empty months went, this one did not */
    TRY(SYSTEM_COUNT(w, "SELECT count(*) AS count FROM run_events", &left));
    CHECK_EQ(left, 4); /* those of now, and of the run that goes on */
    return OK;
}

STORE_TEST(an_event_without_a_partition_is_stored_and_moves_into_it_when_there_is_one)
{
    const char *drop = "DO $$ BEGIN PERFORM run_events_drop('run_events_' || to_char(now() AT TIME "
                       "ZONE 'UTC', 'YYYY_MM')); END $$";
    int64_t rest, left;
    GivenRun given;

    if (w->database == ON_SQLITE)
        return OK;
    TRY(SYSTEM(w, owner_change(s, tx, w, drop)));
    TRY(given_ended(s, w, &given));
    TRY(SYSTEM(w, owner_count(s, tx, w, "SELECT count(*) AS count FROM run_events_rest", &rest)));
    CHECK_EQ(rest, 3);
    TRY(SYSTEM(w, events_make_room(s, tx)));
    TRY(SYSTEM(w, owner_count(s, tx, w, "SELECT count(*) AS count FROM run_events_rest", &rest)));
    CHECK_EQ(rest, 0);
    TRY(events_left(s, w, given.run.id, &left));
    CHECK_EQ(left, 3);
    return OK;
}

STORE_TEST(every_partition_is_reached_only_through_the_policies_of_events)
{
    int64_t open;

    if (w->database == ON_SQLITE)
        return OK;
    TRY(SYSTEM_COUNT(w, "SELECT run_events_since(now() - interval '90 days', 3) AS count", &open));
    TRY(SYSTEM(w, owner_count(s, tx, w,
                              "SELECT count(*) AS count FROM pg_partition_tree('run_events') t "
                              "JOIN pg_class c ON c.oid = t.relid WHERE NOT (c.relrowsecurity AND "
                              "c.relforcerowsecurity) OR (t.isleaf AND "
                              "has_table_privilege('dursor_app', c.oid, 'SELECT, INSERT, UPDATE, "
                              "DELETE'))",
                              &open)));
    CHECK_EQ(open, 0);
    return OK;
}

/* Another one reads the rest, and would for long: whoever writes is not held up. */
STORE_TEST(a_partition_that_cannot_be_made_now_is_made_later)
{
    const char *drop = "DO $$ BEGIN PERFORM run_events_drop('run_events_' || to_char((now() + "
                       "interval '40 days') AT TIME ZONE 'UTC', 'YYYY_MM')); END $$";
    int64_t before, count;

    if (w->database == ON_SQLITE)
        return OK;
    TRY(SYSTEM(w, owner_change(s, tx, w, drop)));
    {
        SCOPE(reader, s);
        Tx *held;
        TRY(tx_system(reader, w->store, &held));
        TRY(owner_count(reader, held, w, "SELECT count(*) AS count FROM run_events_rest", &before));
        TRY(SYSTEM_COUNT(w, "SELECT run_events_partitions(3) AS count", &count));
        CHECK_EQ(count, 0);
    }
    TRY(SYSTEM_COUNT(w, "SELECT run_events_partitions(3) AS count", &count));
    CHECK_EQ(count, 1);
    return OK;
}
