/* Whole calls against a scripted server: the happy ways, and each way an answer can be bad. */

#include "test/llm/given.h"

#define SAYS(t) DATA("{'choices':[{'delta':{'content':'" t "'}}]}")
#define STOP    DATA("{'choices':[{'delta':{},'finish_reason':'stop'}]}")
#define USED    DATA("{'choices':[],'usage':{'prompt_tokens':10,'completion_tokens':5}}")
#define DONE    DATA("[DONE]")
#define GOOD    SAYS("hi ") SAYS("there") STOP USED DONE

static fallible ask_chat(Scope *s, Script *script, Heard *heard, LlmReply *out)
{
    LlmModel model = given_model(s, script, PROVIDER_OPENAI, LLM_CHAT);

    return ask(s, &model, heard, out);
}

TEST(an_answer_is_streamed_and_summed_up)
{
    Script *script =
        GIVEN_SCRIPT(s, {.headers = "Content-Type: text/event-stream\r\nx-request-id: req-7\r\n",
                         .body = GOOD,
                         .piece = 1});
    Heard *heard = given_heard(s);
    LlmReply reply;

    TRY(ask_chat(s, script, heard, &reply));
    CHECK_TEXT(reply.text, "hi there");
    CHECK_TEXT(heard->said.data, "hi there");
    CHECK_TEXT(reply.request_id, "req-7");
    CHECK_EQ(reply.finish, LLM_FINISH_STOP);
    CHECK_EQ(reply.usage.input_tokens, 10);
    CHECK_EQ(heard->spent.output_tokens, 5);
    CHECK(!reply.usage_estimated);
    CHECK_TEXT(script_asked(s, script, 0).path, "/v1/chat/completions");
    CHECK_TEXT(script_header(s, script, 0, "Authorization"), "Bearer sk-secret");
    return OK;
}

TEST(each_provider_is_asked_in_its_own_way)
{
    Script *script = GIVEN_SCRIPT(
        s,
        {.body = DATA("{'type':'response.completed','response':{'status':'completed','output':[{'"
                      "type':'message',"
                      "'content':[{'type':'output_text','text':'a'}]}]}}")},
        {.body = DATA(
             "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':'b'}}")
             DATA("{'type':'message_stop'}")},
        {.body =
             DATA("{'candidates':[{'content':{'parts':[{'text':'c'}]},'finishReason':'STOP'}]}")});
    const LlmModel models[] = {given_model(s, script, PROVIDER_OPENAI, LLM_RESPONSES),
                               given_model(s, script, PROVIDER_ANTHROPIC, 0),
                               given_model(s, script, PROVIDER_GOOGLE, 0)};
    static const char *const said[] = {"a", "b", "c"},
                             *const paths[] =
                                 {"/v1/responses", "/v1/messages",
                                  "/v1beta/models/test-model:streamGenerateContent?alt=sse"},
                             *const keys[] = {"Authorization", "x-api-key", "x-goog-api-key"};

    for (size_t i = 0; i < COUNT_OF(models); i++) {
        LlmReply reply;
        TRY(ask(s, &models[i], given_heard(s), &reply));
        CHECK_TEXT(reply.text, said[i]);
        CHECK_TEXT(script_asked(s, script, i).path, paths[i]);
        CHECK_HAS(script_header(s, script, i, keys[i]), "sk-secret");
    }
    return OK;
}

TEST(a_server_that_tells_no_usage_gets_an_estimate)
{
    Script *script = GIVEN_SCRIPT(s, {.body = SAYS("one two three four") STOP});
    Heard *heard = given_heard(s);
    LlmReply reply;

    TRY(ask_chat(s, script, heard, &reply));
    CHECK(reply.usage_estimated);
    CHECK_EQ(heard->times_estimated, 1);
    CHECK_EQ(reply.usage.output_tokens, 4);
    CHECK(reply.usage.input_tokens > 10 && reply.usage.input_tokens < 200);
    return OK;
}

TEST(an_answer_as_one_json_document_is_taken)
{
    Script *script = GIVEN_SCRIPT(
        s, {.headers = "Content-Type: application/json\r\n",
            .body = "{'choices':[{'message':{'content':'whole'},'finish_reason':'stop'}]}"});
    LlmReply reply;

    TRY(ask_chat(s, script, given_heard(s), &reply));
    CHECK_TEXT(reply.text, "whole");
    return OK;
}

/* The call fails once with this code and is not tried again. */
static fallible fails_for_good(Scope *s, Step step, ErrorKind kind, const char *code)
{
    Script *script = given_script(s, (const Step[]){step, {.body = GOOD}}, 2);
    LlmReply reply;
    Error *e = ask_chat(s, script, given_heard(s), &reply);

    CHECK(e != NULL);
    CHECK_TEXT(e->code, code);
    CHECK_EQ(e->kind, kind);
    CHECK(!strstr(e->message, "sk-secret"));
    CHECK_EQ(script_count(script), 1);
    return OK;
}

#define JSON_ERROR(status_, body_)                                                                 \
    (Step)                                                                                         \
    {                                                                                              \
        .status = status_, .headers = "Content-Type: application/json\r\n", .body = body_          \
    }

TEST(what_a_repeat_cannot_mend_is_not_repeated)
{
    TRY(fails_for_good(s, JSON_ERROR("401 No", "{'error':{'message':'wrong: sk-secret'}}"), DENIED,
                       "key_refused"));
    TRY(fails_for_good(s, JSON_ERROR("404 No", "{'error':{'code':'model_not_found'}}"), MISSING,
                       "model_unknown"));
    TRY(fails_for_good(s, JSON_ERROR("429 No", "{'error':{'code':'insufficient_quota'}}"), DENIED,
                       "no_credit"));
    TRY(fails_for_good(s, JSON_ERROR("400 No", "{'error':{'code':'context_length_exceeded'}}"),
                       INVALID, "context_too_long"));
    TRY(fails_for_good(s, JSON_ERROR("400 No", "{'error':{'message':'key sk-secret'}}"), INVALID,
                       "request_refused"));
    TRY(fails_for_good(s, JSON_ERROR("413 No", ""), TOO_LARGE, "request_too_large"));
    TRY(fails_for_good(
        s, (Step){.status = "404 No", .headers = "Content-Type: text/html\r\n", .body = "<html>"},
        MISSING, "address_wrong"));
    TRY(fails_for_good(
        s, (Step){.headers = "Content-Type: text/html; charset=utf-8\r\n", .body = "<html>"},
        MISSING, "address_wrong"));
    TRY(fails_for_good(
        s, (Step){.status = "302 Found", .headers = "Location: http://127.0.0.1:1/\r\n"}, MISSING,
        "address_wrong"));
    return OK;
}

TEST(bad_answers_have_their_own_codes)
{
    TRY(fails_for_good(
        s,
        (Step){.body = SAYS("x") DATA("{'choices':[{'delta':{},'finish_reason':'length'}]}") DONE},
        UPSTREAM, "answer_truncated"));
    TRY(fails_for_good(
        s,
        (Step){.body =
                   DATA("{'choices':[{'delta':{'refusal':'no'},'finish_reason':'stop'}]}") DONE},
        UPSTREAM, "answer_refused"));
    TRY(fails_for_good(s,
                       (Step){.body = SAYS("x") DATA(
                                  "{'choices':[{'delta':{},'finish_reason':'content_filter'}]}")},
                       UPSTREAM, "answer_filtered"));
    TRY(fails_for_good(
        s, (Step){.body = DATA("{'error':{'message':'quota','code':'insufficient_quota'}}")},
        DENIED, "no_credit"));
    return OK;
}

TEST(a_truncated_answer_is_one_for_those_who_take_it)
{
    Script *script = GIVEN_SCRIPT(
        s, {.body = SAYS("half") DATA("{'choices':[{'delta':{},'finish_reason':'length'}]}")});
    LlmModel model = given_model(s, script, PROVIDER_OPENAI, LLM_CHAT);
    LlmRequest rq = given_request(s, &model);
    LlmReply reply;

    rq.takes_truncated = true;
    TRY(llm_complete(s, given_llm(s, &fast), &rq, NULL, &reply));
    CHECK_EQ(reply.finish, LLM_FINISH_LENGTH);
    CHECK_TEXT(reply.text, "half");
    return OK;
}

TEST(a_truncated_answer_still_counts_what_it_cost)
{
    Script *script = GIVEN_SCRIPT(
        s, {.body = DATA("{'choices':[{'delta':{},'finish_reason':'length'}]}") USED DONE});
    Heard *heard = given_heard(s);
    LlmReply reply;

    FAILS(UPSTREAM, ask_chat(s, script, heard, &reply));
    CHECK_EQ(heard->times_spent, 1);
    CHECK_EQ(heard->spent.output_tokens, 5);
    return OK;
}

TEST(an_answer_over_its_limit_is_stopped)
{
    Buffer b = buffer_in(s);
    Script *script;
    LlmReply reply;

    while (b.size < LLM_ANSWER_MAX + (1 << 20))
        buffer_format(&b, "data: {'choices':[{'delta':{'content':'%0*d'}}]}\n\n", 60000, 0);
    script = GIVEN_SCRIPT(s, {.body = b.data});
    Error *e = ask_chat(s, script, given_heard(s), &reply);
    CHECK(e != NULL);
    CHECK_TEXT(e->code, "answer_too_large");
    return OK;
}

TEST(what_the_sink_objects_to_ends_the_call)
{
    Script *script = GIVEN_SCRIPT(s, {.body = GOOD});
    Heard *heard = given_heard(s);
    LlmReply reply;

    heard->objection = error_new(s, CONFLICT, "enough");
    FAILS(CONFLICT, ask_chat(s, script, heard, &reply));
    CHECK_TEXT(heard->said.data, "hi ");
    CHECK_EQ(heard->times_spent, 1); /* the tokens are gone nevertheless */
    return OK;
}

TEST(a_request_without_a_message_is_not_sent)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_CHAT);
    LlmReply reply;

    FAILS(INVALID,
          llm_complete(s, given_llm(s, &fast), &(LlmRequest){.model = &model}, NULL, &reply));
    return OK;
}

TEST(the_processs_settings_become_those_of_calls)
{
    const char *const variables[] = {"DURSOR_LLM_IDLE_SECONDS=7", "XDG_CONFIG_HOME=/nowhere",
                                     "DURSOR_DATA_DIR=/nowhere", NULL};
    Settings *settings;

    TRY(settings_load(s, &(SettingsSource){.environ = variables}, &settings));
    LlmSettings llm = llm_settings(settings);
    CHECK_EQ(llm.idle_us, 7 * US_PER_S);
    CHECK_EQ(llm.thinking_idle_us, 7 * US_PER_S);
    CHECK_EQ(llm.first_byte_us, 120 * US_PER_S);
    CHECK_EQ(llm.other_first_byte_us, 0); /* its own preset */
    CHECK_EQ(llm.concurrency, 8);
    return OK;
}
