/* Random edits: what the draft makes of them must be what a plain replacement of lines makes. */

#include "test/agent/given.h"

typedef struct Dice {
    uint64_t state;
} Dice;

static size_t roll(Dice *dice, size_t sides)
{
    dice->state ^= dice->state << 13;
    dice->state ^= dice->state >> 7;
    dice->state ^= dice->state << 17;
    return (size_t)(dice->state % sides);
}

/* Distinct lines, so that every run of them has one place; with blanks, quotes and other scripts. */
static TextList random_lines(Scope *s, Dice *dice, size_t count, const char *mark)
{
    static const char *const forms[] = {
        "%s%zu = \"x\"", "    %s(%zu)", "\tif %s%zu:", "// %s %zu 日本語 🗻",
        "%s%zu  ",       "- %s %zu",    "+++ %s%zu",   "@@ %s%zu"};
    TextList lines = {0};

    for (size_t i = 0; i < count; i++) {
        size_t form = roll(dice, COUNT_OF(forms));
        const char *number = text(s, "%zu", i);
        Buffer b = buffer_in(s);
        for (const char *p = forms[form]; *p; p++) {
            if (p[0] == '%') {
                buffer_text(&b, p[1] == 's' ? mark : number);
                p += p[1] == 's' ? 1 : 2;
            } else {
                buffer_char(&b, *p);
            }
        }
        *list_add(s, &lines) = buffer_string(&b);
    }
    return lines;
}

static const char *joined(Scope *s, const TextList *lines, size_t first, size_t count,
                          const char *before)
{
    Buffer b = buffer_in(s);

    for (size_t i = first; i < first + count; i++)
        buffer_format(&b, "%s%s\n", before, lines->items[i]);
    return b.size ? buffer_string(&b) : "";
}

typedef struct Case {
    TextList old_lines;
    TextList new_lines;
    size_t first; /* lines replaced */
    size_t count;
    size_t lead; /* context around them */
    size_t tail;
} Case;

static Case random_case(Scope *s, Dice *dice)
{
    Case c = {.old_lines = random_lines(s, dice, 5 + roll(dice, 40), "old")};
    size_t total = c.old_lines.count;

    c.new_lines = random_lines(s, dice, roll(dice, 6), "new");
    c.first = roll(dice, total);
    c.count = 1 + roll(dice, total - c.first < 6 ? total - c.first : 6);
    c.lead = roll(dice, (c.first < 3 ? c.first : 3) + 1);
    size_t behind = total - c.first - c.count;
    c.tail = roll(dice, (behind < 3 ? behind : 3) + 1);
    return c;
}

static const char *expected(Scope *s, const Case *c)
{
    size_t end = c->first + c->count;

    return text(s, "%s%s%s", joined(s, &c->old_lines, 0, c->first, ""),
                joined(s, &c->new_lines, 0, c->new_lines.count, ""),
                joined(s, &c->old_lines, end, c->old_lines.count - end, ""));
}

static const char *context(Scope *s, const Case *c, bool behind, const char *before)
{
    return behind ? joined(s, &c->old_lines, c->first + c->count, c->tail, before)
                  : joined(s, &c->old_lines, c->first - c->lead, c->lead, before);
}

static const char *as_diff(Scope *s, const Case *c)
{
    return text(s, "--- a/a.txt\n+++ b/a.txt\n@@ -%zu,%zu +%zu,%zu @@\n%s%s%s%s",
                c->first - c->lead + 1, c->lead + c->count + c->tail, c->first - c->lead + 1,
                c->lead + c->new_lines.count + c->tail, context(s, c, false, " "),
                joined(s, &c->old_lines, c->first, c->count, "-"),
                joined(s, &c->new_lines, 0, c->new_lines.count, "+"), context(s, c, true, " "));
}

static const char *as_v4a(Scope *s, const Case *c)
{
    return text(s, "*** Begin Patch\n*** Update File: a.txt\n@@\n%s%s%s%s*** End Patch\n",
                context(s, c, false, " "), joined(s, &c->old_lines, c->first, c->count, "-"),
                joined(s, &c->new_lines, 0, c->new_lines.count, "+"), context(s, c, true, " "));
}

static const char *as_block(Scope *s, const Case *c)
{
    return text(s, "a.txt\n<<<<<<< SEARCH\n%s%s%s=======\n%s%s%s>>>>>>> REPLACE\n",
                context(s, c, false, ""), joined(s, &c->old_lines, c->first, c->count, ""),
                context(s, c, true, ""), context(s, c, false, ""),
                joined(s, &c->new_lines, 0, c->new_lines.count, ""), context(s, c, true, ""));
}

static const char *as_json(Scope *s, const Case *c)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "edits");
    json_open(&w, '[');
    json_open(&w, '{');
    json_key(&w, "path");
    json_put_text(&w, "a.txt");
    json_key(&w, "find");
    json_put_text(&w,
                  text(s, "%s%s%s", context(s, c, false, ""),
                       joined(s, &c->old_lines, c->first, c->count, ""), context(s, c, true, "")));
    json_key(&w, "replace");
    json_put_text(&w, text(s, "%s%s%s", context(s, c, false, ""),
                           joined(s, &c->new_lines, 0, c->new_lines.count, ""),
                           context(s, c, true, "")));
    json_close(&w, '}');
    json_close(&w, ']');
    json_close(&w, '}');
    return buffer_string(&b);
}

static const char *with_crlf(Scope *s, const char *t)
{
    Buffer b = buffer_in(s);

    for (; *t; t++)
        buffer_format(&b, *t == '\n' ? "\r\n" : "%c", *t);
    return buffer_string(&b);
}

static fallible check_case(Scope *s, const Case *c, const char *answer)
{
    const char *before = joined(s, &c->old_lines, 0, c->old_lines.count, "");
    const char *after = expected(s, c);
    const char *got = edited(s, before, answer);

    if (!text_equal(got, after))
        return fail(s, BUG, "%s\nmade of\n%s\nthis\n%s\nnot\n%s", answer, before, got, after);
    got = edited(s, with_crlf(s, before), answer);
    if (!text_equal(got, with_crlf(s, after)))
        return fail(s, BUG, "with CRLF, %s\nmade of\n%s\nthis\n%s", answer, before, got);
    return OK;
}

TEST(a_random_edit_is_applied_as_a_plain_replacement_in_every_form)
{
    Dice dice = {0x9E3779B97F4A7C15u};

    for (int i = 0; i < 400; i++) {
        SCOPE(tmp, s);
        Case c = random_case(tmp, &dice);
        TRY(check_case(tmp, &c, as_diff(tmp, &c)));
        TRY(check_case(tmp, &c, as_v4a(tmp, &c)));
        TRY(check_case(tmp, &c, as_block(tmp, &c)));
        TRY(check_case(tmp, &c, as_json(tmp, &c)));
    }
    return OK;
}

TEST(a_stale_edit_changes_its_place_or_nothing)
{
    Dice dice = {0xD1B54A32D192ED03u};
    int applied = 0;

    for (int i = 0; i < 400; i++) {
        SCOPE(tmp, s);
        Case c = random_case(tmp, &dice);
        const char *before = joined(tmp, &c.old_lines, 0, c.old_lines.count, "");
        Case stale = c;
        stale.old_lines = (TextList){0};
        EACH (const char *, line, &c.old_lines)
            *list_add(tmp, &stale.old_lines) = *line;
        size_t victim = c.first - c.lead + roll(&dice, c.lead + c.count + c.tail);
        stale.old_lines.items[victim] = "this line is not in the file";
        const char *got = edited(tmp, before, as_diff(tmp, &stale));
        bool fits = text_equal(got, expected(tmp, &c));
        applied += fits;
        if (!fits && got[0] != '<')
            return fail(s, BUG, "%s\nmade of\n%s\nthis\n%s", as_diff(tmp, &stale), before, got);
    }
    CHECK(applied > 20);
    return OK;
}
