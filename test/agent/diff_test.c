/* Unified diffs as models get them wrong: one change to one file, in the ways that were measured on
 * git apply (6 of them) and GNU patch (14). All of them must give the same file. */

#include "test/agent/given.h"

#define BEFORE                                                                                     \
    "import os\n\n\ndef greet(name):\n    text = \"hello \" + name\n    print(text)\n    return "  \
    "text\n\n\n"                                                                                   \
    "def main():\n    greet(\"you\")\n"
#define AFTER                                                                                      \
    "import os\n\n\ndef greet(name):\n    text = \"hi \" + name\n    print(text)\n    return "     \
    "text\n\n\n"                                                                                   \
    "def main():\n    greet(\"you\")\n"
#define HEAD   "--- a/a.txt\n+++ b/a.txt\n"
#define CHANGE "-    text = \"hello \" + name\n+    text = \"hi \" + name\n"
#define BODY   " def greet(name):\n" CHANGE "     print(text)\n     return text\n"

typedef struct Variant {
    const char *defect;
    const char *answer;
} Variant;

static const Variant variants[] = {
    {"none", HEAD "@@ -4,4 +4,4 @@\n" BODY},
    {"wrong start line", HEAD "@@ -40,4 +40,4 @@\n" BODY},
    {"blank context line without its space",
     HEAD "@@ -1,5 +1,5 @@\n import os\n\n\n def greet(name):\n" CHANGE "     print(text)\n"},
    {"fence around",
     "Here it is:\n\n```diff\n" HEAD "@@ -4,4 +4,4 @@\n" BODY "```\nThat is all.\n"},
    {"no a/ b/ prefix", "--- a.txt\n+++ a.txt\n@@ -4,4 +4,4 @@\n" BODY},
    {"wrong counts", HEAD "@@ -4,9 +4,2 @@\n" BODY},
    {"@@ ... @@", HEAD "@@ ... @@\n" BODY},
    {"bare @@", HEAD "@@\n" BODY},
    {"context lost its leading space",
     HEAD "@@ -4,4 +4,4 @@\ndef greet(name):\n" CHANGE "    print(text)\n    return text\n"},
    {"no newline at the end of the text",
     HEAD "@@ -4,4 +4,4 @@\n def greet(name):\n" CHANGE "     print(text)\n     return text"},
    {"trailing blanks in context",
     HEAD "@@ -4,4 +4,4 @@\n def greet(name):  \n" CHANGE "     print(text)\t\n     return text\n"},
    {"zero context", HEAD "@@ -5 +5 @@\n" CHANGE},
    {"one stale context line",
     HEAD "@@ -4,4 +4,4 @@\n def greet(person):\n" CHANGE "     print(text)\n     return text\n"},
    {"an elided line",
     HEAD "@@ -1,8 +1,8 @@\n import os\n ...\n def greet(name):\n" CHANGE "     print(text)\n"},
    {"body indented two less", HEAD "@@ -5,3 +5,3 @@\n-  text = \"hello \" + name\n+  text = \"hi "
                                    "\" + name\n   print(text)\n   return text\n"},
};

TEST(a_diff_with_any_known_defect_gives_the_same_file)
{
    for (size_t i = 0; i < COUNT_OF(variants); i++) {
        const char *after = edited(s, BEFORE, variants[i].answer);
        if (!text_equal(after, AFTER))
            return fail(s, BUG, "%s: %s", variants[i].defect, after);
    }
    return OK;
}

TEST(a_diff_may_create_a_file_without_saying_dev_null)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    TRY(answer_applied(s, files, "--- a/new.txt\n+++ b/new.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n",
                       &applied));
    CHECK_EQ(applied.faults.count, 0);
    CHECK_TEXT(draft_text(s, applied.draft, "new.txt"), "one\ntwo\n");
    return OK;
}

static const char *with_crlf(Scope *s, const char *t)
{
    Buffer b = buffer_in(s);

    for (; *t; t++) {
        if (*t == '\n')
            buffer_char(&b, '\r');
        buffer_char(&b, *t);
    }
    return buffer_string(&b);
}

TEST(a_file_with_crlf_keeps_it_under_a_diff_with_lf)
{
    const char *before = with_crlf(s, BEFORE);

    CHECK_TEXT(edited(s, before, HEAD "@@ -4,4 +4,4 @@\n" BODY), with_crlf(s, AFTER));
    return OK;
}

TEST(a_file_with_lf_keeps_it_under_a_diff_with_crlf)
{
    CHECK_TEXT(edited(s, BEFORE, with_crlf(s, HEAD "@@ -4,4 +4,4 @@\n" BODY)), AFTER);
    return OK;
}

TEST(a_file_without_final_newline_stays_without)
{
    CHECK_TEXT(edited(s, "one\ntwo\nthree", HEAD "@@ -2,2 +2,2 @@\n two\n-three\n+four\n"),
               "one\ntwo\nfour");
    return OK;
}

TEST(a_diff_can_give_or_take_the_final_newline)
{
    CHECK_TEXT(edited(s, "one\ntwo",
                      HEAD "@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+two\n"),
               "one\ntwo\n");
    CHECK_TEXT(edited(s, "one\ntwo\n",
                      HEAD "@@ -1,2 +1,2 @@\n one\n-two\n+two\n\\ No newline at end of file\n"),
               "one\ntwo");
    return OK;
}

#define TWICE "a\n  x = 1\nb\nc\nd\ne\nf\ng\nh\n  x = 1\ni\n"

TEST(a_line_number_decides_between_equal_places_when_it_is_clear)
{
    CHECK_TEXT(edited(s, TWICE, HEAD "@@ -10 +10 @@\n-  x = 1\n+  x = 2\n"),
               "a\n  x = 1\nb\nc\nd\ne\nf\ng\nh\n  x = 2\ni\n");
    CHECK_TEXT(edited(s, TWICE, HEAD "@@ -7 +7 @@\n-  x = 1\n+  x = 2\n"), "<ambiguous>");
    CHECK_TEXT(edited(s, TWICE, HEAD "@@\n-  x = 1\n+  x = 2\n"), "<ambiguous>");
    return OK;
}

TEST(a_later_hunk_is_looked_for_behind_the_one_before)
{
    CHECK_TEXT(edited(s, TWICE, HEAD "@@\n b\n-c\n+C\n@@\n-  x = 1\n+  x = 2\n"),
               "a\n  x = 1\nb\nC\nd\ne\nf\ng\nh\n  x = 2\ni\n");
    return OK;
}

TEST(shed_context_never_settles_on_one_of_two_places)
{
    const char *before =
        "if a:\n    return total\nelse:\n    x()\nif b:\n    return total\nelse:\n    y()\n";

    CHECK_TEXT(edited(s, before,
                      HEAD
                      "@@ -5,3 +5,3 @@\n if stale:\n-    return total\n+    return 0\n else:\n"),
               "<not_found>");
    return OK;
}

TEST(shed_context_that_leads_to_two_places_is_refused)
{
    const char *before = "core(1)\ntail\nx\ny\nz\nlead\ncore(1)\n";

    CHECK_TEXT(edited(s, before, HEAD "@@\n lead\n-core(1)\n+core(2)\n tail\n"), "<not_found>");
    CHECK_TEXT(edited(s, "core(1)\ntail\nx\n", HEAD "@@\n lead\n-core(1)\n+core(2)\n tail\n"),
               "core(2)\ntail\nx\n");
    return OK;
}

TEST(much_prose_behind_a_counted_diff_is_no_context)
{
    const char *prose = "One.\nTwo.\nThree.\nFour.\nFive.\nSix.\nSeven.\nEight.\n";

    CHECK_TEXT(edited(s, BEFORE, text(s, HEAD "@@ -4,4 +4,4 @@\n" BODY "%s", prose)), AFTER);
    return OK;
}

TEST(prose_behind_a_diff_is_no_context)
{
    CHECK_TEXT(
        edited(s, BEFORE, HEAD "@@ -4,4 +4,4 @@\n" BODY "\nThis makes the greeting shorter.\n"),
        AFTER);
    return OK;
}

TEST(diffs_delete_rename_and_unquote)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "old.txt", "one\n");
    given_file(s, files, "gone.txt", "x\n");
    given_file(s, files, "\xE5\xB1\xB1.txt", "y\n");
    TRY(answer_applied(
        s, files,
        "diff --git a/old.txt b/new.txt\nsimilarity index 100%\nrename from old.txt\nrename to "
        "new.txt\n"
        "diff --git a/gone.txt b/gone.txt\ndeleted file mode 100644\n--- a/gone.txt\n+++ "
        "/dev/null\n"
        "@@ -1 +0,0 @@\n-x\n"
        "--- \"a/\\345\\261\\261.txt\"\n+++ \"b/\\345\\261\\261.txt\"\n@@ -1 +1 @@\n-y\n+z\n",
        &applied));
    CHECK_EQ(applied.faults.count, 0);
    CHECK_TEXT(draft_text(s, applied.draft, "new.txt"), "one\n");
    CHECK_TEXT(draft_text(s, applied.draft, "gone.txt"), NULL);
    CHECK_TEXT(draft_text(s, applied.draft, "\xE5\xB1\xB1.txt"), "z\n");
    return OK;
}

TEST(a_removed_line_that_looks_like_a_head_stays_a_line)
{
    CHECK_TEXT(edited(s, "-- x\nb\n", HEAD "@@ -1,2 +1,2 @@\n--- x\n+-- y\n b\n"), "-- y\nb\n");
    return OK;
}
