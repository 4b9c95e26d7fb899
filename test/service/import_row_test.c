/* What becomes of single values of a file that somebody else made. */

#include <math.h>

#include "service/import_parts.h"
#include "test/test.h"

#define ID "11111111-0000-4000-8000-000000000001"

/* One row of a table: column and cell after each other. */
typedef struct Value {
    const char *column;
    Cell cell;
} Value;

static Cell words(const char *t)
{
    return (Cell){.kind = CELL_TEXT, .bytes = bytes_of(t)};
}

static Cell blob(const char *t)
{
    return (Cell){.kind = CELL_BLOB, .bytes = bytes_of(t)};
}

static Cell whole(int64_t number)
{
    return (Cell){.kind = CELL_INT, .number = number};
}

static Cell real(double number)
{
    return (Cell){.kind = CELL_REAL, .real = number};
}

typedef struct Filled {
    Import im;
    ImportReport report;
    const TableAccess *t;
    Slot *slots;
    SourceRow row;
} Filled;

/* The row of that table filled from one value; ours: as from a file of this dursor. */
static Error *fill(Scope *s, const char *table, bool ours, Value value, Filled **out)
{
    Filled *f = NEW(s, Filled);
    TextList *names = NEW(s, TextList);
    Cell *cell = NEW(s, Cell);

    *out = f;
    *cell = value.cell;
    texts_add(s, names, value.column);
    f->im = (Import){.s = s, .batch = s, .report = &f->report, .ours = ours};
    f->row = (SourceRow){.table = table, .id = ID, .names = names, .cells = cell};
    TRY(import_table(&f->im, table, &f->t));
    f->slots = import_slots(&f->im, f->t);
    return import_fill(&f->im, &f->row, f->t, f->slots);
}

static const Slot *slot(const Filled *f, const char *column)
{
    return import_slot(f->t, f->slots, column);
}

/* The value is left out, which the report says with these words, and the original is to be kept. */
#define LEFT_OUT(table, value, said)                                                               \
    do {                                                                                           \
        Filled *left_;                                                                             \
        TRY(fill(s, table, false, value, &left_));                                                 \
        CHECK_EQ(left_->report.notes.count, 1);                                                    \
        CHECK_HAS(left_->report.notes.items[0], said);                                             \
        CHECK(left_->row.mended);                                                                  \
    } while (0)

TEST(times_without_a_zone_are_utc_and_others_are_brought_to_it)
{
    static const struct {
        const char *written, *meant;
    } cases[] = {
        {"2026-01-10T11:34:47.123456", "2026-01-10T11:34:47.123456Z"},
        {"2026-01-10 11:35:00", "2026-01-10T11:35:00Z"},
        {"2026-01-10T11:34:47Z", "2026-01-10T11:34:47Z"},
        {"2026-01-10T20:34:47.5+09:00", "2026-01-10T11:34:47.5Z"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Filled *f;
        Time meant;
        CHECK(time_parse(cases[i].meant, &meant));
        TRY(fill(s, "tasks", false, (Value){"created_at", words(cases[i].written)}, &f));
        CHECK_EQ(slot(f, "created_at")->time.us, meant.us);
    }
    return OK;
}

TEST(what_is_no_time_refuses_the_row_that_needs_it)
{
    const Cell bad[] = {words("yesterday"), words(""),         words("2026-13-01T00:00:00"),
                        blob("x"),          whole(1736508887), real(1.5)};
    Filled *f;

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Error *e = fill(s, "tasks", false, (Value){"created_at", bad[i]}, &f);
        CHECK(failed_as(e, INVALID));
        CHECK_HAS(e->message, "created_at");
        CHECK_HAS(e->message, "is no time");
    }
    LEFT_OUT("runs", ((Value){"started_at", words("soon")}), "without its started_at");
    TRY(fill(s, "tasks", true, (Value){"created_at", whole(1736508887000000)}, &f)); /* ours */
    CHECK_EQ(slot(f, "created_at")->time.us, 1736508887000000);
    return OK;
}

TEST(text_is_made_valid_and_numbers_in_its_place_are_written_out)
{
    Filled *f;

    TRY(fill(s, "tasks", false, (Value){"title", words("日本\xff語")}, &f));
    CHECK_TEXT(slot(f, "title")->text, "日本\xef\xbf\xbd語");
    TRY(fill(s, "tasks", false, (Value){"title", whole(-12)}, &f));
    CHECK_TEXT(slot(f, "title")->text, "-12");
    TRY(fill(s, "tasks", false, (Value){"title", real(0.5)}, &f));
    CHECK_TEXT(slot(f, "title")->text, "0.5");
    LEFT_OUT("tasks", ((Value){"title", blob("\x01\x02")}), "it holds bytes where text belongs");
    FAILS(INVALID, fill(s, "messages", false, (Value){"content", blob("x")}, &f));
    return OK;
}

TEST(ids_are_uuids_in_lower_case)
{
    const char *const bad[] = {"", "1", "11111111-0000-4000-8000-00000000000A",
                               "'; DROP TABLE runs; --"};
    Filled *f;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        FAILS(INVALID, fill(s, "tasks", false, (Value){"id", words(bad[i])}, &f));
    TRY(fill(s, "tasks", false, (Value){"id", words(ID)}, &f));
    CHECK_TEXT(slot(f, "id")->text, ID);
    TRY(fill(s, "agentic_runs", false, (Value){"id", words("0123abcd")}, &f)); /* these are short */
    CHECK_TEXT(slot(f, "id")->text, "0123abcd");
    return OK;
}

TEST(a_word_that_is_none_of_its_values_refuses_the_row)
{
    Filled *f;

    TRY(fill(s, "tasks", false, (Value){"kanban_status", words("todo")}, &f));
    CHECK_TEXT(slot(f, "kanban_status")->text, "todo");
    CHECK_TEXT(slot(f, "coding_mode")->text, "interactive"); /* it was not there */
    Error *e = fill(s, "tasks", false, (Value){"kanban_status", words("done")}, &f);
    CHECK(failed_as(e, INVALID));
    CHECK_HAS(e->message, "\"done\" is none of its values");
    return OK;
}

TEST(numbers_are_whole_also_when_they_are_written_as_text)
{
    const Cell bad[] = {words("7x"), words(""), words("99999999999999999999"), real(7), blob("7")};
    Filled *f;

    TRY(fill(s, "prs", false, (Value){"number", words("7")}, &f));
    CHECK_EQ(slot(f, "number")->number.value, 7);
    TRY(fill(s, "prs", false, (Value){"number", whole(INT64_MIN)}, &f));
    CHECK_EQ(slot(f, "number")->number.value, INT64_MIN);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        FAILS(INVALID, fill(s, "prs", false, (Value){"number", bad[i]}, &f));
    return OK;
}

TEST(scores_are_finite_and_truths_are_numbers)
{
    Filled *f;

    TRY(fill(s, "reviews", false, (Value){"overall_score", whole(1)}, &f));
    CHECK(slot(f, "overall_score")->real.set && slot(f, "overall_score")->real.value == 1);
    LEFT_OUT("reviews", ((Value){"overall_score", real(INFINITY)}), "it holds no number");
    LEFT_OUT("reviews", ((Value){"overall_score", words("0.8")}), "it holds no number");
    TRY(fill(s, "agentic_runs", false, (Value){"human_approved", whole(2)}, &f));
    CHECK(slot(f, "human_approved")->truth);
    LEFT_OUT("agentic_runs", ((Value){"human_approved", words("yes")}), "neither 0 nor 1");
    return OK;
}

TEST(json_is_kept_as_it_is_when_the_service_can_read_it)
{
    static const char files[] =
        "[{\"path\": \"\\u00e4.txt\", \"added_lines\": 1, \"removed_lines\": 0}]";
    Filled *f;

    TRY(fill(s, "runs", false, (Value){"files_changed", words(files)}, &f));
    CHECK_TEXT(slot(f, "files_changed")->json.text, files);
    TRY(fill(s, "runs", false, (Value){"warnings", words("[\"a\\u0000b\", \"c\\\\u0000\"]")}, &f));
    CHECK_TEXT(slot(f, "warnings")->json.text, "[\"a\\ufffdb\", \"c\\\\u0000\"]");
    for (size_t i = 0; i < 3; i++) {
        const char *const none[] = {"", "  ", "null"};
        TRY(fill(s, "runs", false, (Value){"warnings", words(none[i])}, &f));
        CHECK(!slot(f, "warnings")->json.text && !f->report.notes.count);
    }
    return OK;
}

TEST(json_that_the_service_could_not_read_is_left_out)
{
    LEFT_OUT("runs", ((Value){"files_changed", words("[1]")}), "its JSON has another form");
    LEFT_OUT("runs", ((Value){"files_changed", words("{\"path\": \"a\"}")}), "another form");
    LEFT_OUT("runs", ((Value){"warnings", words("careful")}), "without its warnings");
    LEFT_OUT("runs", ((Value){"warnings", words("[], \"more\": []")}), "it holds no JSON");
    LEFT_OUT("runs", ((Value){"warnings", whole(1)}), "it holds no JSON text");
    LEFT_OUT("agentic_runs", ((Value){"last_ci_result", words("{\"a\":1,\"a\":2}")}),
             "without its last_ci_result");
    return OK;
}

TEST(a_row_is_whole_when_nothing_that_it_needs_is_missing)
{
    Filled *f;

    TRY(fill(s, "repos", false, (Value){"id", words(ID)}, &f));
    Error *e = import_whole(s, f->t, f->slots);
    CHECK(failed_as(e, INVALID));
    CHECK_TEXT(e->message, "repo_url is missing");
    CHECK(!source_cell(&f->row, "repo_url") && !source_text(s, &f->row, "repo_url"));
    CHECK_TEXT(source_text(s, &f->row, "id"), ID);
    return OK;
}

TEST(a_run_that_had_not_ended_has_failed_when_it_last_gave_a_sign)
{
    Filled *f;

    TRY(fill(s, "runs", false, (Value){"started_at", words("2026-01-10T11:50:01")}, &f));
    import_slot(f->t, f->slots, "status")->text = "running";
    import_end_run(f->t, f->slots);
    CHECK_TEXT(slot(f, "status")->text, "failed");
    CHECK_HAS(slot(f, "error")->text, "under way when dursor was stopped");
    CHECK_EQ(slot(f, "completed_at")->time.us, slot(f, "started_at")->time.us);
    TRY(fill(s, "runs", false, (Value){"created_at", words("2026-01-10T11:50:01")}, &f));
    import_slot(f->t, f->slots, "status")->text = "queued";
    import_end_run(f->t, f->slots);
    CHECK_HAS(slot(f, "error")->text, "had not begun");
    CHECK_EQ(slot(f, "completed_at")->time.us, slot(f, "created_at")->time.us);
    import_slot(f->t, f->slots, "status")->text = "succeeded";
    import_slot(f->t, f->slots, "error")->text = NULL;
    import_end_run(f->t, f->slots);
    CHECK_TEXT(slot(f, "status")->text, "succeeded");
    CHECK(!slot(f, "error")->text);
    return OK;
}
