/* Applying: tolerant, never wrong. */

#include "test/agent/given.h"

TEST(a_piece_of_a_line_is_replaced_where_it_is_alone)
{
    CHECK_TEXT(edited_json(s, "a = 1\nb = 2\n", "= 2", "= 3"), "a = 1\nb = 3\n");
    CHECK_TEXT(edited_json(s, "a = 1\nb = 1\n", "= 1", "= 3"), "<ambiguous>");
    CHECK_TEXT(edited_json(s, "a\nb\nc\n", "a\nb", "A\nB"), "A\nB\nc\n");
    return OK;
}

TEST(whole_lines_keep_their_end)
{
    CHECK_TEXT(edited_json(s, "a\nb\nc\n", "b\n", "B"), "a\nB\nc\n");
    CHECK_TEXT(edited_json(s, "a\nb\nc\n", "b", ""), "a\nc\n");
    CHECK_TEXT(edited_json(s, "a\nb\nc", "c", "C"), "a\nb\nC");
    CHECK_TEXT(edited_json(s, "a(\n1)\n", "a(\n1", "a(1"), "a(1)\n");
    return OK;
}

TEST(each_rung_of_the_ladder_is_climbed)
{
    CHECK_TEXT(edited_json(s, "x  \ny\n", "x\ny\n", "z\n"), "z\n");
    CHECK_TEXT(edited_json(s, "    if x:\n        y()\n", "if x:\n    y()\n", "if x:\n    z()\n"),
               "    if x:\n        z()\n");
    CHECK_TEXT(edited_json(s, "say \xE2\x80\x9Chi\xE2\x80\x9D\nx\n", "say \"hi\"\nx\n",
                           "say \"hi\" twice\nx\n"),
               "say \xE2\x80\x9Chi\xE2\x80\x9D twice\nx\n");
    CHECK_TEXT(edited_json(s, "f( a,b )\nx\n", "f(a, b)\nx\n", "g()\nx\n"), "g()\nx\n");
    return OK;
}

TEST(new_lines_get_the_files_indentation)
{
    CHECK_TEXT(edited_json(s, "\tif (x)\n\t\ty();\n", "    if (x)\n        y();\n",
                           "    if (x) {\n        y();\n    }\n"),
               "\tif (x) {\n\t\ty();\n\t}\n");
    CHECK_TEXT(edited_json(s, "  if x:\n    y()\n", "\tif x:\n\t\ty()\n",
                           "\tif x:\n\t\tif z:\n\t\t\ty()\n"),
               "  if x:\n    if z:\n      y()\n");
    return OK;
}

TEST(unclear_indentation_is_refused)
{
    CHECK_TEXT(edited_json(s, "\t\tx()\n", "x()\n", "if y:\n    x()\n"), "\t\tif y:\n    x()\n");
    CHECK_TEXT(edited_json(s, "\t\tx()\n\t\ty()\n", "x()\ny()\n", "if z:\n    x()\n    y()\n"),
               "<indent>");
    return OK;
}

TEST(kept_lines_come_from_the_file)
{
    CHECK_TEXT(edited(s, "a  \nb\nc\t\n",
                      "a.txt\n<<<<<<< SEARCH\na\nb\nc\n=======\na\nB\nc\n>>>>>>> REPLACE\n"),
               "a  \nB\nc\t\n");
    return OK;
}

TEST(line_ends_and_mark_stay)
{
    CHECK_TEXT(edited(s, "\xEF\xBB\xBFone\r\ntwo\r\nthree\n",
                      "a.txt\n<<<<<<< SEARCH\ntwo\n=======\n2\nmore\n>>>>>>> REPLACE\n"),
               "\xEF\xBB\xBFone\r\n2\r\nmore\r\nthree\n");
    CHECK_TEXT(edited(s, "one\r\ntwo\r\n", "a.txt\n```\none\n2\n```\n"), "one\r\n2\r\n");
    return OK;
}

TEST(an_ambiguous_place_names_its_lines)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "a.txt", "x\ny\nx\n");
    TRY(answer_applied(s, files, "a.txt\n<<<<<<< SEARCH\nx\n=======\nz\n>>>>>>> REPLACE\n",
                       &applied));
    CHECK_EQ(applied.faults.items[0].kind, FAULT_AMBIGUOUS);
    CHECK_HAS(applied.faults.items[0].message, "lines 1, 3");
    return OK;
}

TEST(an_occurrence_chooses)
{
    CHECK_TEXT(
        edited(
            s, "x\ny\nx\n",
            "{\"edits\":[{\"path\":\"a.txt\",\"find\":\"x\",\"replace\":\"z\",\"occurrence\":2}]}"),
        "x\ny\nz\n");
    CHECK_TEXT(
        edited(
            s, "x\ny\nx\n",
            "{\"edits\":[{\"path\":\"a.txt\",\"find\":\"x\",\"replace\":\"z\",\"occurrence\":3}]}"),
        "<ambiguous>");
    return OK;
}

TEST(what_is_not_there_gets_the_nearest_lines)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "a.txt", "import os\n\ndef total(items):\n    return sum(items)\n");
    TRY(answer_applied(s, files,
                       "a.txt\n<<<<<<< SEARCH\ndef total(item_list):\n    return "
                       "sum(items)\n=======\nx\n>>>>>>> REPLACE\n",
                       &applied));
    CHECK_EQ(applied.faults.items[0].kind, FAULT_NOT_FOUND);
    CHECK_HAS(
        applied.faults.items[0].message,
        "lines 3 to 4, which read exactly:\n````\ndef total(items):\n    return sum(items)\n````");
    return OK;
}

TEST(what_is_already_so_is_said_to_be)
{
    CHECK_TEXT(edited(s, "def f():\n    return 2\n",
                      "a.txt\n<<<<<<< SEARCH\ndef f():\n    return one\n=======\ndef f():\n    "
                      "return 2\n>>>>>>> REPLACE\n"),
               "<no_change>");
    CHECK_TEXT(edited_json(s, "x\n", "x", "x"), "<no_change>");
    return OK;
}

TEST(edits_of_a_file_apply_in_order_and_all_or_none)
{
    const char *second_fails = "{\"edits\":[{\"path\":\"a.txt\",\"find\":\"x\",\"replace\":\"y\"},"
                               "{\"path\":\"a.txt\",\"find\":\"nowhere\",\"replace\":\"z\"},"
                               "{\"path\":\"b.txt\",\"op\":\"create\",\"replace\":\"b\"}]}";
    GivenFiles *files = given_files(s);
    Applied applied;

    CHECK_TEXT(edited(s, "x\n",
                      "{\"edits\":[{\"path\":\"a.txt\",\"find\":\"x\",\"replace\":\"y\"},"
                      "{\"path\":\"./a.txt\",\"find\":\"y\",\"replace\":\"z\"}]}"),
               "z\n");
    given_file(s, files, "a.txt", "x\n");
    TRY(answer_applied(s, files, second_fails, &applied));
    CHECK_EQ(applied.faults.count, 1);
    CHECK_TEXT(draft_text(s, applied.draft, "a.txt"), "x\n");
    CHECK_TEXT(draft_text(s, applied.draft, "b.txt"), "b\n");
    return OK;
}

TEST(an_edit_said_twice_is_done_once)
{
    CHECK_TEXT(edited(s, "x\n",
                      "a.txt\n<<<<<<< SEARCH\nx\n=======\nx\ny\n>>>>>>> REPLACE\na.txt\n<<<<<<< "
                      "SEARCH\nx\n=======\nx\ny\n"
                      ">>>>>>> REPLACE\n"),
               "x\ny\n");
    return OK;
}

static const char *lines(Scope *s, int count)
{
    Buffer b = buffer_in(s);

    for (int i = 0; i < count; i++)
        buffer_format(&b, "line %d\n", i);
    return buffer_string(&b);
}

TEST(a_rewrite_that_lost_much_must_be_said_twice)
{
    GivenFiles *files = given_files(s);
    const char *answer = text(s, "a.txt\n```\n%s```\n", lines(s, 10));
    Applied applied;

    given_file(s, files, "a.txt", lines(s, 40));
    TRY(answer_applied(s, files, answer, &applied));
    CHECK_EQ(applied.faults.items[0].kind, FAULT_SHRUNK);
    CHECK_EQ(draft_changes(s, applied.draft).count, 0);
    EditFaultList faults = {0};
    TRY(draft_apply(s, applied.draft, &applied.answer.edits, &faults));
    CHECK_EQ(faults.count, 0);
    CHECK_TEXT(draft_text(s, applied.draft, "a.txt"), lines(s, 10));
    return OK;
}

TEST(placeholders_for_code_are_refused)
{
    static const char *const lazy[] = {"// ... existing code ...", "# ... rest of the file ...",
                                       "/* ... unchanged ... */", "    // ...",
                                       "... rest of the code ..."};

    for (size_t i = 0; i < COUNT_OF(lazy); i++)
        CHECK_TEXT(edited(s, "a\nb\nc\n", text(s, "a.txt\n```\na\n%s\n```\n", lazy[i])),
                   "<elided>");
    CHECK_TEXT(edited(s, "a\n# ... rest of it ...\n", "a.txt\n```\nb\n# ... rest of it ...\n```\n"),
               "b\n# ... rest of it ...\n");
    CHECK_TEXT(edited(s, "a\n", "a.txt\n```\nprint(*args, ...)\n...\n```\n"),
               "print(*args, ...)\n...\n");
    return OK;
}

TEST(a_comment_that_speaks_of_the_rest_is_no_placeholder)
{
    CHECK_TEXT(edited(s, "a\n", "a.txt\n```\n# unchanged settings\nb\n```\n"),
               "# unchanged settings\nb\n");
    return OK;
}

TEST(a_place_may_begin_inside_a_run_that_looks_like_it)
{
    CHECK_TEXT(edited(s, "a\na\na\nb\nc\n",
                      "a.txt\n<<<<<<< SEARCH\na\na\nb\n=======\nx\n>>>>>>> REPLACE\n"),
               "a\nx\nc\n");
    return OK;
}

TEST(dots_in_find_and_replace_stand_for_the_lines_between)
{
    CHECK_TEXT(
        edited(s, "one\ntwo\nthree\nfour\n",
               "a.txt\n<<<<<<< SEARCH\none\n...\nfour\n=======\n1\n...\n4\n>>>>>>> REPLACE\n"),
        "1\ntwo\nthree\n4\n");
    return OK;
}

TEST(paths_that_escape_or_are_forbidden_are_refused)
{
    static const char *const paths[] = {
        "../x",     "/etc/passwd", "a/../../x", ".git/hooks/pre-commit",
        ".env",     "~/x",         "dir/",      "a\\\\b",
        "",         "x/..",        "a\\u0001b", "link/x",
        "module/x", "link",        "module",    "a.txt/x"};

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        GivenFiles *files = given_files(s);
        Applied applied;
        given_file(s, files, "a.txt", "x\n");
        given_kind(s, files, "link", SOURCE_SYMLINK);
        given_kind(s, files, "module", SOURCE_SUBMODULE);
        TRY(answer_applied(
            s, files,
            text(s, "{\"edits\":[{\"path\":\"%s\",\"op\":\"rewrite\",\"replace\":\"x\"}]}",
                 paths[i]),
            &applied));
        if (applied.faults.count != 1 || applied.faults.items[0].kind != FAULT_REFUSED)
            return fail(s, BUG, "%s was not refused", paths[i]);
        CHECK_EQ(draft_changes(s, applied.draft).count, 0);
    }
    return OK;
}

TEST(a_rename_cannot_reach_a_forbidden_path)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "a.txt", "x\n");
    TRY(answer_applied(s, files, "{\"edits\":[{\"path\":\"a.txt\",\"new_path\":\".git/config\"}]}",
                       &applied));
    CHECK_EQ(applied.faults.items[0].kind, FAULT_REFUSED);
    CHECK_TEXT(draft_text(s, applied.draft, "a.txt"), "x\n");
    return OK;
}

TEST(a_rename_after_a_failed_edit_of_the_file_is_not_done)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "a.txt", "x\n");
    TRY(answer_applied(s, files, "--- a/a.txt\n+++ b/b.txt\n@@\n-nowhere\n+y\n", &applied));
    CHECK_EQ(applied.faults.count, 1);
    CHECK_EQ(draft_changes(s, applied.draft).count, 0);
    return OK;
}

TEST(binary_files_and_other_encodings_are_left_alone)
{
    CHECK_TEXT(edited_bytes(s, (Bytes){"a\0b\n", 4},
                            "a.txt\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n"),
               "<encoding>");
    CHECK_TEXT(edited(s, "caf\xE9\nx\n", "a.txt\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n"),
               "caf\xE9\ny\n");
    CHECK_TEXT(
        edited(s, "caf\xE9\nx\n", "a.txt\n<<<<<<< SEARCH\nx\n=======\n\xC3\xA9\n>>>>>>> REPLACE\n"),
        "<encoding>");
    CHECK_TEXT(edited(s, "caf\xE9\n", "a.txt\n```\ntea\n```\n"), "<encoding>");
    return OK;
}

TEST(text_that_is_not_utf8_is_no_edit)
{
    CHECK_TEXT(edited(s, "x\n", "a.txt\n<<<<<<< SEARCH\nx\n=======\n\xFF\xFE\n>>>>>>> REPLACE\n"),
               "<form>");
    return OK;
}

TEST(japanese_and_emoji_are_replaced_whole)
{
    CHECK_TEXT(edited_json(s, "挨拶 = \"こんにちは\"\n絵 = \"🗻🌸\"\n", "こんにちは", "おはよう"),
               "挨拶 = \"おはよう\"\n絵 = \"🗻🌸\"\n");
    CHECK_TEXT(edited_json(s, "# 見出し\xE3\x80\x80です\nx\n", "# 見出し です\nx\n",
                           "# 見出し です 🎌\nx\n"),
               "# 見出し\xE3\x80\x80です 🎌\nx\n");
    return OK;
}

TEST(a_missing_file_gets_a_suggestion)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "src/deep/greet.py", "x\n");
    TRY(answer_applied(s, files, "greet.py\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n",
                       &applied));
    CHECK_EQ(applied.faults.items[0].kind, FAULT_NO_FILE);
    CHECK_HAS(applied.faults.items[0].message, "Did you mean src/deep/greet.py?");
    return OK;
}

TEST(limits_on_files_and_bytes_hold)
{
    GivenFiles *files = given_files(s);
    Draft *draft =
        draft_open(s, &files->source, (DraftLimits){.files = 2, .file_bytes = 10, .bytes = 12});
    EditFaultList faults = {0};
    EditAnswer answer;

    edits_read(s,
               BYTES("{\"edits\":[{\"path\":\"a\",\"op\":\"create\",\"replace\":\"12345678901\"},"
                     "{\"path\":\"b\",\"op\":\"create\",\"replace\":\"123456\"},{\"path\":\"c\","
                     "\"op\":\"create\",\"replace\":\"12345\"},"
                     "{\"path\":\"d\",\"op\":\"create\",\"replace\":\"1\"},{\"path\":\"e\",\"op\":"
                     "\"create\",\"replace\":\"1\"}]}"),
               &answer);
    TRY(draft_apply(s, draft, &answer.edits, &faults));
    CHECK_EQ(faults.count, 3);
    CHECK_EQ(faults.items[0].kind, FAULT_LIMIT);
    DraftFileList changes = draft_changes(s, draft);
    CHECK_EQ(changes.count, 2);
    CHECK_TEXT(changes.items[0].path, "b");
    CHECK_TEXT(changes.items[1].path, "d");
    return OK;
}

TEST(what_is_edited_back_is_no_change)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "a.txt", "x\n");
    TRY(answer_applied(
        s, files,
        "{\"edits\":[{\"path\":\"a.txt\",\"find\":\"x\",\"replace\":\"y\"},{\"path\":\"a.txt\","
        "\"find\":\"y\",\"replace\":\"x\"},"
        "{\"path\":\"b\",\"op\":\"create\",\"replace\":\"1\"},{\"path\":\"b\",\"op\":\"delete\"}]}",
        &applied));
    CHECK_EQ(applied.faults.count, 0);
    CHECK_EQ(draft_changes(s, applied.draft).count, 0);
    return OK;
}

TEST(an_answer_of_wrong_edits_alone_is_not_tried_to_its_end)
{
    GivenFiles *files = given_files(s);
    Buffer b = buffer_in(s);
    Applied applied;

    given_file(s, files, "a.txt", lines(s, 1000));
    buffer_text(&b, "{\"edits\":[{\"path\":\"b.txt\",\"op\":\"create\",\"replace\":\"b\"}");
    for (int i = 0; i < 400; i++)
        buffer_format(&b, ",{\"path\":\"a.txt\",\"find\":\"nothing like %d\",\"replace\":\"x\"}",
                      i);
    buffer_text(&b, "]}");
    TRY(answer_applied(s, files, buffer_string(&b), &applied));
    CHECK_EQ(applied.faults.count, EDIT_FAULTS_MAX);
    CHECK_HAS(applied.faults.items[EDIT_FAULTS_MAX - 1].message, "none of the answer was applied");
    CHECK_EQ(draft_changes(s, applied.draft).count, 0);
    return OK;
}

TEST(long_runs_of_equal_lines_are_compared_in_linear_time)
{
    Buffer before = buffer_in(s);
    Buffer find = buffer_in(s);
    int64_t start = clock_us();

    for (int i = 0; i < 200000; i++)
        buffer_text(&before, "a\n");
    for (int i = 0; i < 100000; i++)
        buffer_text(&find, "a\n");
    buffer_text(&find, "b\n");
    CHECK_TEXT(edited(s, buffer_string(&before),
                      text(s, "a.txt\n<<<<<<< SEARCH\n%s=======\nx\n>>>>>>> REPLACE\n",
                           buffer_string(&find))),
               "<not_found>");
    CHECK(clock_us() - start < 20 * US_PER_S); /* a product of both would take minutes */
    return OK;
}

TEST(json_that_was_valid_stays_valid)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_file(s, files, "a.json", "{\"a\": 1}\n");
    given_file(s, files, "b.json", "// with a comment\n{\"a\": 1}\n");
    TRY(answer_applied(s, files,
                       "{\"edits\":[{\"path\":\"a.json\",\"find\":\"1}\",\"replace\":\"2,\"},"
                       "{\"path\":\"b.json\",\"find\":\"1}\",\"replace\":\"2}\"}]}",
                       &applied));
    CHECK_EQ(applied.faults.count, 1);
    CHECK_HAS(applied.faults.items[0].message, "no valid JSON any more");
    CHECK_TEXT(draft_text(s, applied.draft, "a.json"), "{\"a\": 1}\n");
    CHECK_TEXT(draft_text(s, applied.draft, "b.json"), "// with a comment\n{\"a\": 2}\n");
    return OK;
}
