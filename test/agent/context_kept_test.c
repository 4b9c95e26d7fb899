/* What is kept of what a model was given. */

#include "agent/given.h"

#include "base/json.h"
#include "test/agent/given_talk.h"

static const char edit[] = "{\"edits\":[{\"path\":\"greet.py\",\"op\":\"replace\",\"find\":"
                           "\"'hello'\",\"replace\":\"'hi'\"}],\"summary\":\"It says hi.\"}";

static GivenTalk *greeting_talk(Scope *s, const ScriptedAnswer *script)
{
    GivenTalk *talk = given_talk(s, script);

    given_file(s, talk->files, "greet.py", "def greet():\n    return 'hello'\n");
    given_file(s, talk->files, "src/deep/words.py", "WORDS = ['hello']\n");
    given_file(s, talk->files, ".env", "KEY=secret-value\n");
    return talk;
}

/* What was told of the context last. */
static fallible given_last(Scope *s, const GivenTalk *talk, RunContext *out)
{
    TextList all = text_split(s, told(s, talk, AGENT_CONTEXT), '\n');

    *out = (RunContext){0};
    return json_read(s, bytes_of(all.items[all.count - 1]), &run_context_type, out);
}

TEST(what_the_model_was_given_is_told_without_contents_of_files)
{
    static const ScriptedAnswer script[] = {{.calls = {{"edit_files", edit}}}, {0}};
    GivenTalk *talk = greeting_talk(s, script);
    RunContext given;

    TRY(talk_run(s, talk));
    TRY(given_last(s, talk, &given));
    CHECK_TEXT(given.system, talk->heard.items[0].system);
    CHECK_HAS(given.prompt, "# The instruction\nChange the greeting.\n");
    CHECK(!strstr(given.prompt, "return 'hello'") && !strstr(given.prompt, "secret-value"));
    CHECK_TEXT(given.files.items[0].path, "greet.py");
    CHECK(given.files.items[0].bytes > 30 && given.files.items[0].tokens > 0);
    CHECK(!text_empty(given.files.items[0].reason));
    CHECK(given.tokens.set && given.tokens.value > 100 && !given.is_cut);
    return OK;
}

TEST(what_the_model_asked_to_see_is_among_what_it_was_given)
{
    static const ScriptedAnswer script[] = {
        {.calls = {{"read_files", "{\"paths\":[\"src/deep/words.py\",\".env\"]}"}}},
        {.calls = {{"edit_files", edit}}},
        {0}};
    GivenTalk *talk = greeting_talk(s, script);
    RunContext given;

    talk->task.settings.context_tokens = 50;
    TRY(talk_run(s, talk));
    TRY(given_last(s, talk, &given));
    const ContextFile *last = &given.files.items[given.files.count - 1];
    CHECK_TEXT(last->path, "src/deep/words.py");
    CHECK_TEXT(last->reason, "asked");
    return OK;
}

TEST(a_context_that_is_too_large_is_cut_and_says_so)
{
    Buffer controls = buffer_in(s);
    RunContext context = {.system = "You are.", .tokens = {true, 9}}, kept = {0};

    for (int i = 0; i < 100000; i++)
        buffer_char(&controls, '\x01'); /* six bytes each in JSON */
    context.prompt = buffer_string(&controls);
    for (int i = 0; i < 2 * GIVEN_FILES_MAX; i++)
        *list_add(s, &context.files) = (ContextFile){text(s, "src/%d.c", i), 1, 1, "named"};
    const char *json = given_json(s, &context);
    CHECK(strlen(json) <= GIVEN_JSON_MAX);
    TRY(json_read(s, bytes_of(json), &run_context_type, &kept));
    CHECK(kept.is_cut && kept.files.count > 0 && strlen(kept.prompt) > 1000);
    CHECK_TEXT(kept.system, "You are.");
    return OK;
}
