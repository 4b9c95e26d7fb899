/* Field tables: kinds from members, text in and out. */

#include "base/table.h"
#include "test/test.h"

typedef enum Colour { RED = 1, BLUE } Colour;

typedef struct Thing {
    const char *name;
    int64_t size;
    OptInt weight;
    bool heavy;
    Colour colour;
    Time made_at;
    TextList tags;
} Thing;

static const Name colour_names[] = {{RED, "red"}, {BLUE, "blue"}, {0}};
static const Type thing_type =
    TYPE(Thing, "A thing.", FIELD(Thing, name, REQUIRED, .most = 8),
         FIELD(Thing, size, 0, .least = 1, .most = 10, .preset = "3"), FIELD(Thing, weight),
         FIELD(Thing, heavy), ENUM(Thing, colour, colour_names), FIELD(Thing, made_at),
         FIELD(Thing, tags));

TEST(the_kind_of_a_field_comes_from_its_member)
{
    CHECK_EQ(type_field(&thing_type, "name")->kind, FIELD_TEXT);
    CHECK_EQ(type_field(&thing_type, "weight")->kind, FIELD_OPT_INT);
    CHECK_EQ(type_field(&thing_type, "tags")->kind, FIELD_TEXTS);
    CHECK_EQ(type_field(&thing_type, "name")->flags, REQUIRED);
    CHECK(type_field(&thing_type, "nothing") == NULL);
    return OK;
}

TEST(scalars_come_from_text_and_say_what_would_fit)
{
    Thing thing = {0};
    const char *why;

    type_presets(s, &thing_type, &thing);
    CHECK_EQ(thing.size, 3);
    CHECK(field_from_text(s, type_field(&thing_type, "colour"), &thing, "blue", &why) &&
          thing.colour == BLUE);
    CHECK(field_from_text(s, type_field(&thing_type, "heavy"), &thing, "Yes", &why) && thing.heavy);
    CHECK(!field_from_text(s, type_field(&thing_type, "size"), &thing, "11", &why));
    CHECK_TEXT(why, "a whole number from 1 to 10");
    CHECK(!field_from_text(s, type_field(&thing_type, "colour"), &thing, "green", &why));
    CHECK_TEXT(why, "one of red, blue");
    CHECK_TEXT(field_to_text(s, type_field(&thing_type, "colour"), &thing), "blue");
    CHECK(field_to_text(s, type_field(&thing_type, "weight"), &thing) == NULL);
    return OK;
}
