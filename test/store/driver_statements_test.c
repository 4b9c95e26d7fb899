/* What statements give, and how they fail, alike on each database. */

#include "test/store/drivers.h"

#include <stdio.h>

#include "base/id.h"

static fallible rename_thing(Scope *s, Tx *tx, const char *id, const char *title, int64_t *changed)
{
    return query_run(s, tx, &q_thing_rename, ARGS(ARG(id), ARG(title)), changed);
}

DRIVER_TEST(a_missing_row_is_missing_to_one_and_not_found_to_find)
{
    const char *id = id_new(s);
    Thing thing = {.number = 7};
    bool found = true;

    FAILS(MISSING, READ(g, thing_get(s, tx, id, &thing)));
    TRY(READ(g, query_find(s, tx, &q_thing_get, ARGS(ARG(id)), (QueryFound){&thing, &found})));
    CHECK(!found);
    CHECK_EQ(thing.number, 7);
    return OK;
}

DRIVER_TEST(a_list_is_appended_to_in_the_statements_order)
{
    Thing b = given_thing(s, "b"), a = given_thing(s, "a");
    ThingList all = {0};

    *list_add(s, &all) = given_thing(s, "first");
    TRY(WRITE(g, thing_put(s, tx, &b)));
    TRY(WRITE(g, thing_put(s, tx, &a)));
    TRY(READ(g, query_list(s, tx, &q_things_all, NO_ARGS, &all)));
    CHECK_EQ(all.count, 3);
    CHECK_TEXT(all.items[1].title, "a");
    CHECK_TEXT(all.items[2].title, "b");
    return OK;
}

DRIVER_TEST(a_statement_says_how_many_rows_it_changed)
{
    Thing thing = given_thing(s, "old");
    int64_t changed = -1;

    TRY(WRITE(g, thing_put(s, tx, &thing)));
    TRY(WRITE(g, rename_thing(s, tx, thing.id, "new", &changed)));
    CHECK_EQ(changed, 1);
    TRY(WRITE(g, rename_thing(s, tx, id_new(s), "new", &changed)));
    CHECK_EQ(changed, 0);
    return OK;
}

DRIVER_TEST(put_off_statements_run_together_in_their_order)
{
    Thing thing = given_thing(s, "later");
    ThingList things = {0};
    NumberList counts = {0};
    Tx *open;

    TRY(WRITE(g, thing_put(s, tx, &thing)));
    TRY(tx_read(s, g->store, &local_caller, &open));
    TRY(query_later(s, open, &q_things_all, NO_ARGS, &things));
    TRY(query_later(s, open, &q_things_count, NO_ARGS, &counts));
    TRY(tx_sync(s, open));
    CHECK_EQ(things.count, 1);
    CHECK_TEXT(things.items[0].title, "later");
    CHECK_EQ(counts.items[0].number, 1);
    return tx_commit(s, open);
}

DRIVER_TEST(a_second_thing_of_that_title_is_a_conflict_with_its_constraint)
{
    Thing one = given_thing(s, "same"), two = given_thing(s, "same");

    TRY(WRITE(g, thing_put(s, tx, &one)));
    Error *e = WRITE(g, thing_put(s, tx, &two));
    FAILS(CONFLICT, e);
    CHECK_TEXT(e->code, "already_exists");
    CHECK_TEXT(e->params->name, "constraint");
    CHECK_HAS(e->params->value, "title");
    return OK;
}

DRIVER_TEST(a_reference_to_nothing_is_invalid)
{
    Thing orphan = given_thing(s, "orphan");

    orphan.parent_id = id_new(s);
    Error *e = WRITE(g, thing_put(s, tx, &orphan));
    FAILS(INVALID, e);
    CHECK_TEXT(e->code, "unknown_reference");
    return OK;
}

DRIVER_TEST(after_a_failed_statement_a_write_can_only_end)
{
    Thing one = given_thing(s, "twice"), two = given_thing(s, "twice");
    int64_t count = -1;

    {
        SCOPE(tmp, s);
        Tx *open;
        TRY(tx_write(tmp, g->store, &local_caller, &open));
        TRY(thing_put(tmp, open, &one));
        FAILS(CONFLICT, thing_put(tmp, open, &two));
        FAILS(BUG, things_count(tmp, open, &count));
        FAILS(BUG, tx_commit(tmp, open));
    }
    TRY(READ(g, things_count(s, tx, &count)));
    CHECK_EQ(count, 0);
    return OK;
}

DRIVER_TEST(a_column_without_a_member_is_our_mistake)
{
    static const Statement wrong = {.name = "wrong",
                                    .sqlite = "SELECT 1 AS nowhere",
                                    .postgres = "SELECT 1 AS nowhere",
                                    .type = &thing_type};
    ThingList things = {0};

    Error *e = READ(g, query_list(s, tx, &wrong, NO_ARGS, &things));
    FAILS(BUG, e);
    CHECK_HAS(e->message, "nowhere");
    return OK;
}

DRIVER_TEST(a_column_of_another_kind_than_its_member_is_our_mistake)
{
    static const Statement wrong = {.name = "wrong",
                                    .sqlite = "SELECT 'x' AS number",
                                    .postgres = "SELECT 'x' AS number",
                                    .type = &thing_type};
    ThingList things = {0};

    FAILS(BUG, READ(g, query_list(s, tx, &wrong, NO_ARGS, &things)));
    CHECK_EQ(things.count, 0);
    return OK;
}

DRIVER_TEST(a_missing_argument_and_a_wrong_text_are_our_mistakes)
{
    static const Statement wrong = {
        .name = "wrong", .sqlite = "SELEC 1", .postgres = "SELEC 1", .type = &number_type};
    Number number;

    Error *e = READ(g, query_one(s, tx, &q_thing_get, NO_ARGS, &(Thing){0}));
    FAILS(BUG, e);
    CHECK_HAS(e->message, "parameter id");
    FAILS(BUG, READ(g, query_one(s, tx, &wrong, NO_ARGS, &number)));
    return OK;
}

DRIVER_TEST(two_rows_are_not_one)
{
    Thing one = given_thing(s, "one"), two = given_thing(s, "two"), out;

    TRY(WRITE(g, thing_put(s, tx, &one)));
    TRY(WRITE(g, thing_put(s, tx, &two)));
    FAILS(BUG, READ(g, query_one(s, tx, &q_things_all, NO_ARGS, &out)));
    return OK;
}

DRIVER_TEST(rows_are_read_or_there_are_none)
{
    NumberList numbers = {0};

    FAILS(BUG, WRITE(g, query_run(s, tx, &q_things_count, NO_ARGS, NULL)));
    FAILS(BUG, WRITE(g, query_list(s, tx, &q_thing_rename, NO_ARGS, &numbers)));
    return OK;
}

DRIVER_TEST(an_argument_may_not_pose_as_the_caller)
{
    Thing thing = given_thing(s, "mine"), out;

    thing.tenant_id = "somebody-else";
    TRY(WRITE(g, thing_put(s, tx, &thing)));
    TRY(READ(g, thing_get(s, tx, thing.id, &out)));
    CHECK_TEXT(out.tenant_id, "local");
    return OK;
}

/* A statement made at run time may have the address of one before. */
DRIVER_TEST(a_text_is_known_by_its_content_not_its_address)
{
    char sql[40];
    Statement q = {.name = "varying", .sqlite = sql, .postgres = sql, .type = &number_type};
    Number number;

    for (int i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql, "SELECT CAST(%d AS bigint) AS number", i);
        TRY(READ(g, query_one(s, tx, &q, NO_ARGS, &number)));
        CHECK_EQ(number.number, i);
    }
    return OK;
}

DRIVER_TEST(more_statements_than_a_connection_keeps_still_run)
{
    Number number;
    Tx *tx;

    TRY(tx_write(s, g->store, &local_caller, &tx));
    for (int i = 0; i < 1100; i++) {
        const char *sql = text(s, "SELECT CAST(%d AS bigint) AS number", i);
        Statement q = {.name = "one_of_many", .sqlite = sql, .postgres = sql, .type = &number_type};
        TRY(query_one(s, tx, &q, NO_ARGS, &number));
        CHECK_EQ(number.number, i);
    }
    return tx_commit(s, tx);
}
