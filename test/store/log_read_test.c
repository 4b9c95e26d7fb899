/* A run's log by line numbers: windows, and search. */

#include "store/log_read.h"
#include "test/store/world.h"

static fallible append(Scope *s, World *w, const Lease *lease, const char *lines)
{
    EventDraftList drafts = {0};

    *list_add(s, &drafts) = (EventDraft){.kind = EVENT_LOG, .data = bytes_of(lines)};
    return TENANT(w, events_append(s, tx, lease, &drafts, NULL));
}

/* "line 0" to "line count-1", in chunks of per lines. */
static fallible given_log(Scope *s, World *w, int count, int per, const char **run_id)
{
    EventDraftList drafts = {0};
    GivenRun given;
    Lease lease;

    TRY(given_running(s, w, &given, &lease));
    for (int i = 0; i < count; i += per) {
        Buffer b = buffer_in(s);
        for (int n = i; n < count && n < i + per; n++)
            buffer_format(&b, "line %d\n", n);
        *list_add(s, &drafts) = (EventDraft){.kind = EVENT_LOG, .data = buffer_view(&b)};
    }
    *run_id = given.run.id;
    return TENANT(w, events_append(s, tx, &lease, &drafts, NULL));
}

/* "from/total: first..last" */
static fallible window_of(Scope *s, World *w, LogPlace place, const char **out)
{
    LogWindow window;

    TRY(READ(w, log_window(s, tx, &place, &window)));
    const char *ends = "nothing";
    if (window.lines.count) {
        const LogWindowLine *first = &window.lines.items[0],
                            *last = &window.lines.items[window.lines.count - 1];
        CHECK_EQ(first->number, window.from);
        CHECK_EQ(last->number, window.from + (int64_t)window.lines.count - 1);
        CHECK(first->created_at.us > 0 && first->kind == EVENT_LOG);
        ends = text(s, "%s..%s", first->text, last->text);
    }
    *out = text(s, "%lld/%lld: %s", (long long)window.from, (long long)window.total, ends);
    return OK;
}

STORE_TEST(a_window_is_where_it_was_asked_for)
{
    const char *run, *seen;

    TRY(given_log(s, w, 1000, 7, &run));
    TRY(window_of(s, w, (LogPlace){run, 0, 3}, &seen));
    CHECK_TEXT(seen, "0/1000: line 0..line 2");
    TRY(window_of(s, w, (LogPlace){run, 495, 200}, &seen));
    CHECK_TEXT(seen, "495/1000: line 495..line 694");
    TRY(window_of(s, w, (LogPlace){run, -10, 200}, &seen));
    CHECK_TEXT(seen, "990/1000: line 990..line 999");
    TRY(window_of(s, w, (LogPlace){run, -5000, 2}, &seen));
    CHECK_TEXT(seen, "0/1000: line 0..line 1");
    TRY(window_of(s, w, (LogPlace){run, INT64_MAX, 2}, &seen));
    CHECK_TEXT(seen, "1000/1000: nothing");
    TRY(window_of(s, w, (LogPlace){run, 0, INT64_MAX}, &seen));
    CHECK_TEXT(seen, "0/1000: line 0..line 999");
    FAILS(MISSING, window_of(s, w, (LogPlace){"no-run", 0, 1}, &seen));
    return OK;
}

STORE_TEST(a_window_of_long_lines_ends_early_and_goes_on_behind)
{
    enum { LINES = 80 };
    GivenRun given;
    Lease lease;
    LogWindow window = {0};
    int64_t next = 0, windows = 0;
    Buffer line = buffer_in(s);

    TRY(given_running(s, w, &given, &lease));
    while (line.size < EVENT_DATA_MAX - 1)
        buffer_char(&line, 'x');
    for (int i = 0; i < LINES; i++)
        TRY(append(s, w, &lease, buffer_string(&line)));
    for (; next < LINES; windows++) {
        TRY(READ(w, log_window(s, tx, &(LogPlace){given.run.id, next, 1000}, &window)));
        CHECK(window.lines.count > 0 && window.from == next);
        CHECK_EQ(strlen(window.lines.items[0].text), EVENT_DATA_MAX - 1);
        next += (int64_t)window.lines.count;
    }
    CHECK_EQ(windows, 3); /* 5 MiB, by 2 MiB at most */
    return OK;
}

STORE_TEST(another_tenant_sees_no_window_and_finds_nothing)
{
    LogWindow window;
    LogMatches found;
    const char *run;

    TRY(given_log(s, w, 3, 3, &run));
    FAILS(MISSING, OTHER(w, log_window(s, tx, &(LogPlace){run, 0, 3}, &window)));
    FAILS(MISSING, OTHER(w, log_search(s, tx, &(LogPlace){run, 0, 3}, "line", &found)));
    return OK;
}

/* ---- Search ---- */

/* "number:text" of the matches, then where it goes on. */
static fallible search_of(Scope *s, World *w, LogPlace place, const char *words, const char **out)
{
    LogMatches found;
    Buffer b = buffer_in(s);

    TRY(READ(w, log_search(s, tx, &place, words, &found)));
    EACH (LogMatch, match, &found.matches)
        buffer_format(&b, "%lld:%s ", (long long)match->number, match->text);
    if (found.next_from.set)
        buffer_format(&b, "next %lld", (long long)found.next_from.value);
    else
        buffer_text(&b, "end");
    *out = buffer_string(&b);
    return OK;
}

STORE_TEST(a_search_finds_each_line_once_in_either_case)
{
    const char *seen;
    GivenRun given;
    Lease lease;

    TRY(given_running(s, w, &given, &lease));
    TRY(append(s, w, &lease, "Error: one error\n\nfine\nno ERROR"));
    TRY(append(s, w, &lease, "100%_done\nx"));
    TRY(search_of(s, w, (LogPlace){given.run.id, 0, 10}, "error", &seen));
    CHECK_TEXT(seen, "0:Error: one error 3:no ERROR end");
    TRY(search_of(s, w, (LogPlace){given.run.id, 1, 10}, "error", &seen));
    CHECK_TEXT(seen, "3:no ERROR end");
    TRY(search_of(s, w, (LogPlace){given.run.id, 0, 10}, "%_", &seen));
    CHECK_TEXT(seen, "4:100%_done end");
    TRY(search_of(s, w, (LogPlace){given.run.id, 0, 10}, "fineno", &seen));
    CHECK_TEXT(seen, "end");
    TRY(search_of(s, w, (LogPlace){given.run.id, 6, 10}, "x", &seen));
    CHECK_TEXT(seen, "end");
    return OK;
}

STORE_TEST(a_search_goes_on_where_it_says)
{
    const char *run, *seen;

    TRY(given_log(s, w, 100, 9, &run));
    TRY(search_of(s, w, (LogPlace){run, 0, 3}, "line 3", &seen));
    CHECK_TEXT(seen, "3:line 3 30:line 30 31:line 31 next 32");
    TRY(search_of(s, w, (LogPlace){run, 32, 9}, "line 3", &seen));
    CHECK_TEXT(seen, "32:line 32 33:line 33 34:line 34 35:line 35 36:line 36 37:line 37 38:line 38 "
                     "39:line 39 end");
    TRY(search_of(s, w, (LogPlace){run, 0, 1}, "line 99", &seen));
    CHECK_TEXT(seen, "99:line 99 end");
    return OK;
}

STORE_TEST(a_search_looks_at_so_many_lines_a_call)
{
    enum { LINES = LOG_SEARCH_LINES_MAX + 10 };
    const char *run, *seen;

    TRY(given_log(s, w, LINES, 4000, &run));
    TRY(search_of(s, w, (LogPlace){run, 0, 10}, "nowhere", &seen));
    CHECK_TEXT(seen, "next 100000");
    TRY(search_of(s, w, (LogPlace){run, 99990, 10}, "line 100005", &seen));
    CHECK_TEXT(seen, "100005:line 100005 end");
    return OK;
}

STORE_TEST(a_match_in_a_long_line_shows_what_stands_around_it)
{
    GivenRun given;
    Lease lease;
    LogMatches found;
    Buffer line = buffer_in(s);

    TRY(given_running(s, w, &given, &lease));
    for (int i = 0; i < 5000; i++)
        buffer_text(&line, i == 2500 ? "needle" : "\xc3\xa9");
    TRY(append(s, w, &lease, buffer_string(&line)));
    TRY(READ(w, log_search(s, tx, &(LogPlace){given.run.id, 0, 9}, "Needle", &found)));
    CHECK_EQ(found.matches.count, 1);
    const char *shown = found.matches.items[0].text;
    CHECK_HAS(shown, "needle");
    CHECK(text_starts(shown, "...") && text_ends(shown, "..."));
    CHECK(strlen(shown) < LOG_MATCH_TEXT_MAX + 16 && utf8_valid(bytes_of(shown)));
    return OK;
}

STORE_TEST(a_search_for_nothing_is_refused)
{
    const char *run, *seen;

    TRY(given_log(s, w, 1, 1, &run));
    FAILS(INVALID, search_of(s, w, (LogPlace){run, 0, 9}, "", &seen));
    FAILS(INVALID, search_of(s, w, (LogPlace){run, 0, 9}, "a\nb", &seen));
    return OK;
}
