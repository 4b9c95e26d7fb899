/* Answers in the other forms, mixed with prose, and what cannot be read. */

#include "test/agent/given.h"

#define GREET "def greet(name):\n    return \"hello \" + name\n"

static EditAnswer answer_read(Scope *s, const char *text)
{
    EditAnswer answer;

    edits_read(s, bytes_of(text), &answer);
    return answer;
}

TEST(a_search_replace_block_takes_its_path_from_above)
{
    CHECK_TEXT(edited(s, GREET,
                      "I change the word.\n\na.txt\n```python\n<<<<<<< SEARCH\n    return \"hello "
                      "\" + name\n=======\n"
                      "    return \"hi \" + name\n>>>>>>> REPLACE\n```\n"),
               "def greet(name):\n    return \"hi \" + name\n");
    return OK;
}

TEST(several_blocks_of_one_fence_share_their_path)
{
    CHECK_TEXT(edited(s, "one\ntwo\nthree\n",
                      "```text a.txt\n<<<<<<< SEARCH\none\n=======\n1\n>>>>>>> REPLACE\n\n<<<<<<< "
                      "SEARCH\nthree\n=======\n"
                      "3\n>>>>>>> REPLACE\n```\n"),
               "1\ntwo\n3\n");
    return OK;
}

TEST(a_block_with_an_empty_search_makes_a_file)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    TRY(answer_applied(
        s, files, "**src/new.c**\n```c\n<<<<<<< SEARCH\n=======\nint x;\n>>>>>>> REPLACE\n```\n",
        &applied));
    CHECK_EQ(applied.faults.count, 0);
    CHECK_TEXT(draft_text(s, applied.draft, "src/new.c"), "int x;\n");
    return OK;
}

TEST(a_block_may_delete_lines_and_hold_shorter_rules)
{
    CHECK_TEXT(
        edited(s, "Title\n===\nx\ny\n",
               "a.txt\n<<<<<<< SEARCH\nTitle\n===\nx\n=======\nTitle\n===\n>>>>>>> REPLACE\n"),
        "Title\n===\ny\n");
    return OK;
}

TEST(a_block_without_end_or_path_is_a_fault)
{
    CHECK_TEXT(edited(s, "x\n", "a.txt\n<<<<<<< SEARCH\nx\n=======\ny\n"), "<form>");
    CHECK_TEXT(edited(s, "x\n", "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n"), "<form>");
    return OK;
}

TEST(a_v4a_patch_updates_adds_moves_and_deletes)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "a.py",
               "class A:\n    def f(self):\n        return 1\n\nclass B:\n    def f(self):\n       "
               " return 1\n");
    given_file(s, files, "b.py", "x\n");
    TRY(answer_applied(
        s, files,
        "*** Begin Patch\n*** Update File: a.py\n*** Move to: c.py\n@@ class B:\n     def "
        "f(self):\n"
        "-        return 1\n+        return 2\n*** Add File: n/new.py\n+one\n+\n+two\n"
        "*** Delete File: b.py\n*** End Patch\n",
        &applied));
    CHECK_EQ(applied.faults.count, 0);
    CHECK_TEXT(draft_text(s, applied.draft, "c.py"),
               "class A:\n    def f(self):\n        return 1\n\nclass B:\n    def f(self):\n       "
               " return 2\n");
    CHECK_TEXT(draft_text(s, applied.draft, "a.py"), NULL);
    CHECK_TEXT(draft_text(s, applied.draft, "b.py"), NULL);
    CHECK_TEXT(draft_text(s, applied.draft, "n/new.py"), "one\n\ntwo\n");
    return OK;
}

TEST(a_v4a_hunk_at_the_end_of_the_file_is_there)
{
    CHECK_TEXT(edited(s, "x = 1\ny\nx = 1\n",
                      "*** Begin Patch\n*** Update File: a.txt\n@@\n-x = 1\n+x = 2\n*** End of "
                      "File\n*** End Patch\n"),
               "x = 1\ny\nx = 2\n");
    CHECK_TEXT(edited(s, "x\n", "*** Begin Patch\n*** Update File: a.txt\n@@\n+y\n*** End Patch\n"),
               "x\ny\n");
    return OK;
}

TEST(whole_files_are_known_by_the_path_above_or_in_the_fence)
{
    CHECK_TEXT(edited(s, "x\n", "### `a.txt`\n\n```\ny\n```\n"), "y\n");
    CHECK_TEXT(edited(s, "x\n", "```text:a.txt\ny\n```\n"), "y\n");
    CHECK_TEXT(edited(s, "x\n", "```text title=\"a.txt\"\ny\n```\n"), "y\n");
    CHECK_TEXT(edited(s, "x\n", "1. File: a.txt\n````\ny\n```\n````\n"), "y\n```\n");
    return OK;
}

TEST(an_example_in_prose_is_no_file)
{
    EditAnswer answer =
        answer_read(s, "Run it like this:\n\n```sh\nmake test\n```\n\nNothing needs to change.\n");

    CHECK_EQ(answer.form, FORM_NONE);
    CHECK_EQ(answer.edits.count, 0);
    CHECK_HAS(answer.summary, "Nothing needs to change.");
    return OK;
}

TEST(a_markdown_file_may_hold_fences)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    TRY(answer_applied(s, files, "README.md\n```markdown\n# Use\n```sh\nmake\n```\nEnd.\n```\n",
                       &applied));
    CHECK_TEXT(draft_text(s, applied.draft, "README.md"), "# Use\n```sh\nmake\n```\nEnd.\n");
    return OK;
}

TEST(json_in_a_text_is_read_with_the_names_other_tools_use)
{
    const char *answer =
        "Sure:\n```json\n{\"edits\": [{\"file_path\": \"a.txt\", \"old_string\": \"x\", "
        "\"new_string\": \"y\"}], \"summary\": \"x is y\"}\n```\n";

    CHECK_TEXT(edited(s, "x\n", answer), "y\n");
    CHECK_TEXT(answer_read(s, answer).summary, "x is y");
    return OK;
}

TEST(json_that_is_cut_off_is_a_fault_with_words)
{
    EditAnswer answer = answer_read(s, "{\"edits\": [{\"path\": \"a.txt\", \"find\": \"x");

    CHECK_EQ(answer.faults.count, 1);
    CHECK_HAS(answer.faults.items[0].message, "cannot be read");
    return OK;
}

TEST(json_edits_say_what_they_lack)
{
    EditAnswer answer =
        answer_read(s, "{\"edits\":[{\"path\":\"a\",\"op\":\"replace\",\"replace\":\"x\"},"
                       "{\"op\":\"delete\"},{\"path\":\"a\",\"op\":\"explode\"},7]}");

    CHECK_EQ(answer.edits.count, 0);
    CHECK_EQ(answer.faults.count, 4);
    CHECK_HAS(answer.faults.items[0].message, "find");
    CHECK_HAS(answer.faults.items[1].message, "path");
    CHECK_HAS(answer.faults.items[2].message, "op must be");
    return OK;
}

TEST(prose_around_edits_is_the_summary)
{
    EditAnswer answer = answer_read(
        s, "I made it shorter.\n\na.txt\n```\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n"
           "```\n\nPlease run the tests.\n");

    CHECK_HAS(answer.summary, "I made it shorter.");
    CHECK_HAS(answer.summary, "Please run the tests.");
    CHECK(!strstr(answer.summary, "SEARCH"));
    return OK;
}

TEST(two_forms_in_one_answer_both_count)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "a.txt", "x\n");
    TRY(answer_applied(
        s, files,
        "a.txt\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n\n```diff\n--- /dev/null\n"
        "+++ b/b.txt\n@@ -0,0 +1 @@\n+z\n```\n",
        &applied));
    CHECK_EQ(applied.faults.count, 0);
    CHECK_TEXT(draft_text(s, applied.draft, "a.txt"), "y\n");
    CHECK_TEXT(draft_text(s, applied.draft, "b.txt"), "z\n");
    return OK;
}

TEST(ten_thousand_edits_are_cut_with_a_fault)
{
    Buffer b = buffer_in(s);

    buffer_text(&b, "{\"edits\":[");
    for (int i = 0; i < 10000; i++)
        buffer_format(&b, "%s{\"path\":\"f%d\",\"op\":\"create\",\"replace\":\"x\"}", i ? "," : "",
                      i);
    buffer_text(&b, "]}");
    EditAnswer answer = answer_read(s, buffer_string(&b));
    CHECK_EQ(answer.edits.count, EDITS_MAX);
    CHECK_EQ(answer.faults.count, 1);
    CHECK_EQ(answer.faults.items[0].kind, FAULT_LIMIT);
    return OK;
}

TEST(a_tool_call_written_as_text_is_understood)
{
    CHECK_TEXT(
        edited(s, "x\n",
               "<tool_call>\n{\"name\": \"edit_files\", \"arguments\": {\"edits\": "
               "[{\"path\": \"a.txt\", \"find\": \"x\", \"replace\": \"y\"}]}}\n</tool_call>\n"),
        "y\n");
    return OK;
}

#define BLOCK(to) "a.txt\n<<<<<<< SEARCH\nx\n=======\n" to "\n>>>>>>> REPLACE\n"

TEST(edits_in_thoughts_are_not_meant)
{
    CHECK_TEXT(edited(s, "x\n", "<think>\nMaybe:\n" BLOCK("wrong") "</think>\n" BLOCK("right")),
               "right\n");
    CHECK_TEXT(edited(s, "x\n", "Maybe:\n" BLOCK("wrong") "</think>\n" BLOCK("right")), "right\n");
    CHECK_TEXT(edited(s, "x\n", BLOCK("<think>a</think>")), "<think>a</think>\n");
    CHECK_TEXT(edited(s, "x\n", BLOCK("<b></think></b>")), "<b></think></b>\n");
    return OK;
}
