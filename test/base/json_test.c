/* JSON by table and by hand. */

#include <stdlib.h>

#include "base/json.h"
#include "test/test.h"

typedef struct Part {
    const char *name;
    int64_t count;
} Part;

typedef LIST_OF(Part) PartList;

typedef struct Order {
    const char *title;
    int64_t priority;
    OptReal price;
    bool urgent;
    PartList parts;
    TextList labels;
    const char *secret;
    Json extra;
} Order;

static const Type part_type =
    TYPE(Part, "A part.", FIELD(Part, name, REQUIRED), FIELD(Part, count));
static const Type order_type = TYPE(
    Order, "An order.", FIELD(Order, title, REQUIRED), FIELD(Order, priority, 0, .preset = "3"),
    FIELD(Order, price), FIELD(Order, urgent), LIST(Order, parts, part_type), FIELD(Order, labels),
    FIELD(Order, secret, SECRET), FIELD(Order, extra));

TEST(an_object_is_read_by_its_table)
{
    Order order = {0};

    TRY(json_read(
        s,
        BYTES("{\"title\":\"\\u65e5 \\\"x\\\"\",\"price\":0.1,\"urgent\":true,\"unknown\":{},"
              "\"parts\":[{\"name\":\"a\",\"count\":2},{\"name\":\"b\"}],\"labels\":[\"l\"],"
              "\"extra\":{\"k\":[1]}}"),
        &order_type, &order));
    CHECK_TEXT(order.title, "\xe6\x97\xa5 \"x\"");
    CHECK_EQ(order.priority, 3);
    CHECK_EQ(order.parts.count, 2);
    CHECK_EQ(order.parts.items[0].count, 2);
    CHECK_TEXT(order.extra.text, "{\"k\":[1]}");
    order.secret = "hidden";
    CHECK_TEXT(
        json_text(s, &order_type, &order),
        "{\"title\":\"\xe6\x97\xa5 "
        "\\\"x\\\"\",\"priority\":3,\"price\":0.1,\"urgent\":true,\"parts\":[{\"name\":\"a\","
        "\"count\":2},{\"name\":\"b\",\"count\":0}],\"labels\":[\"l\"],\"extra\":{\"k\":[1]}}");
    return OK;
}

TEST(all_faults_of_an_input_are_listed_with_their_places)
{
    Order order = {0};
    Error *e = json_read(s, BYTES("{\"priority\":\"high\",\"parts\":[{},{\"name\":7}]}"),
                         &order_type, &order);

    CHECK(failed_as(e, MALFORMED));
    CHECK_TEXT(e->issues->loc, "[\"body\",\"title\"]");
    CHECK_TEXT(e->issues->type, "missing");
    CHECK_TEXT(e->issues->next->type, "int_type");
    CHECK_TEXT(e->issues->next->next->loc, "[\"body\",\"parts\",0,\"name\"]");
    CHECK_TEXT(e->issues->next->next->next->loc, "[\"body\",\"parts\",1,\"name\"]");
    return OK;
}

static const Type bounded_type =
    TYPE(Order, "An order of few.", FIELD(Order, labels, REQUIRED, .least = 1, .most = 2));

TEST(a_list_that_is_too_short_or_too_long_is_refused)
{
    Order order = {0};

    TRY(json_read(s, BYTES("{\"labels\":[\"one\"]}"), &bounded_type, &order));
    Error *none = json_read(s, BYTES("{\"labels\":[]}"), &bounded_type, &order);
    Error *many = json_read(s, BYTES("{\"labels\":[\"1\",\"2\",\"3\"]}"), &bounded_type, &order);

    CHECK(failed_as(none, MALFORMED));
    CHECK_TEXT(none->issues->type, "too_short");
    CHECK(failed_as(many, MALFORMED));
    CHECK_TEXT(many->issues->type, "too_long");
    return OK;
}

TEST(a_real_number_is_an_integer_only_when_it_is_whole_and_within_bounds)
{
    static const char *const bad[] = {"1.5", "1e300", "-1e300", "9.1e15", "1e19"};
    Order order = {0};

    TRY(json_read(s, BYTES("{\"title\":\"t\",\"priority\":4e3}"), &order_type, &order));
    CHECK_EQ(order.priority, 4000);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const char *body = text(s, "{\"title\":\"t\",\"priority\":%s}", bad[i]);
        Error *e = json_read(s, bytes_of(body), &order_type, &order);
        CHECK(failed_as(e, MALFORMED));
        CHECK_TEXT(e->issues->type, "int_type");
    }
    return OK;
}

TEST(what_is_not_strict_json_is_refused)
{
    static const char *const bad[] = {
        "", "{", "{\"a\":1,\"a\":2}", "[1,]", "{'a':1}", "\"\xff\"", "\"\\u0000\"", "01", "nul"};
    json_t *value;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        FAILS(INVALID, json_parse(s, bytes_of(bad[i]), &value));
    Buffer deep = buffer_in(s);
    for (int i = 0; i < 100000; i++)
        buffer_char(&deep, '[');
    FAILS(INVALID, json_parse(s, buffer_view(&deep), &value));
    return OK;
}

TEST(numbers_and_control_characters_are_written_so_that_they_read_back)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '[');
    json_put_real(&w, 0.1);
    json_put_real(&w, 3);
    json_put_real(&w, 1e300);
    json_put_int(&w, INT64_MIN);
    json_put_text(&w, "\x01\b\t\n\f\r\x0b\x1f");
    json_put_text(&w, NULL);
    json_close(&w, ']');
    CHECK_TEXT(
        buffer_string(&b),
        "[0.1,3.0,1e+300,-9223372036854775808,\"\\u0001\\b\\t\\n\\f\\r\\u000b\\u001f\",null]");
    json_t *back;
    TRY(json_parse(s, buffer_view(&b), &back));
    CHECK_TEXT(json_at_text(back, "4"), "\x01\b\t\n\f\r\x0b\x1f");
    CHECK_EQ(json_at_int(back, "3", 0), INT64_MIN);
    CHECK(json_at(back, "4.deeper") == NULL && json_at(back, "9") == NULL);
    return OK;
}

typedef struct Boxed {
    Part part;
    bool open;
} Boxed;

static const Type boxed_type =
    TYPE(Boxed, "A part in a box.", OBJECT(Boxed, part, part_type, FLAT), FIELD(Boxed, open));

TEST(a_flat_object_stands_among_its_parents_members)
{
    Boxed boxed = {{"a", 2}, true}, back = {0};
    const char *json = json_text(s, &boxed_type, &boxed);

    CHECK_TEXT(json, "{\"name\":\"a\",\"count\":2,\"open\":true}");
    TRY(json_read(s, bytes_of(json), &boxed_type, &back));
    CHECK_TEXT(back.part.name, "a");
    CHECK_EQ(back.open, true);
    return OK;
}

TEST(a_short_real_number_is_written_as_it_was_read)
{
    static const char *const same[] = {"0.04", "1.5",     "12.0", "0.000125", "99999999.000001",
                                       "0.1",  "1.000001"};
    static const double other[] = {0.0000125, 1.0000001, 123456789.25, 1e-7, -0.5, 0.1 + 0.2, 0};

    for (size_t i = 0; i < COUNT_OF(same); i++) {
        Buffer b = buffer_in(s);
        json_write_real(&b, strtod(same[i], NULL));
        CHECK_TEXT(buffer_string(&b), same[i]);
    }
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        Buffer b = buffer_in(s);
        json_write_real(&b, other[i]);
        CHECK(strtod(buffer_string(&b), NULL) == other[i]);
    }
    return OK;
}

TEST(an_escape_is_found_at_every_place_of_a_text)
{
    static const struct {
        char byte;
        const char *escaped;
    } all[] = {{'"', "\\\""}, {'\\', "\\\\"}, {0x1F, "\\u001f"}, {'\n', "\\n"},
               {' ', " "},    {0x7F, "\x7f"}, {'!', "!"},        {'[', "["}};

    for (size_t i = 0; i < COUNT_OF(all); i++)
        for (size_t at = 0; at < 20; at++) {
            Buffer b = buffer_in(s);
            char plain[] = "abcdefg\xC3\xA9"
                           "hijklmnopqrst";
            plain[at < 7 ? at : at + 2] = all[i].byte;
            json_write_text(&b, plain);
            plain[at < 7 ? at : at + 2] = 0;
            CHECK_TEXT(buffer_string(&b), text(s, "\"%s%s%s\"", plain, all[i].escaped,
                                               plain + (at < 7 ? at : at + 2) + 1));
        }
    return OK;
}

TEST(numbers_are_written_to_their_last_digit)
{
    Buffer b = buffer_in(s);

    buffer_int(&b, INT64_MIN);
    buffer_char(&b, ' ');
    buffer_int(&b, INT64_MAX);
    buffer_char(&b, ' ');
    buffer_int(&b, 0);
    CHECK_TEXT(buffer_string(&b), "-9223372036854775808 9223372036854775807 0");
    return OK;
}
