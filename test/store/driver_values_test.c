/* Every kind of value goes in and comes out alike on each database. */

#include "test/store/drivers.h"

#include <math.h>

static fallible there_and_back(Scope *s, Given *g, const Thing *in, Thing *out)
{
    TRY(WRITE(g, thing_put(s, tx, in)));
    return READ(g, thing_get(s, tx, in->id, out));
}

DRIVER_TEST(a_thing_comes_back_as_it_was)
{
    Thing in = given_thing(s, "Größe 日本 \U0001F600 'quoted' \\ \"x\""), out;

    in.number = 42;
    in.weight = 0.1;
    in.truth = true;
    in.at = (Time){1767958487123456};
    in.colour = BLUE;
    TRY(there_and_back(s, g, &in, &out));
    CHECK_TEXT(out.id, in.id);
    CHECK_TEXT(out.tenant_id, "local");
    CHECK_TEXT(out.title, in.title);
    CHECK_EQ(out.number, 42);
    CHECK(out.weight == 0.1 && out.truth);
    CHECK_EQ(out.at.us, in.at.us);
    CHECK_EQ(out.colour, BLUE);
    return OK;
}

DRIVER_TEST(what_is_absent_stays_absent)
{
    Thing in = given_thing(s, NULL), out;

    TRY(there_and_back(s, g, &in, &out));
    CHECK(out.title == NULL && out.parent_id == NULL && out.json.text == NULL);
    CHECK(out.data.data == NULL);
    CHECK(!time_set(out.at) && !out.maybe.set && !out.perhaps.set);
    CHECK_EQ(out.number, 0);
    CHECK_EQ(out.texts.count, 0);
    CHECK_EQ(out.parts.count, 0);
    return OK;
}

DRIVER_TEST(empty_is_not_absent)
{
    Thing in = given_thing(s, ""), out;

    in.data = BYTES("");
    in.maybe = (OptInt){true, 0};
    in.perhaps = (OptReal){true, 0};
    TRY(there_and_back(s, g, &in, &out));
    CHECK_TEXT(out.title, "");
    CHECK(out.data.data != NULL);
    CHECK_EQ(out.data.size, 0);
    CHECK(out.maybe.set && out.perhaps.set);
    CHECK(out.perhaps.value == 0);
    return OK;
}

DRIVER_TEST(the_largest_and_least_numbers_survive)
{
    Thing in = given_thing(s, "extremes"), out;

    in.number = INT64_MIN;
    in.maybe = (OptInt){true, INT64_MAX};
    in.weight = 0x1.fffffffffffffp1023;
    in.perhaps = (OptReal){true, -0x1p-1074};
    in.at = (Time){-62135596800000000}; /* the year 1 */
    TRY(there_and_back(s, g, &in, &out));
    CHECK(out.number == INT64_MIN && out.maybe.value == INT64_MAX);
    CHECK(out.weight == in.weight && out.perhaps.value == in.perhaps.value);
    CHECK_EQ(out.at.us, in.at.us);
    return OK;
}

DRIVER_TEST(the_last_time_of_all_survives)
{
    Thing in = given_thing(s, "late"), out;

    in.at = (Time){INT64_MAX};
    TRY(there_and_back(s, g, &in, &out));
    CHECK_EQ(out.at.us, INT64_MAX);
    return OK;
}

DRIVER_TEST(bytes_may_be_anything)
{
    Thing in = given_thing(s, "bytes"), out;
    char all[100 * 1000];

    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)(i * 7);
    in.data = (Bytes){all, sizeof all};
    TRY(there_and_back(s, g, &in, &out));
    CHECK(bytes_equal(out.data, in.data));
    return OK;
}

DRIVER_TEST(lists_and_objects_are_columns_of_json)
{
    Thing in = given_thing(s, "json"), out;

    texts_add(s, &in.texts, "ein \"Wort\"");
    texts_add(s, &in.texts, "");
    *list_add(s, &in.colours) = GREEN;
    in.part = (Part){"radius", -3};
    *list_add(s, &in.parts) = (Part){"日本", 1LL << 52};
    in.json.text = "{\"a\": [1, null, \"\\\\u0000\"]}";
    TRY(there_and_back(s, g, &in, &out));
    CHECK_EQ(out.texts.count, 2);
    CHECK_TEXT(out.texts.items[0], "ein \"Wort\"");
    CHECK_EQ(out.colours.items[0], GREEN);
    CHECK_TEXT(out.part.name, "radius");
    CHECK_EQ(out.parts.items[0].size, 1LL << 52);
    CHECK_TEXT(out.json.text, in.json.text);
    return OK;
}

DRIVER_TEST(text_that_is_not_utf8_is_refused)
{
    Thing thing = given_thing(s, "caf\xe9");

    FAILS(INVALID, WRITE(g, thing_put(s, tx, &thing)));
    return OK;
}

DRIVER_TEST(a_nul_inside_json_is_refused)
{
    Thing thing = given_thing(s, "nul");

    thing.json.text = "[\"a\\u0000b\"]";
    FAILS(INVALID, WRITE(g, thing_put(s, tx, &thing)));
    return OK;
}

DRIVER_TEST(numbers_that_are_not_finite_and_times_before_all_time_are_refused)
{
    Thing thing = given_thing(s, "number");

    thing.weight = NAN;
    FAILS(INVALID, WRITE(g, thing_put(s, tx, &thing)));
    thing.weight = INFINITY;
    FAILS(INVALID, WRITE(g, thing_put(s, tx, &thing)));
    thing.weight = 0;
    thing.at = (Time){INT64_MIN};
    FAILS(INVALID, WRITE(g, thing_put(s, tx, &thing)));
    return OK;
}

DRIVER_TEST(a_value_that_is_too_large_is_refused)
{
    SCOPE(large, s);
    size_t size = (64 << 20) + 1;
    Thing thing = given_thing(s, "large");

    thing.data = (Bytes){scope_alloc(large, size), size};
    FAILS(TOO_LARGE, WRITE(g, thing_put(s, tx, &thing)));
    return OK;
}

DRIVER_TEST(an_enumeration_takes_only_its_own_values)
{
    Thing thing = given_thing(s, "colour");

    thing.colour = (Colour)9;
    FAILS(BUG, WRITE(g, thing_put(s, tx, &thing)));
    return OK;
}

static const Statement q_clock = {
    .name = "clock",
    .sqlite = "SELECT db_now() AS at, db_us(db_now(), db_later(db_now(), ?1)) AS number",
    .postgres = "SELECT db_now() AS at, db_us(db_now(), db_later(db_now(), $1)) AS number",
    .params = (const char *const[]){"us"},
    .param_count = 1,
    .type = &thing_type,
};

DRIVER_TEST(the_databases_clock_is_near_ours_and_the_same_within_a_statement)
{
    int64_t us = 1500000, before = time_now().us;
    Thing now;

    TRY(READ(g, query_one(s, tx, &q_clock, ARGS(ARG(us)), &now)));
    CHECK_EQ(now.number, -us);
    CHECK(now.at.us >= before && now.at.us <= time_now().us);
    return OK;
}
