/* Rows by COPY, and sums of tables. */

#include "store/copy.h"

#include "base/id.h"
#include "test/store/world.h"

enum { MANY = 3000 };

static const Statement q_touch = {
    .name = "touch",
    .sqlite = "",
    .postgres =
        "UPDATE messages SET content = content || '!' WHERE id = (SELECT max(id::text)::uuid "
        "FROM messages)",
};

/* Messages of the task, with what texts can hold. */
static SlotRefs given_messages(Scope *s, const TableAccess *t, const Task *task, int count)
{
    SlotRefs rows = {0};

    for (int i = 0; i < count; i++) {
        Slot *row = NEW_ARRAY(s, Slot, t->count);
        row[stored_column(t->table, "id")].text = id_new(s);
        row[stored_column(t->table, "task_id")].text = task->id;
        row[stored_column(t->table, "role")].text = "user";
        row[stored_column(t->table, "content")].text =
            text(s, "\t\\N \"%d\"\r\n\xe6\x97\xa5\xf0\x9f\x98\x80", i);
        row[stored_column(t->table, "created_at")].time = time_now();
        *list_add(s, &rows) = row;
    }
    return rows;
}

static TableSum sum_of(Scope *s, const TableAccess *t, const SlotRefs *rows)
{
    TableSum sum = {0};

    EACH (const Slot *, row, rows)
        sum_row(s, t, *row, &sum);
    return sum;
}

static fallible copied(Scope *s, Tx *tx, const TableAccess *t, const SlotRefs *rows, int64_t *added)
{
    Buffer b = buffer_in(s);
    TableCopy *copy;

    TRY(table_copy_open(s, tx, t, &copy));
    TRY(table_copy_rows(s, copy, tx_caller(tx), rows, &b));
    return table_copy_in(s, tx, copy, buffer_view(&b), added);
}

static fallible stored_sum(Scope *s, Tx *tx, const TableAccess *t, TableSum *out)
{
    TableCopy *copy;

    TRY(table_copy_open(s, tx, t, &copy));
    return table_copy_sum(s, tx, copy, out);
}

STORE_TEST(rows_that_were_copied_have_the_sum_that_they_had_before)
{
    TableSum there = {0}, theirs = {0};
    int64_t added = 0;
    TableAccess *t;
    Task task;

    if (!store_can_copy(w->store))
        return OK;
    TRY(given_task(s, w, &task));
    TRY(table_access(s, "messages", &t));
    SlotRefs rows = given_messages(s, t, &task, MANY);
    TRY(TENANT(w, copied(s, tx, t, &rows, &added)));
    CHECK_EQ(added, MANY);
    TableSum wanted = sum_of(s, t, &rows);
    TRY(TENANT(w, stored_sum(s, tx, t, &there)));
    CHECK(sum_equal(&there, &wanted));
    TRY(OTHER(w, stored_sum(s, tx, t, &theirs)));
    CHECK_EQ(theirs.rows, 0);
    TRY(TENANT(w, query_run(s, tx, &q_touch, NO_ARGS, NULL)));
    TRY(TENANT(w, stored_sum(s, tx, t, &there)));
    CHECK(!sum_equal(&there, &wanted));
    CHECK_EQ(there.rows, wanted.rows);
    return OK;
}

STORE_TEST(every_kind_of_column_is_copied)
{
    int64_t added = 0;
    TableSum there = {0};
    TableAccess *t;
    Repo repo;

    if (!store_can_copy(w->store))
        return OK;
    TRY(given_repo(s, w, &repo));
    TRY(table_access(s, "model_profiles", &t));
    Slot model[] = {{.text = id_new(s)}, {.text = "openai"},         {.text = "m"},  {0},
                    {.text = ""},        {.bytes = BYTES("\0\377")}, {.time.us = -1}};
    SlotRefs rows = {0};
    *list_add(s, &rows) = model;
    TRY(TENANT(w, copied(s, tx, t, &rows, &added)));
    TRY(TENANT(w, stored_sum(s, tx, t, &there)));
    TableSum wanted = sum_of(s, t, &rows);
    CHECK(sum_equal(&there, &wanted));
    TRY(table_access(s, "imported_rows", &t));
    Slot kept[] = {{.text = "t"},
                   {.text = "1"},
                   {.json.text = "{\"b\": [1e3, 1.50, -0.0], \"a\": \"\\u00e9\", \"c\": null}"}};
    rows.items[0] = kept;
    TRY(TENANT(w, copied(s, tx, t, &rows, &added)));
    TRY(TENANT(w, stored_sum(s, tx, t, &there)));
    wanted = sum_of(s, t, &rows);
    CHECK(sum_equal(&there, &wanted));
    return OK;
}

STORE_TEST(rows_that_are_there_are_not_added_and_the_number_tells)
{
    int64_t added = -1;
    TableAccess *t;
    Task task;

    if (!store_can_copy(w->store))
        return OK;
    TRY(given_task(s, w, &task));
    TRY(table_access(s, "messages", &t));
    SlotRefs rows = given_messages(s, t, &task, 2), first = {rows.items, 1, 1};
    TRY(TENANT(w, copied(s, tx, t, &first, &added)));
    CHECK_EQ(added, 1);
    TRY(TENANT(w, copied(s, tx, t, &rows, &added)));
    CHECK_EQ(added, 1);
    return OK;
}

STORE_TEST(a_copy_that_fails_adds_nothing_and_the_connection_goes_on)
{
    Task nowhere = {.id = id_new(s)}, task;
    TableSum there = {0};
    int64_t added = 0;
    TableAccess *t;

    if (!store_can_copy(w->store))
        return OK;
    TRY(given_task(s, w, &task));
    TRY(table_access(s, "messages", &t));
    SlotRefs rows = given_messages(s, t, &nowhere, 10);
    FAILS(INVALID, TENANT(w, copied(s, tx, t, &rows, &added)));
    rows = given_messages(s, t, &task, 1);
    rows.items[0] = NEW_ARRAY(s, Slot, t->count); /* no value where one must be */
    Error *e = TENANT(w, copied(s, tx, t, &rows, &added));
    CHECK(e != NULL);
    TRY(TENANT(w, stored_sum(s, tx, t, &there)));
    CHECK_EQ(there.rows, 0);
    return OK;
}

TEST(a_sum_does_not_depend_on_the_order_and_notices_a_change)
{
    TableAccess *t;
    Task task = {.id = id_new(s)};

    TRY(table_access(s, "messages", &t));
    SlotRefs rows = given_messages(s, t, &task, 3);
    TableSum sum = sum_of(s, t, &rows), again, read = {.rows = 3};
    const Slot *first = rows.items[0];
    rows.items[0] = rows.items[2];
    rows.items[2] = first;
    again = sum_of(s, t, &rows);
    CHECK(sum_equal(&sum, &again));
    CHECK(sum_read(s, sum_text(s, &sum), &read));
    CHECK(sum_equal(&sum, &read));
    rows.items[1] = first; /* one twice, one not at all */
    again = sum_of(s, t, &rows);
    CHECK(!sum_equal(&sum, &again));
    CHECK(!sum_read(s, "00", &read));
    return OK;
}

TEST(json_that_means_the_same_has_one_text)
{
    CHECK_TEXT(json_canonical(s, " { \"b\" : 1e3, \"a\": [ 1.0, 1.5 ] }"),
               json_canonical(s, "{\"a\":[1,1.50],\"b\":1000}"));
    CHECK(!text_equal(json_canonical(s, "[1, 2]"), json_canonical(s, "[2, 1]")));
    CHECK_TEXT(json_canonical(s, "{nonsense"), "{nonsense");
    return OK;
}
