/* Settings files: what is read, what is refused and how. */

#include "model/env_file.h"

#include "test/test.h"

/* The value of A in the text; NULL when there is none. */
static fallible value_in(Scope *s, const char *file_text, const char **out)
{
    EnvEntryList entries = {0};

    TRY(env_file_parse(s, bytes_of(file_text), &entries));
    const EnvEntry *entry = env_entry_find(&entries, "A");
    *out = entry ? entry->value : NULL;
    return OK;
}

TEST(values_are_read_bare_and_in_both_kinds_of_quotes)
{
    static const char *const cases[][2] = {
        {"A=b", "b"},
        {"A=", ""},
        {"A=b c  ", "b c"},
        {"  export A = b", "b"},
        {"export\tA=b", "b"},
        {"A=b # c", "b"},
        {"A=b#c", "b#c"},
        {"A=# c", ""},
        {"A='b # $c \\n'", "b # $c \\n"},
        {"A=\"b \\\" \\n \\t \\\\ \\$ \\x\" # c", "b \" \n \t \\ $ \\x"},
        {"A='one\ntwo'", "one\ntwo"},
        {"A=\"one\r\ntwo\"\r\n", "one\ntwo"},
        {"A=b\r\n", "b"},
        {"\xef\xbb\xbf"
         "A=b\n",
         "b"},
        {"# A=c\n\n \t\nA=b\n", "b"},
        {"A=b\nA=c\n", "c"},
        {"A=postgresql://u:p=q@h/d?x=y", "postgresql://u:p=q@h/d?x=y"},
        {"A=caf\xc3\xa9", "caf\xc3\xa9"},
        {"export=b\nA=c", "c"},
        {"B=c", NULL},
    };
    const char *value;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        TRY_WHILE(value_in(s, cases[i][0], &value), "case %zu", i);
        CHECK_TEXT(value, cases[i][1]);
    }
    return OK;
}

TEST(lines_are_counted_also_within_quotes)
{
    EnvEntryList entries = {0};

    TRY(env_file_parse(s, BYTES("# c\nA='1\n2\n3'\n\nB=2\r\nC=3"), &entries));
    CHECK_EQ(entries.count, 3);
    CHECK_EQ(entries.items[0].line, 2);
    CHECK_EQ(entries.items[1].line, 6);
    CHECK_EQ(entries.items[2].line, 7);
    return OK;
}

TEST(what_is_no_assignment_is_refused_by_its_line_without_its_text)
{
    static const char *const cases[][2] = {
        {"A=1\nhush\n", "line 2 has no '='"},
        {"=hush\n", "line 1 does not begin with a name"},
        {"1A=hush\n", "line 1 does not begin with a name"},
        {"A-B=hush\n", "line 1 has no '='"},
        {"A='hush\n\n", "the ' of line 1 is never closed"},
        {"\nA=\"hush\\\"", "the \" of line 2 is never closed"},
        {"A='1' hush\n", "line 1 goes on behind its closing '"},
        {"A=\xff", "not UTF-8"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *value;
        Error *e = value_in(s, cases[i][0], &value);

        CHECK(failed_as(e, INVALID));
        CHECK_HAS(e->message, cases[i][1]);
        CHECK(!strstr(e->message, "hush"));
    }
    return OK;
}

TEST(a_byte_of_zero_is_refused)
{
    EnvEntryList entries = {0};

    FAILS(INVALID, env_file_parse(s, BYTES("A=1\0B=2\n"), &entries));
    return OK;
}
