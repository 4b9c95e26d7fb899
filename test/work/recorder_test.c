/* What runs tell while they go on. */

#include "test/work/given.h"

typedef struct Told {
    House *house;
    GivenRun given;
    Lease lease;
    Recorder *recorder;
    Recording *rec;
} Told;

static fallible given_recording(Scope *s, World *w, Told *t)
{
    TRY(given_house(s, w, &t->house));
    TRY(given_running(s, w, &t->given, &t->lease));
    TRY(recorder_open(s, &t->house->app, &t->recorder));
    RecordingTarget target = {w->caller, t->lease, scope_cancel(s)};
    return recording_open(s, t->recorder, &target, &t->rec);
}

static fallible log_of(Scope *s, World *w, const char *run_id, LogPage *out)
{
    *out = (LogPage){0};
    return READ(w, log_lines_from(s, tx, run_id, 0, out));
}

/* Waits until the run has that many log lines. */
static fallible lines_reach(Scope *s, Told *t, int64_t least, LogPage *out)
{
    SCOPE(patience, s);

    scope_limit(patience, PATIENCE_US);
    do {
        TRY(scope_sleep(patience, 10 * US_PER_MS));
        TRY(log_of(s, t->house->world, t->given.run.id, out));
    } while (out->total_lines < least);
    return OK;
}

STORE_TEST(log_text_is_stored_by_whole_lines_and_the_rest_by_the_flush)
{
    Told t;
    LogPage page;

    TRY(given_recording(s, w, &t));
    TRY(recording_log(s, t.rec, "one\ntw"));
    TRY(lines_reach(s, &t, 1, &page));
    CHECK_EQ(page.total_lines, 1);
    TRY(recording_log(s, t.rec, "o\nthree"));
    TRY(recording_flush(s, t.rec));
    TRY(log_of(s, w, t.given.run.id, &page));
    CHECK_EQ(page.total_lines, 3);
    CHECK_TEXT(page.logs.items[1].content, "two");
    CHECK_TEXT(page.logs.items[2].content, "three");
    return OK;
}

STORE_TEST(lines_told_one_by_one_are_one_event)
{
    Told t;
    const char *events;

    TRY(given_recording(s, w, &t));
    for (int i = 0; i < 20; i++)
        TRY(recording_log(s, t.rec, "a line\n"));
    TRY(recording_flush(s, t.rec));
    TRY(events_text(s, w, t.given.run.id, &events));
    CHECK_HAS(events, "2:log a line\na line\n");
    CHECK(!strstr(events, "12:log")); /* 100 ms may end amid them, not after each */
    return OK;
}

STORE_TEST(events_keep_the_order_in_which_they_were_told)
{
    Told t;
    const char *events;
    Usage usage = {.input_tokens = 7, .output_tokens = 5};

    TRY(given_recording(s, w, &t));
    TRY(recording_log(s, t.rec, "before"));
    TRY(recording_phase(s, t.rec, "asking"));
    TRY(recording_usage(s, t.rec, &usage));
    TRY(recording_log(s, t.rec, "after\n"));
    TRY(recording_flush(s, t.rec));
    TRY(events_text(s, w, t.given.run.id, &events));
    const char *before = strstr(events, "before"), *phase = strstr(events, "asking"),
               *used = strstr(events, "usage"), *after = strstr(events, "after");
    CHECK(before && before < phase && phase < used && used < after);
    return OK;
}

STORE_TEST(a_lost_lease_stops_the_telling_and_the_run)
{
    UNIT(u, NULL, "the run");
    Told t;
    int64_t count;

    TRY(given_house(s, w, &t.house));
    TRY(given_running(s, w, &t.given, &t.lease));
    TRY(recorder_open(s, &t.house->app, &t.recorder));
    RecordingTarget target = {w->caller, t.lease, scope_cancel(u)};
    TRY(recording_open(u, t.recorder, &target, &t.rec));
    TRY(SYSTEM(w, jobs_release_owner(s, tx, "w1", &count)));
    TRY(recording_log(s, t.rec, "too late\n"));
    Error *e = recording_flush(s, t.rec);
    CHECK(failed_as(e, CONFLICT));
    CHECK_TEXT(e->code, "lease_lost");
    CHECK_TEXT(cancel_reason(scope_cancel(u)), "lease lost");
    FAILS(CONFLICT, recording_log(s, t.rec, "again\n"));
    return OK;
}

/* A second run in the same recorder. */
static fallible given_another(Scope *s, World *w, Told *first, Told *out)
{
    out->recorder = first->recorder;
    TRY(given_running(s, w, &out->given, &out->lease));
    RecordingTarget target = {w->caller, out->lease, scope_cancel(s)};
    return recording_open(s, out->recorder, &target, &out->rec);
}

STORE_TEST(one_runs_lost_lease_harms_no_other)
{
    UNIT(u, NULL, "the run that loses its lease");
    Told lost, other;
    LogPage page;

    TRY(given_recording(s, w, &other));
    TRY(given_another(u, w, &other, &lost));
    TRY(TENANT(w, job_return(s, tx, &lost.lease, (Json){NULL}, NULL)));
    TRY(recording_log(s, lost.rec, "too late\n"));
    TRY(recording_log(s, other.rec, "in time\n"));
    TRY(recording_flush(s, other.rec));
    FAILS(CONFLICT, recording_flush(s, lost.rec));
    TRY(log_of(s, w, other.given.run.id, &page));
    CHECK_EQ(page.total_lines, 1);
    TRY(log_of(s, w, lost.given.run.id, &page));
    CHECK_EQ(page.total_lines, 0);
    return OK;
}

STORE_TEST(runs_of_two_tenants_are_stored_each_under_its_own)
{
    Told ours, theirs;
    World other = *w;
    LogPage page;

    other.caller = w->other;
    TRY(given_recording(s, w, &ours));
    TRY(given_another(s, &other, &ours, &theirs));
    TRY(recording_log(s, ours.rec, "ours\n"));
    TRY(recording_log(s, theirs.rec, "theirs\n"));
    TRY(recording_flush(s, ours.rec));
    TRY(recording_flush(s, theirs.rec));
    TRY(log_of(s, &other, theirs.given.run.id, &page));
    CHECK_TEXT(page.logs.items[0].content, "theirs");
    FAILS(MISSING, log_of(s, w, theirs.given.run.id, &page));
    return OK;
}

/* ---- While another process holds the database ---- */

static fallible away_for_a_while(Scope *s, World *w)
{
    Told t;
    LogPage page;

    TRY(given_recording(s, w, &t));
    {
        SCOPE(elsewhere, s);
        TRY(given_writer_elsewhere(elsewhere, w));
        TRY(recording_log(s, t.rec, "one\n"));
        TRY(scope_sleep(s, RECORDER_TRY_US + US_PER_S)); /* one try has failed by then */
        TRY(recording_log(s, t.rec, "two\n"));
        TRY(log_of(s, w, t.given.run.id, &page));
        CHECK_EQ(page.total_lines, 0);
    }
    TRY(recording_flush(s, t.rec));
    TRY(log_of(s, w, t.given.run.id, &page));
    CHECK_EQ(page.total_lines, 2);
    CHECK_TEXT(page.logs.items[1].content, "two");
    return OK;
}

TEST(what_was_told_while_the_database_was_away_is_stored_once_when_it_is_back)
{
    return world_test(s, ON_SQLITE, away_for_a_while);
}

/* Until the scope ends: it never can. */
static fallible tell_on(Scope *s, Recording *rec, size_t *told)
{
    const char *line = text(s, "%1023d\n", 7);

    for (;;) {
        TRY(recording_log(s, rec, line));
        *told += strlen(line);
    }
}

static fallible back_pressure(Scope *s, World *w)
{
    Told t;
    LogPage page;
    size_t told = 0;

    TRY(given_recording(s, w, &t));
    {
        SCOPE(elsewhere, s);
        TRY(given_writer_elsewhere(elsewhere, w));
        SCOPE(tmp, s);
        scope_limit(tmp, US_PER_S);
        FAILS(TIMEOUT, tell_on(tmp, t.rec, &told));
        CHECK(told >= RECORDING_PENDING_MAX && told <= 3 * RECORDING_PENDING_MAX);
    }
    TRY(recording_flush(s, t.rec));
    TRY(log_of(s, w, t.given.run.id, &page));
    CHECK(page.total_lines >= (int64_t)(told / 1024));
    return OK;
}

TEST(a_run_that_tells_faster_than_the_database_takes_waits)
{
    return world_test(s, ON_SQLITE, back_pressure);
}

static fallible cancelled_while_away(Scope *s, World *w)
{
    Told t;
    int64_t since;

    TRY(given_house(s, w, &t.house));
    TRY(given_running(s, w, &t.given, &t.lease));
    TRY(recorder_open(s, &t.house->app, &t.recorder));
    TRY(given_writer_elsewhere(s, w));
    {
        UNIT(u, NULL, "the run");
        RecordingTarget target = {w->caller, t.lease, scope_cancel(u)};
        TRY(recording_open(u, t.recorder, &target, &t.rec));
        TRY(recording_log(u, t.rec, "never stored\n"));
        TRY(scope_sleep(s, 3 * RECORDER_BATCH_US)); /* it is being stored */
        cancel_now(scope_cancel(u), "lease lost");
        since = clock_us();
    }
    CHECK(clock_us() - since < 2 * RECORDER_TRY_US + RECORDER_RETRY_US);
    return OK;
}

TEST(a_cancelled_run_ends_also_while_the_database_is_away)
{
    return world_test(s, ON_SQLITE, cancelled_while_away);
}

/* ---- Many at once ---- */

enum { TELLERS = 8, LINES = 200 };

typedef struct Teller {
    Told *told;
    World *world;
    int number;
} Teller;

static Error *tell_lines(Scope *s, void *arg)
{
    Teller *teller = arg;
    RecordingTarget target = {teller->world->caller, teller->told->lease, scope_cancel(s)};
    Recording *rec;

    TRY(recording_open(s, teller->told->recorder, &target, &rec));
    for (int i = 0; i < LINES; i++)
        TRY(recording_log(s, rec, text(s, "%d of %d\n", i, teller->number)));
    return recording_flush(s, rec);
}

STORE_TEST(many_threads_tell_at_once_and_no_line_is_lost_or_mixed)
{
    Told told[TELLERS];
    Teller tellers[TELLERS];
    Thread *threads[TELLERS];
    LogPage page;

    TRY(given_recording(s, w, &told[0]));
    for (int i = 0; i < TELLERS; i++) {
        told[i].recorder = told[0].recorder;
        TRY(given_running(s, w, &told[i].given, &told[i].lease));
        tellers[i] = (Teller){&told[i], w, i};
        TRY(thread_start(s, "teller", tell_lines, &tellers[i], &threads[i]));
    }
    for (int i = 0; i < TELLERS; i++)
        TRY(thread_wait(s, threads[i]));
    for (int i = 0; i < TELLERS; i++) {
        TRY(log_of(s, w, told[i].given.run.id, &page));
        CHECK_EQ(page.total_lines, LINES);
        CHECK_TEXT(page.logs.items[LINES - 1].content, text(s, "%d of %d", LINES - 1, i));
    }
    return OK;
}

STORE_TEST(a_batch_whose_commit_was_not_answered_is_there_once)
{
    static const AtCommit ways[] = {DEAFEN, SWALLOW};
    const char *events;
    Proxy *proxy;
    World far;
    Told t;

    if (w->database == ON_SQLITE)
        return OK; /* its commits are answered */
    TRY(given_proxied(s, w, &far, &proxy));
    TRY(given_recording(s, &far, &t));
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        proxy->at_commit = ways[i];
        TRY(recording_log(s, t.rec, text(s, "line %zu\n", i)));
        TRY(recording_flush(s, t.rec));
        CHECK_EQ(proxy->at_commit, PASS);
    }
    TRY(events_text(s, w, t.given.run.id, &events));
    CHECK_TEXT(strstr(events, "2:"), "2:log line 0\n3:log line 1\n");
    return OK;
}
