/* Events of runs: numbered without gaps, in order, and the log as lines. */

#include "sys/thread.h"
#include "test/store/world.h"

static EventDraftList log_draft(Scope *s, const char *lines)
{
    EventDraftList drafts = {0};

    *list_add(s, &drafts) = (EventDraft){.kind = EVENT_LOG, .data = bytes_of(lines)};
    return drafts;
}

static fallible append_log(Scope *s, World *w, const Lease *lease, const char *lines)
{
    EventDraftList drafts = log_draft(s, lines);

    return TENANT(w, events_append(s, tx, lease, &drafts, NULL));
}

STORE_TEST(events_are_numbered_from_one_without_gaps)
{
    EventDraftList drafts = {0};
    RunEventList events = {0};
    GivenRun given;
    Lease lease;
    Run run;
    int64_t last = 0;

    TRY(given_running(s, w, &given, &lease));
    *list_add(s, &drafts) = (EventDraft){
        .kind = EVENT_PHASE, .data = BYTES("{\"phase\":\"asking\"}"), .phase = "asking"};
    *list_add(s, &drafts) = (EventDraft){.kind = EVENT_LOG, .data = BYTES("one\ntwo\n")};
    *list_add(s, &drafts) = (EventDraft){.kind = EVENT_TURN, .data = BYTES("{}")};
    TRY(TENANT(w, events_append(s, tx, &lease, &drafts, &last)));
    CHECK_EQ(last, 4);
    TRY(READ(w, events_after(s, tx, (EventsFrom){given.run.id, 1, 2}, &events)));
    CHECK_EQ(events.count, 2);
    CHECK_EQ(events.items[0].seq, 2);
    CHECK_EQ(events.items[1].kind, EVENT_LOG);
    CHECK_TEXT(events.items[1].data, "one\ntwo");
    CHECK_EQ(events.items[1].line_count, 2);
    CHECK_EQ(events.items[1].fence, lease.fence);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_TEXT(run.phase, "asking");
    CHECK_EQ(run.event_seq, 4);
    CHECK_EQ(run.log_lines, 2);
    return OK;
}

STORE_TEST(a_batch_that_is_rolled_back_leaves_no_gap)
{
    EventDraftList drafts = log_draft(s, "lost");
    GivenRun given;
    Lease lease;
    const char *events;

    TRY(given_running(s, w, &given, &lease));
    {
        SCOPE(crash, s);
        Tx *tx;
        TRY(tx_write(crash, w->store, &w->caller, &tx));
        TRY(events_append(s, tx, &lease, &drafts, NULL));
    }
    TRY(append_log(s, w, &lease, "kept"));
    TRY(events_text(s, w, given.run.id, &events));
    CHECK_TEXT(events, "1:status {\"status\":\"running\"}\n2:log kept\n");
    return OK;
}

typedef struct Writer {
    World *world;
    Lease lease;
    char name;
} Writer;

enum { WRITERS = 4, WRITES = 12 };

static Error *write_many(Scope *s, void *arg)
{
    const Writer *writer = arg;

    for (int i = 0; i < WRITES; i++)
        TRY(append_log(s, writer->world, &writer->lease, text(s, "%c%d", writer->name, i)));
    return OK;
}

STORE_TEST(writers_at_once_leave_no_gap_and_lose_no_line)
{
    Writer writers[WRITERS];
    Thread *threads[WRITERS];
    RunEventList events = {0};
    GivenRun given;
    Lease lease;
    int64_t seq = 0, line = 0;

    TRY(given_running(s, w, &given, &lease));
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (Writer){w, lease, (char)('a' + i)};
        TRY(thread_start(s, "writer", write_many, &writers[i], &threads[i]));
    }
    for (int i = 0; i < WRITERS; i++)
        TRY(thread_wait(s, threads[i]));
    TRY(READ(w, events_after(s, tx, (EventsFrom){given.run.id, 0, 0}, &events)));
    CHECK_EQ(events.count, 1 + WRITERS * WRITES);
    EACH (RunEvent, event, &events) {
        CHECK_EQ(event->seq, ++seq);
        CHECK_EQ(event->line_number, event->kind == EVENT_LOG ? line++ : 0);
    }
    return OK;
}

STORE_TEST(what_is_no_text_becomes_text_where_it_enters)
{
    EventDraftList drafts = {0};
    GivenRun given;
    Lease lease;
    const char *events;

    TRY(given_running(s, w, &given, &lease));
    *list_add(s, &drafts) = (EventDraft){.kind = EVENT_LOG, .data = BYTES("a\0b\xff\n\xc3\xa9")};
    TRY(TENANT(w, events_append(s, tx, &lease, &drafts, NULL)));
    TRY(events_text(s, w, given.run.id, &events));
    CHECK_HAS(events, "2:log a\xef\xbf\xbd"
                      "b\xef\xbf\xbd\n\xc3\xa9\n");
    return OK;
}

STORE_TEST(events_have_limits)
{
    Buffer big = buffer_in(s);
    EventDraftList log = {0}, other = {0}, many = {0}, none = {0};
    GivenRun given;
    Lease lease;

    TRY(given_running(s, w, &given, &lease));
    for (int i = 0; i <= LOG_DRAFT_MAX; i++)
        buffer_char(&big, 'x');
    *list_add(s, &log) = (EventDraft){.kind = EVENT_LOG, .data = buffer_view(&big)};
    *list_add(s, &other) = (EventDraft){.kind = EVENT_TURN, .data = {big.data, EVENT_DATA_MAX + 1}};
    for (int i = 0; i <= EVENTS_APPEND_MAX; i++)
        *list_add(s, &many) = (EventDraft){.kind = EVENT_TURN, .data = BYTES("{}")};
    FAILS(TOO_LARGE, TENANT(w, events_append(s, tx, &lease, &log, NULL)));
    FAILS(TOO_LARGE, TENANT(w, events_append(s, tx, &lease, &other, NULL)));
    FAILS(TOO_LARGE, TENANT(w, events_append(s, tx, &lease, &many, NULL)));
    TRY(TENANT(w, events_append(s, tx, &lease, &none, NULL)));
    return OK;
}

STORE_TEST(a_run_that_has_ended_takes_no_more_events)
{
    EventDraftList drafts = log_draft(s, "late");
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    const char *events;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    Error *e = TENANT(w, events_append(s, tx, &lease, &drafts, NULL));
    CHECK_TEXT(e->code, "run_finished");
    TRY(events_text(s, w, given.run.id, &events));
    CHECK(text_ends(events, "2:status {\"status\":\"succeeded\"}\n"));
    return OK;
}

STORE_TEST(another_tenant_reads_no_events)
{
    RunEventList events = {0};
    TaskEvents news;
    RunCursor start = {0};
    LogPage page;
    GivenRun given;
    Lease lease;

    TRY(given_running(s, w, &given, &lease));
    TRY(append_log(s, w, &lease, "secret"));
    TRY(OTHER(w, events_after(s, tx, (EventsFrom){given.run.id, 0, 0}, &events)));
    CHECK_EQ(events.count, 0);
    FAILS(MISSING, OTHER(w, events_of_task_after(s, tx, given.task.id, &start, &news)));
    FAILS(MISSING, OTHER(w, log_lines_from(s, tx, given.run.id, 0, &page)));
    return OK;
}

/* ---- The log as lines ---- */

STORE_TEST(log_lines_have_one_numbering_for_the_runs_life)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    LogPage page;

    TRY(given_running(s, w, &given, &lease));
    TRY(append_log(s, w, &lease, "zero\none\n\nthree"));
    TRY(append_log(s, w, &lease, "four\n\n"));
    TRY(READ(w, log_lines_from(s, tx, given.run.id, 2, &page)));
    CHECK_EQ(page.logs.count, 4);
    CHECK_EQ(page.logs.items[0].line_number, 2);
    CHECK_TEXT(page.logs.items[0].content, "");
    CHECK_TEXT(page.logs.items[2].content, "four");
    CHECK_TEXT(page.logs.items[3].content, "");
    CHECK_EQ(page.total_lines, 6);
    CHECK(!page.is_complete);
    CHECK(page.logs.items[0].timestamp > 1.7e9);
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(READ(w, log_lines_from(s, tx, given.run.id, 6, &page)));
    CHECK(page.is_complete && page.logs.count == 0 && page.run_status == RUN_SUCCEEDED);
    return OK;
}

STORE_TEST(the_tail_is_the_last_lines)
{
    GivenRun given;
    Lease lease;
    TextList lines = {0};

    TRY(given_running(s, w, &given, &lease));
    TRY(READ(w, log_tail(s, tx, given.run.id, 10, &lines)));
    CHECK_EQ(lines.count, 0);
    for (int i = 0; i < 5; i++)
        TRY(append_log(s, w, &lease, text(s, "%d\n%d.5", i, i)));
    TRY(READ(w, log_tail(s, tx, given.run.id, 3, &lines)));
    CHECK_TEXT(text_join(s, &lines, " "), "3.5 4 4.5");
    return OK;
}

STORE_TEST(a_long_log_is_read_page_by_page)
{
    GivenRun given;
    Lease lease;
    LogPage page = {0};
    Buffer big = buffer_in(s);
    int64_t next = 0, pages = 0;

    TRY(given_running(s, w, &given, &lease));
    for (int i = 0; i < 2 * LOG_LINES_READ_MAX + 10; i++)
        buffer_format(&big, "line %d\n", i);
    TRY(append_log(s, w, &lease, buffer_string(&big)));
    do {
        TRY(READ(w, log_lines_from(s, tx, given.run.id, next, &page)));
        CHECK(page.logs.count && page.logs.items[0].line_number == next);
        next += (int64_t)page.logs.count;
        pages++;
    } while (next < page.total_lines);
    CHECK_EQ(next, 2 * LOG_LINES_READ_MAX + 10);
    CHECK_EQ(pages, 3);
    return OK;
}

STORE_TEST(the_end_of_a_log_of_many_chunks_is_read_from_there)
{
    EventDraftList drafts = {0};
    GivenRun given;
    Lease lease;
    LogPage page;

    TRY(given_running(s, w, &given, &lease));
    for (int i = 0; i < 3 * LOG_CHUNKS_READ_MAX; i++)
        *list_add(s, &drafts) =
            (EventDraft){.kind = EVENT_LOG, .data = bytes_of(text(s, "line %d", i))};
    TRY(TENANT(w, events_append(s, tx, &lease, &drafts, NULL)));
    TRY(READ(w, log_lines_from(s, tx, given.run.id, 3 * LOG_CHUNKS_READ_MAX - 1, &page)));
    CHECK_EQ(page.logs.count, 1);
    CHECK_TEXT(page.logs.items[0].content, "line 191");
    return OK;
}

/* ---- Of a task ---- */

STORE_TEST(a_task_shows_each_event_of_its_runs_once)
{
    RunEnd end = good_end();
    GivenRun first, second;
    Lease lease;
    RunCursor cursor = {0};
    TaskEvents news;

    TRY(given_running(s, w, &first, &lease));
    TRY(given_run(s, w, &first.task, "other", &second));
    TRY(append_log(s, w, &lease, "hello"));
    TRY(READ(w, events_of_task_after(s, tx, first.task.id, &cursor, &news)));
    CHECK_EQ(news.events.count, 2);
    CHECK_EQ(news.runs.count, 2);
    CHECK_TEXT(run_cursor_text(s, &news.cursor), "2-1.2-2.0");
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    cursor = news.cursor;
    TRY(READ(w, events_of_task_after(s, tx, first.task.id, &cursor, &news)));
    CHECK_EQ(news.events.count, 1);
    CHECK_EQ(news.events.items[0].kind, EVENT_STATUS);
    CHECK_TEXT(run_cursor_text(s, &news.cursor), "2-2.0");
    cursor = news.cursor;
    TRY(READ(w, events_of_task_after(s, tx, first.task.id, &cursor, &news)));
    CHECK_EQ(news.events.count, 0);
    CHECK(!news.more);
    return OK;
}

STORE_TEST(a_task_with_many_events_says_that_there_are_more)
{
    EventDraftList drafts = {0};
    RunCursor cursor = {0};
    GivenRun given;
    Lease lease;
    TaskEvents news;

    TRY(given_running(s, w, &given, &lease));
    for (int i = 0; i < EVENTS_READ_MAX; i++)
        *list_add(s, &drafts) = (EventDraft){.kind = EVENT_TURN, .data = BYTES("{}")};
    TRY(TENANT(w, events_append(s, tx, &lease, &drafts, NULL)));
    TRY(READ(w, events_of_task_after(s, tx, given.task.id, &cursor, &news)));
    CHECK_EQ(news.events.count, EVENTS_READ_MAX);
    CHECK(news.more);
    cursor = news.cursor;
    TRY(READ(w, events_of_task_after(s, tx, given.task.id, &cursor, &news)));
    CHECK_EQ(news.events.count, 1);
    CHECK(!news.more);
    return OK;
}

STORE_TEST(there_is_room_for_the_events_of_the_coming_months)
{
    TRY(SYSTEM(w, events_make_room(s, tx)));
    TRY(SYSTEM(w, events_make_room(s, tx)));
    return OK;
}
