/* dursor's block in a description: everything else comes through. */

#include "service/pulls_block.h"
#include "test/test.h"

#define BLOCK(t) "<!-- dursor:begin -->\n" t "\n<!-- dursor:end -->"

TEST(a_block_that_is_there_is_replaced_and_nothing_else)
{
    const char *document = "By a person 🙂\r\n\r\n" BLOCK("old") "\r\n\r\n## Summary\n日本語\n";

    CHECK_TEXT(pull_block_put(s, document, "new"),
               "By a person 🙂\r\n\r\n" BLOCK("new") "\r\n\r\n## Summary\n日本語\n");
    return OK;
}

TEST(a_block_goes_into_the_first_section_of_a_summary_without_its_comments)
{
    CHECK_TEXT(
        pull_block_put(s, "# T\n\n## Summary\n\n<!-- what? -->\n\n## Tests\n- [ ] 🧪\n", "x"),
        "# T\n\n## Summary\n\n" BLOCK("x") "\n\n## Tests\n- [ ] 🧪\n");
    CHECK_TEXT(pull_block_put(s, "## 📝 概要\n<!-- a -->本文<!-- b -->\n### 背景\nなぜ\n", "x"),
               "## 📝 概要\n\n" BLOCK("x") "\n\n本文\n### 背景\nなぜ\n");
    CHECK_TEXT(pull_block_put(s, "## 説明", "x"), "## 説明\n\n" BLOCK("x") "\n");
    return OK;
}

TEST(headings_of_other_names_in_fences_and_in_comments_are_none)
{
    const char *documents[] = {"## Summary of nothing else\n", "## Summaries\n", "#Summary\n",
                               "```\n## Summary\n```\n", "<!--\n## Summary\n-->\n"};

    CHECK_HAS(pull_block_put(s, documents[0], "x"), "## Summary of nothing else\n\n" BLOCK("x"));
    for (size_t i = 1; i < COUNT_OF(documents); i++)
        CHECK(text_starts(pull_block_put(s, documents[i], "x"), BLOCK("x") "\n\n"));
    return OK;
}

TEST(without_a_section_it_stands_behind_front_matter)
{
    CHECK_TEXT(pull_block_put(s, "---\nname: 変更\n---\nRest\n", "x"),
               "---\nname: 変更\n---\n" BLOCK("x") "\n\nRest\n");
    CHECK_TEXT(pull_block_put(s, "---\nno end\n", "x"), BLOCK("x") "\n\n---\nno end\n");
    CHECK_TEXT(pull_block_put(s, "", "x"), BLOCK("x") "\n");
    return OK;
}

TEST(marks_in_the_text_or_alone_make_no_second_block)
{
    const char *once = pull_block_put(s, "a <!-- dursor:begin --> b\n", "x <!-- dursor:end --> y");

    CHECK_TEXT(once, BLOCK("x  y") "\n\na  b\n");
    CHECK_TEXT(pull_block_put(s, once, "x <!-- dursor:end --> y"), once);
    CHECK_TEXT(pull_block_put(s, "a <!-- <!-- dursor:end -->dursor:begin --> b\n", "x"),
               BLOCK("x") "\n\na  b\n");
    return OK;
}
