/* Whole conversations in all four protocols with the scripted model server, which checks requests as
 * the providers do and was written apart from the drivers. */

#include "cli/demo_llm.h"
#include "test/llm/given.h"

static const char script[] =
    "{'models':["
    "{'name':'worker','steps':["
    "{'thinking':'two "
    "files','text':'Looking.','usage':{'input':30,'output':9,'cache_read':20,'cache_write':5},"
    "'tools':[{'name':'read','input':{'path':'a'}},{'name':'read','input':{'path':'b'}}]},"
    "{'thinking':'now','text':'Grüße: done.'}]},"
    "{'name':'short','steps':[{'text':'half an ans','stop':'length'}]},"
    "{'name':'shy','steps':[{'text':'I','stop':'filter'}]},"
    "{'name':'cut','faults':[{'at':1,'cut':2}],'steps':[{'text':'one two three four five six'}]},"
    "{'name':'busy','faults':[{'at':1,'status':429},{'at':2,'status':500}],'steps':[{'text':'ok'}]}"
    "]}";

typedef struct Way {
    Provider provider;
    LlmApi api;
} Way;

static const Way ways[] = {{PROVIDER_OPENAI, LLM_CHAT},
                           {PROVIDER_OPENAI, LLM_RESPONSES},
                           {PROVIDER_ANTHROPIC, LLM_MESSAGES},
                           {PROVIDER_GOOGLE, LLM_GEMINI}};

static fallible given_demo(Scope *s, const char *key, const char **url)
{
    DemoLlm *demo;

    TRY(demo_llm_start(
        s, &(DemoLlmOptions){.script = bytes_of(quoted(s, script)), .key = key, .instant = true},
        &demo));
    *url = demo_llm_url(s, demo);
    return OK;
}

static LlmModel model_at(const char *url, const Way *way, const char *name)
{
    return (LlmModel){.provider = way->provider,
                      .api = way->api,
                      .model_name = name,
                      .base_url = url,
                      .api_key = "sk-secret"};
}

static void add_results(Scope *s, LlmRequest *rq, const LlmReply *reply)
{
    *list_add(s, &rq->messages) = llm_reply_message(reply);
    EACH (const LlmToolCall, call, &reply->tool_calls)
        *list_add(s, &rq->messages) = (LlmMessage){.role = LLM_TOOL,
                                                   .tool_call_id = call->id,
                                                   .tool_name = call->name,
                                                   .text = call->arguments.text};
}

static fallible converse(Scope *s, const LlmModel *model)
{
    Llm *llm = given_llm(s, &fast);
    LlmRequest rq = given_request(s, model);
    LlmReply reply;

    rq.system = "be good";
    rq.continues = true;
    *list_add(s, &rq.tools) = (LlmTool){"read", "reads a file", {NULL}};
    TRY(llm_complete(s, llm, &rq, NULL, &reply));
    CHECK_TEXT(reply.text, "Looking.");
    CHECK_EQ(reply.finish, LLM_FINISH_TOOL_CALLS);
    CHECK_EQ(reply.tool_calls.count, 2);
    CHECK_HAS(reply.tool_calls.items[1].arguments.text, "\"b\"");
    CHECK_EQ(reply.usage.input_tokens + reply.usage.cache_write_tokens, 35);
    CHECK_EQ(reply.usage.cache_read_tokens, 20);
    add_results(s, &rq, &reply);
    TRY(llm_complete(s, llm, &rq, NULL,
                     &reply)); /* the server refuses what does not fit together */
    CHECK_TEXT(reply.text, "Grüße: done.");
    CHECK_EQ(reply.finish, LLM_FINISH_STOP);
    return OK;
}

TEST(a_conversation_with_parallel_calls_runs_in_every_protocol)
{
    const char *url;

    TRY(given_demo(s, "sk-secret", &url));
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        LlmModel model = model_at(url, &ways[i], "worker");
        TRY_WHILE(converse(s, &model), "%s", name_of(llm_api_names, ways[i].api));
    }
    return OK;
}

/* In every protocol the model fails with this code. */
static fallible all_fail(Scope *s, const char *url, const char *name, const char *code)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        LlmModel model = model_at(url, &ways[i], name);
        LlmReply reply;
        Error *e = ask(s, &model, given_heard(s), &reply);
        if (!e || !text_equal(e->code, code))
            return fail(s, BUG, "%s: %s with %s, not %s", name_of(llm_api_names, ways[i].api), name,
                        e ? e->message : "success", code);
    }
    return OK;
}

TEST(failures_have_one_code_in_every_protocol)
{
    const char *url, *locked;

    TRY(given_demo(s, NULL, &url));
    TRY(given_demo(s, "another key", &locked));
    TRY(all_fail(s, url, "nobody", "model_unknown"));
    TRY(all_fail(s, locked, "worker", "key_refused"));
    return all_fail(s, url, "short", "answer_truncated");
}

TEST(a_filtered_or_refused_answer_is_told_in_every_protocol)
{
    const char *url;

    TRY(given_demo(s, NULL, &url));
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        LlmModel model = model_at(url, &ways[i], "shy");
        LlmReply reply;
        Error *e = ask(s, &model, given_heard(s), &reply);
        CHECK(failed_as(e, UPSTREAM));
        CHECK(text_equal(e->code, "answer_filtered") || text_equal(e->code, "answer_refused"));
    }
    return OK;
}

TEST(faults_that_pass_pass_in_every_protocol)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        const char *url;
        LlmReply cut, busy;
        TRY(given_demo(s, NULL, &url)); /* faults are counted by the server */
        LlmModel model = model_at(url, &ways[i], "cut");
        TRY(ask(s, &model, given_heard(s), &cut));
        CHECK_TEXT(cut.text, "one two three four five six");
        CHECK_EQ(cut.tries, 2);
        model = model_at(url, &ways[i], "busy");
        TRY(ask(s, &model, given_heard(s), &busy));
        CHECK_EQ(busy.tries, 3);
    }
    return OK;
}
