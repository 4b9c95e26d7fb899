/* The conversation: tools, texts, repairs, limits and money. */

#include "test/agent/given_talk.h"

#define EDIT(find, replace)                                                                        \
    {                                                                                              \
        .calls = {                                                                                 \
            {"edit_files",                                                                         \
             "{\"edits\":[{\"path\":\"greet.py\",\"op\":\"replace\",\"find\":\"" find              \
             "\",\"replace\":\"" replace "\"}],\"summary\":\"It says hi.\"}"}                      \
        }                                                                                          \
    }

static GivenTalk *greeting_talk(Scope *s, const ScriptedAnswer *script)
{
    GivenTalk *talk = given_talk(s, script);

    given_file(s, talk->files, "greet.py", "def greet():\n    return 'hello'\n");
    given_file(s, talk->files, "README.md", "# Greeter\n");
    given_file(s, talk->files, "src/deep/words.py", "WORDS = ['hello']\n");
    given_file(s, talk->files, ".env", "KEY=secret-value\n");
    return talk;
}

TEST(one_edit_call_is_one_turn)
{
    static const ScriptedAnswer script[] = {EDIT("'hello'", "'hi'"), {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_EQ(talk->result.outcome, AGENT_CHANGED);
    CHECK_TEXT(changed(s, talk, "greet.py"), "def greet():\n    return 'hi'\n");
    CHECK_TEXT(talk->result.summary, "It says hi.");
    CHECK_EQ(talk->heard.count, 1);
    CHECK_EQ(talk->result.usage.output_tokens, 100);
    CHECK_TEXT(told(s, talk, AGENT_PHASE), "reading\nasking\napplying\ndone");
    return OK;
}

TEST(the_first_message_shows_tree_files_and_instruction_but_no_secret)
{
    static const ScriptedAnswer script[] = {EDIT("'hello'", "'hi'"), {0}};
    GivenTalk *talk = greeting_talk(s, script);

    *list_add(s, &talk->task.history) = (AgentMessage){"Make a greeter.", "There is one now."};
    TRY(talk_run(s, talk));
    CHECK_HAS(heard(talk, 0), "src/deep/ words.py");
    CHECK_HAS(heard(talk, 0), "### greet.py\n````\ndef greet():\n    return 'hello'\n````\n");
    CHECK_HAS(heard(talk, 0), "# The instruction\nChange the greeting.\n");
    CHECK_HAS(heard(talk, 0), "What was done: There is one now.");
    CHECK(!strstr(heard(talk, 0), "secret-value"));
    CHECK_HAS(talk->heard.items[0].system, "*.pem");
    return OK;
}

TEST(a_model_reads_and_searches_before_it_edits)
{
    static const ScriptedAnswer script[] = {
        {.text = "I look first.",
         .calls = {{"search", "{\"query\":\"hello\"}"},
                   {"read_files",
                    "{\"paths\":[\"src/deep/words.py\",\".env\",\"nope.py\",\"words.py\"]}"}}},
        {.calls = {{"edit_files",
                    "{\"edits\":[{\"path\":\"src/deep/"
                    "words.py\",\"find\":\"hello\",\"replace\":\"hi\"}],\"summary\":\"x\"}"}}},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    talk->task.settings.context_tokens = 50;
    TRY(talk_run(s, talk));
    CHECK_TEXT(changed(s, talk, "src/deep/words.py"), "WORDS = ['hi']\n");
    CHECK_HAS(heard(talk, 1), "WORDS = ['hello']");
    CHECK_HAS(heard(talk, 1), "### .env\n(not shown: it is forbidden)");
    CHECK_HAS(heard(talk, 1),
              "### words.py\n(not shown: there is no such file)\nDid you mean src/deep/words.py?");
    CHECK_HAS(told(s, talk, AGENT_LOG), "I look first.");
    return OK;
}

TEST(a_wrong_edit_is_sent_back_with_the_real_lines)
{
    static const ScriptedAnswer script[] = {
        EDIT("def greet(name):\\n    return 'hello'\\n", "x"), EDIT("'hello'", "'hi'"), {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_TEXT(changed(s, talk, "greet.py"), "def greet():\n    return 'hi'\n");
    CHECK_HAS(heard(talk, 1), "lines 1 to 2, which read exactly");
    CHECK_HAS(heard(talk, 1), "def greet():\n    return 'hello'\n");
    CHECK_HAS(told(s, talk, AGENT_TURN), "\"kind\":\"not_found\"");
    CHECK_HAS(told(s, talk, AGENT_PHASE), "repairing");
    CHECK_EQ(talk->result.usage.calls, 2);
    return OK;
}

TEST(what_never_fits_is_asked_for_whole_and_then_fails_with_words)
{
    static const ScriptedAnswer script[] = {
        EDIT("nothing like it at all 1", "x"), EDIT("nothing like it at all 2", "x"),
        EDIT("nothing like it at all 3", "x"), EDIT("nothing like it at all 4", "x"),
        EDIT("nothing like it at all 5", "x"), {0}};
    GivenTalk *talk = greeting_talk(s, script);
    Error *e = talk_run(s, talk);

    CHECK(failed_as(e, UPSTREAM));
    CHECK_TEXT(e->code, "edits_unusable");
    CHECK_HAS(e->message, "greet.py: find is not in the file");
    CHECK_EQ(talk->heard.count, 5);
    CHECK_HAS(heard(talk, 4), "Send each of these files whole instead, with op rewrite");
    CHECK_HAS(told(s, talk, AGENT_LOG), "[these edits could not be applied:]");
    return OK;
}

TEST(the_whole_file_saves_the_run)
{
    static const ScriptedAnswer script[] = {
        EDIT("nothing 1", "x"),
        EDIT("nothing 2", "x"),
        EDIT("nothing 3", "x"),
        EDIT("nothing 4", "x"),
        {.calls = {{"edit_files",
                    "{\"edits\":[{\"path\":\"greet.py\",\"op\":\"rewrite\",\"replace\":\"def "
                    "greet():\\n    return 'hi'\\n\"}],\"summary\":\"y\"}"}}},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_TEXT(changed(s, talk, "greet.py"), "def greet():\n    return 'hi'\n");
    return OK;
}

TEST(nothing_to_change_is_a_result_with_the_models_words)
{
    static const ScriptedAnswer script[] = {
        {.calls = {{"edit_files", "{\"edits\":[],\"summary\":\"It says hello already.\"}"}}}, {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_EQ(talk->result.outcome, AGENT_UNCHANGED);
    CHECK_TEXT(talk->result.summary, "It says hello already.");
    CHECK_EQ(talk->result.changes.count, 0);
    return OK;
}

TEST(an_answer_without_edits_is_asked_about_once)
{
    static const ScriptedAnswer script[] = {
        {.text = "The greeting is fine."}, {.text = "NO CHANGES\nIt is fine, really."}, {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_EQ(talk->heard.count, 2);
    CHECK_HAS(heard(talk, 1), "That answer holds no edits.");
    CHECK_TEXT(talk->result.summary, "It is fine, really.");
    CHECK_EQ(talk->result.outcome, AGENT_UNCHANGED);
    return OK;
}

TEST(a_model_with_tools_may_answer_in_text)
{
    static const ScriptedAnswer script[] = {
        {.text = "*** Begin Patch\n*** Update File: greet.py\n@@\n-    return 'hello'\n+    return "
                 "'hi'\n*** End Patch\n"},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_TEXT(changed(s, talk, "greet.py"), "def greet():\n    return 'hi'\n");
    CHECK_HAS(told(s, talk, AGENT_TURN), "\"edit_form\":\"v4a\"");
    return OK;
}

TEST(unknown_models_are_asked_for_whole_files_and_may_ask_in_text)
{
    static const ScriptedAnswer script[] = {
        {.text = "READ: `src/deep/words.py`\nSEARCH: hello\n"},
        {.text = "Done.\n\ngreet.py\n```python\ndef greet():\n    return 'hi'\n```\n"},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    talk->task.settings.context_tokens = 50;
    talk->model.model_name = "some-local-model";
    talk->model.base_url = "http://localhost:1/v1";
    TRY(talk_run(s, talk));
    CHECK_EQ(talk->heard.items[0].tools, 0);
    CHECK_HAS(talk->heard.items[0].system, "each file that changes, whole");
    CHECK_HAS(heard(talk, 1), "WORDS = ['hello']");
    CHECK_HAS(heard(talk, 1), "greet.py:2:     return 'hello'");
    CHECK_TEXT(changed(s, talk, "greet.py"), "def greet():\n    return 'hi'\n");
    return OK;
}

TEST(a_server_that_refuses_tools_is_asked_without)
{
    static const ScriptedAnswer script[] = {
        {.fails = INVALID, .code = "request_refused"},
        {.text = "greet.py\n<<<<<<< SEARCH\n    return 'hello'\n=======\n    return 'hi'\n>>>>>>> "
                 "REPLACE\n"},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_EQ(talk->heard.items[0].tools, 3);
    CHECK_EQ(talk->heard.items[1].tools, 0);
    CHECK_TEXT(changed(s, talk, "greet.py"), "def greet():\n    return 'hi'\n");
    return OK;
}

TEST(a_prompt_that_is_too_long_is_made_shorter)
{
    static const ScriptedAnswer script[] = {
        {.fails = INVALID, .code = "context_too_long"}, EDIT("'hello'", "'hi'"), {0}};
    GivenTalk *talk = greeting_talk(s, script);
    Buffer big = buffer_in(s);

    for (int i = 0; i < 6000; i++)
        buffer_format(&big, "hello = 'line %d of a long file about greeting'\n", i);
    given_file(s, talk->files, "greeting.py", buffer_string(&big));
    talk->task.instruction = "Change greeting.py and greet.py";
    TRY(talk_run(s, talk));
    CHECK(strlen(heard(talk, 1)) < strlen(heard(talk, 0)));
    CHECK_EQ(talk->result.outcome, AGENT_CHANGED);
    return OK;
}

TEST(an_answer_that_was_cut_off_is_never_applied)
{
    static const ScriptedAnswer script[] = {
        {.text = "--- a/greet.py\n+++ b/greet.py\n@@ -1,2 +1,2 @@\n def greet():\n-    return "
                 "'hello'\n+    ret",
         .finish = LLM_FINISH_LENGTH},
        EDIT("'hello'", "'hi'"),
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_TEXT(changed(s, talk, "greet.py"), "def greet():\n    return 'hi'\n");
    CHECK_HAS(heard(talk, 1), "was cut off");
    CHECK(talk->heard.items[1].max_output_tokens > talk->heard.items[0].max_output_tokens);
    CHECK_HAS(told(s, talk, AGENT_WARNING), "cut off");
    return OK;
}

TEST(answers_that_never_end_fail_the_run)
{
    static const ScriptedAnswer script[] = {{.text = "a", .finish = LLM_FINISH_LENGTH},
                                            {.text = "b", .finish = LLM_FINISH_LENGTH},
                                            {.text = "c", .finish = LLM_FINISH_LENGTH},
                                            {0}};
    GivenTalk *talk = greeting_talk(s, script);
    Error *e = talk_run(s, talk);

    CHECK(failed_as(e, UPSTREAM));
    CHECK_TEXT(e->code, "answer_truncated");
    return OK;
}

TEST(a_refused_path_is_told_and_the_rest_counts)
{
    static const ScriptedAnswer script[] = {
        {.calls =
             {{"edit_files",
               "{\"edits\":[{\"path\":\".env\",\"op\":\"rewrite\",\"replace\":\"x\"},{\"path\":"
               "\"greet.py\",\"find\":\"hello\",\"replace\":\"hi\"}],\"summary\":\"a\"}"}}},
        {.calls = {{"edit_files", "{\"edits\":[],\"summary\":\"Only the greeting.\"}"}}},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_HAS(heard(talk, 1), "edit 1, .env: this path is not to be changed");
    CHECK_HAS(told(s, talk, AGENT_WARNING), ".env was not changed");
    CHECK_EQ(talk->result.changes.count, 1);
    CHECK_TEXT(talk->result.summary, "Only the greeting.");
    return OK;
}

TEST(an_edit_left_out_after_a_fault_is_a_warning)
{
    static const ScriptedAnswer script[] = {
        {.calls = {{"edit_files", "{\"edits\":[{\"path\":\"README.md\",\"find\":\"not there at "
                                  "all\",\"replace\":\"x\"},{\"path\":\"greet.py\",\"find\":"
                                  "\"hello\",\"replace\":\"hi\"}],\"summary\":\"a\"}"}}},
        {.calls = {{"edit_files", "{\"edits\":[],\"summary\":\"No need for the README.\"}"}}},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_EQ(talk->result.changes.count, 1);
    CHECK_HAS(talk->result.warnings.items[0].text, "README.md did not fit");
    return OK;
}

TEST(edits_that_never_name_a_file_leave_a_warning)
{
    static const ScriptedAnswer unread = {.text =
                                              "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n"};
    ScriptedAnswer script[] = {
        {.calls = {{"edit_files",
                    "{\"edits\":[{\"path\":\"greet.py\",\"find\":\"hello\",\"replace\":\"hi\"}],"
                    "\"summary\":\"a\",\"more\":true}"}}},
        unread,
        unread,
        unread,
        unread,
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_EQ(talk->result.changes.count, 1);
    CHECK_HAS(talk->result.warnings.items[0].text, "could not be read");
    return OK;
}

TEST(further_edits_may_follow_in_another_call)
{
    static const ScriptedAnswer script[] = {
        {.calls = {{"edit_files", "{\"edits\":[{\"path\":\"greet.py\",\"find\":\"hello\","
                                  "\"replace\":\"hi\"}],\"summary\":\"a\",\"more\":true}"}}},
        {.calls = {{"read_files", "{\"paths\":[\"greet.py\"]}"}}},
        {.calls = {{"edit_files", "{\"edits\":[{\"path\":\"greet.py\",\"find\":\"hi\",\"replace\":"
                                  "\"hey\"}],\"summary\":\"b\"}"}}},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_HAS(heard(talk, 1), "Applied: greet.py.");
    CHECK_HAS(heard(talk, 2), "return 'hi'");
    CHECK_TEXT(changed(s, talk, "greet.py"), "def greet():\n    return 'hey'\n");
    return OK;
}

TEST(who_edits_and_asks_to_see_more_is_not_done)
{
    static const ScriptedAnswer script[] = {
        {.calls = {{"edit_files", "{\"edits\":[{\"path\":\"greet.py\",\"find\":\"hello\","
                                  "\"replace\":\"hi\"}],\"summary\":\"a\"}"},
                   {"search", "{\"query\":\"WORDS\"}"}}},
        {.calls = {{"edit_files",
                    "{\"edits\":[{\"path\":\"src/deep/"
                    "words.py\",\"find\":\"hello\",\"replace\":\"hi\"}],\"summary\":\"b\"}"}}},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_EQ(talk->heard.count, 2);
    CHECK_EQ(talk->result.changes.count, 2);
    return OK;
}

TEST(arguments_that_are_no_json_are_repaired)
{
    static const ScriptedAnswer script[] = {{.calls = {{"edit_files", "{\"edits\": [", true}}},
                                            {.calls = {{"fly", "{}"}}},
                                            EDIT("'hello'", "'hi'"),
                                            {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_HAS(heard(talk, 1), "no JSON object");
    CHECK_HAS(heard(talk, 2), "There is no such tool");
    CHECK_EQ(talk->result.outcome, AGENT_CHANGED);
    return OK;
}

TEST(turns_are_limited)
{
    static const ScriptedAnswer look = {.calls = {{"search", "{\"query\":\"hello\"}"}}};
    ScriptedAnswer script[] = {look, look, look, look, {0}};
    GivenTalk *talk = greeting_talk(s, script);

    talk->task.settings.turns = 3;
    Error *e = talk_run(s, talk);
    CHECK(failed_as(e, UPSTREAM));
    CHECK_TEXT(e->code, "turns_used_up");
    CHECK_EQ(talk->heard.count, 3);
    CHECK_HAS(heard(talk, 2), "the last one that counts");
    return OK;
}

TEST(a_renamed_file_becomes_a_rename)
{
    static const ScriptedAnswer script[] = {
        {.calls =
             {{"edit_files",
               "{\"edits\":[{\"path\":\"greet.py\",\"op\":\"rename\",\"new_path\":\"hello.py\"},"
               "{\"path\":\"README.md\",\"op\":\"delete\"},{\"path\":\"n.py\",\"op\":\"create\","
               "\"replace\":\"x\"}],\"summary\":\"a\"}"}}},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    TRY(talk_run(s, talk));
    CHECK_EQ(talk->result.changes.count, 3);
    CHECK_TEXT(changed(s, talk, "hello.py"), "(was greet.py)");
    CHECK_TEXT(changed(s, talk, "README.md"), "(gone)");
    CHECK_TEXT(changed(s, talk, "n.py"), "x\n");
    return OK;
}

/* ---- Money ---- */

static const Price dear = {
    .provider = PROVIDER_OPENAI, .model = "gpt-5.5", .input = 5, .output = 30};

TEST(a_budget_lowers_the_answer_then_refuses_the_call)
{
    static const ScriptedAnswer script[] = {
        {.calls = {{"search", "{\"query\":\"hello\"}"}}, .output_tokens = 4000},
        EDIT("'hello'", "'hi'"),
        {0}};
    GivenTalk *talk = greeting_talk(s, script);

    talk->task.price = &dear;
    talk->task.settings.max_cost = (OptReal){true, 0.15};
    Error *e = talk_run(s, talk);
    CHECK(failed_as(e, LIMITED));
    CHECK_TEXT(e->code, "budget_spent");
    CHECK_EQ(talk->heard.count, 1);
    CHECK(talk->heard.items[0].max_output_tokens < 5000);
    CHECK(talk->heard.items[0].max_output_tokens > 3000);
    CHECK_EQ(talk->told.count > 0, true);
    return OK;
}

TEST(usage_is_told_call_by_call_with_its_cost)
{
    static const ScriptedAnswer script[] = {
        {.calls = {{"search", "{\"query\":\"hello\"}"}}}, EDIT("'hello'", "'hi'"), {0}};
    GivenTalk *talk = greeting_talk(s, script);
    int64_t calls = 0;

    talk->task.price = &dear;
    TRY(talk_run(s, talk));
    EACH (const AgentEvent, event, &talk->told)
        calls += event->kind == AGENT_USAGE && event->usage.cost_usd.set;
    CHECK_EQ(calls, 2);
    CHECK(talk->result.usage.cost_usd.set);
    CHECK(talk->result.usage.cost_usd.value > 0.0159 && talk->result.usage.cost_usd.value < 0.0161);
    return OK;
}

TEST(a_budget_without_a_price_is_a_warning)
{
    static const ScriptedAnswer script[] = {EDIT("'hello'", "'hi'"), {0}};
    GivenTalk *talk = greeting_talk(s, script);

    talk->task.settings.max_cost = (OptReal){true, 0.01};
    TRY(talk_run(s, talk));
    CHECK_HAS(told(s, talk, AGENT_WARNING), "the price of gpt-5.5 is not known");
    CHECK_TEXT(talk->result.warnings.items[0].code, "budget_not_kept");
    CHECK_TEXT(talk->result.warnings.items[0].params.text, "{\"model\":\"gpt-5.5\"}");
    CHECK(!talk->result.usage.cost_usd.set);
    return OK;
}

TEST(a_run_that_is_cancelled_ends)
{
    static const ScriptedAnswer script[] = {EDIT("'hello'", "'hi'"), {0}};
    GivenTalk *talk = greeting_talk(s, script);

    cancel_now(scope_cancel(s), "enough");
    FAILS(CANCELLED, talk_run(s, talk));
    return OK;
}

TEST(a_small_window_leaves_room_for_the_answer)
{
    static const Price small = {.provider = PROVIDER_OPENAI,
                                .model = "gpt-5.5",
                                .input = 5,
                                .output = 30,
                                .context_tokens = {true, 6000}};
    static const ScriptedAnswer script[] = {
        {.calls = {{"read_files", "{\"paths\":[\"big.py:1-500\"]}"}}},
        EDIT("'hello'", "'hi'"),
        {0}};
    GivenTalk *talk = greeting_talk(s, script);
    Buffer big = buffer_in(s);

    for (int i = 0; i < 3000; i++)
        buffer_format(&big, "value_%d = %d\n", i, i);
    given_file(s, talk->files, "big.py", buffer_string(&big));
    talk->task.price = &small;
    TRY(talk_run(s, talk));
    CHECK_HAS(heard(talk, 1), "you have seen as much as you may");
    CHECK(talk->heard.items[0].max_output_tokens < 6000);
    CHECK(talk->heard.items[0].max_output_tokens > 1000);
    return OK;
}
