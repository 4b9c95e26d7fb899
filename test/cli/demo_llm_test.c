/* The demo server as clients of four protocols see it. */

#include "sys/file.h"
#include "sys/thread.h"
#include "test/cli/given_demo.h"

#define TWO_STEPS                                                                                      \
    "{'models':[{'name':'m','steps':["                                                                 \
    "{'thinking':'hm','text':'I look first.','tools':[{'name':'look','input':{'at':'ünïcödé \\\\ " \
    "text, long enough for pieces'}},"                                                                 \
    "{'name':'look','input':{}}],'usage':{'input':100,'output':7,'cache_read':40,'cache_write':3}"     \
    "},"                                                                                               \
    "{'text':'All done.'}]}]}"

/* One call, both tool results, another call. */
static fallible two_turns(Scope *s, const GivenDemo *given, LlmApi api, LlmReply replies[2])
{
    LlmModel model = demo_model(s, given, api);
    LlmRequest rq = a_request(s, &model, "do it");

    TRY_WHILE(llm_complete(s, given->llm, &rq, NULL, &replies[0]), "first");
    *list_add(s, &rq.messages) = llm_reply_message(&replies[0]);
    EACH (LlmToolCall, call, &replies[0].tool_calls)
        *list_add(s, &rq.messages) = (LlmMessage){
            .role = LLM_TOOL, .text = "seen", .tool_call_id = call->id, .tool_name = call->name};
    TRY_WHILE(llm_complete(s, given->llm, &rq, NULL, &replies[1]), "second");
    return OK;
}

TEST(each_protocol_streams_text_and_calls_and_goes_on_after_their_results)
{
    GivenDemo given;

    TRY(given_demo(s, TWO_STEPS, &given));
    for (int api = LLM_CHAT; api <= LLM_GEMINI; api++) {
        LlmReply replies[2];
        TRY_WHILE(two_turns(s, &given, (LlmApi)api, replies), "api %d", api);
        CHECK_TEXT(replies[0].text, "I look first.");
        CHECK_EQ(replies[0].finish, LLM_FINISH_TOOL_CALLS);
        CHECK_EQ(replies[0].tool_calls.count, 2);
        CHECK_HAS(replies[0].tool_calls.items[0].arguments.text, "ünïcödé");
        CHECK_EQ(replies[0].usage.output_tokens, 7);
        CHECK_EQ(replies[0].usage.cache_read_tokens, 40);
        CHECK_TEXT(replies[1].text, "All done.");
        CHECK_EQ(replies[1].finish, LLM_FINISH_STOP);
    }
    CHECK_EQ(demo_llm_requests(given.demo), 8);
    return OK;
}

TEST(each_protocol_answers_whole_when_no_stream_is_asked_for)
{
    GivenDemo given;
    HttpReply reply;

    TRY(given_demo(s, TWO_STEPS, &given));
    TRY(post(s, &given, "/v1/chat/completions",
             "{'model':'m','messages':[{'role':'user','content':'x'}]}", &reply));
    CHECK_HAS(reply.body.data, "\"finish_reason\":\"tool_calls\"");
    TRY(post(s, &given, "/v1/responses", "{'model':'m','input':'x'}", &reply));
    CHECK_HAS(reply.body.data, "\"status\":\"completed\"");
    TRY(post(s, &given, "/v1/messages",
             "{'model':'m','max_tokens':9,'messages':[{'role':'user','content':'x'}]}", &reply));
    CHECK_HAS(reply.body.data, "\"stop_reason\":\"tool_use\"");
    TRY(post(s, &given, "/v1beta/models/m:generateContent",
             "{'contents':[{'parts':[{'text':'x'}]}]}", &reply));
    CHECK_HAS(reply.body.data, "\"finishReason\":\"STOP\"");
    return OK;
}

/* ---- What a client does wrong ---- */

typedef struct Wrong {
    const char *path, *body, *words;
} Wrong;

static const Wrong wrongs[] = {
    {"/v1/chat/completions", "{'messages':[{'role':'user','content':'x'}]}",
     "model: a text is required"},
    {"/v1/chat/completions", "{'model':'m','messages':[]}", "messages"},
    {"/v1/chat/completions", "{'model':'m','messages':[{'role':'robot','content':'x'}]}",
     "messages.0: role"},
    {"/v1/chat/completions",
     "{'model':'m','messages':[{'role':'tool','content':'x','tool_call_id':'c'}]}", "was not made"},
    {"/v1/chat/completions",
     "{'model':'m','messages':[{'role':'user','content':'x'},{'role':'assistant','tool_calls':[{'"
     "id':'c','function':{'name':'f'}}]},"
     "{'role':'user','content':'y'}]}",
     "no result was sent"},
    {"/v1/chat/completions", "not json", "invalid_request_error"},
    {"/v1/responses", "{'model':'m','input':[]}", "input"},
    {"/v1/responses",
     "{'model':'m','input':[{'type':'function_call','call_id':'c','name':'f','arguments':'{}'}]}",
     "no result was sent"},
    {"/v1/responses",
     "{'model':'m','input':[{'type':'function_call_output','call_id':'c','output':''}]}",
     "was not made"},
    {"/v1/messages", "{'model':'m','messages':[{'role':'user','content':'x'}]}",
     "max_tokens: Field required"},
    {"/v1/messages", "{'model':'m','max_tokens':1,'messages':[{'role':'assistant','content':'x'}]}",
     "first message"},
    {"/v1/messages",
     "{'model':'m','max_tokens':1,'messages':[{'role':'user','content':[{'type':'tool_result','"
     "tool_use_id':'t'}]}]}",
     "was not made"},
    {"/v1/messages", "{'model':'m','max_tokens':1,'messages':[{'role':'system','content':'x'}]}",
     "role"},
    {"/v1beta/models/m:generateContent", "{'contents':[]}", "INVALID_ARGUMENT"},
    {"/v1beta/models/m:generateContent", "{'contents':[{'role':'robot','parts':[{'text':'x'}]}]}",
     "valid role"},
    {"/v1beta/models/m:generateContent",
     "{'contents':[{'parts':[{'functionResponse':{'name':'f','response':{}}}]}]}", "was not made"},
};

TEST(a_wrong_request_is_answered_400_in_the_providers_form)
{
    GivenDemo given;

    TRY(given_demo(s, TWO_STEPS, &given));
    for (size_t i = 0; i < COUNT_OF(wrongs); i++) {
        HttpReply reply;
        TRY(post(s, &given, wrongs[i].path, wrongs[i].body, &reply));
        CHECK_EQ(reply.status, 400);
        CHECK_HAS(reply.body.data, wrongs[i].words);
        CHECK_HAS(reply.body.data, "\"error\":{");
    }
    CHECK_EQ(demo_llm_requests(given.demo), 0);
    return OK;
}

TEST(unknown_models_paths_and_methods_are_refused)
{
    GivenDemo given;
    HttpReply reply;

    TRY(given_demo(s, TWO_STEPS, &given));
    TRY(post(s, &given, "/v1/messages",
             "{'model':'other','max_tokens':1,'messages':[{'role':'user','content':'x'}]}",
             &reply));
    CHECK_EQ(reply.status, 404);
    CHECK_HAS(reply.body.data, "not_found_error");
    TRY(post(s, &given, "/v2/what", "{}", &reply));
    CHECK_EQ(reply.status, 404);
    TRY(http_call(s, given.client,
                  &(HttpCall){.url = text(s, "%s/v1/responses", demo_llm_url(s, given.demo))},
                  &reply));
    CHECK_EQ(reply.status, 405);
    TRY(http_call(s, given.client,
                  &(HttpCall){.url = text(s, "%s/v1/models", demo_llm_url(s, given.demo))},
                  &reply));
    CHECK_HAS(reply.body.data, "\"id\":\"m\"");
    return OK;
}

TEST(a_key_is_asked_for_when_one_is_set_and_never_logged)
{
    const char *dir;
    GivenDemo given;
    Bytes log;

    TRY(directory_temporary(s, "/tmp", "demo", &dir));
    const char *path = text(s, "%s/log", dir);
    TRY(given_demo_with(s,
                        (DemoLlmOptions){.script = bytes_of(quoted(s, TWO_STEPS)),
                                         .key = "the-right-key",
                                         .log_path = path},
                        &given));
    for (int api = LLM_CHAT; api <= LLM_GEMINI; api++) {
        LlmModel model = demo_model(s, &given, (LlmApi)api);
        LlmRequest rq = a_request(s, &model, "x");
        LlmReply reply;
        model.api_key = "a-wrong-key";
        FAILS(DENIED, llm_complete(s, given.llm, &rq, NULL, &reply));
        model.api_key = "the-right-key";
        TRY(llm_complete(s, given.llm, &rq, NULL, &reply));
    }
    TRY(file_read(s, path, 1 << 20, &log));
    CHECK_HAS(log.data, "\"answered\":\"step after 0 turns, 0 answers\"");
    CHECK(!strstr(log.data, "the-right-key") && !strstr(log.data, "a-wrong-key"));
    return OK;
}

/* ---- Faults ---- */

static fallible answer_of(Scope *s, const char *script, LlmApi api, LlmReply *reply)
{
    GivenDemo given;

    TRY(given_demo(s, script, &given));
    LlmModel model = demo_model(s, &given, api);
    LlmRequest rq = a_request(s, &model, "x");
    return llm_complete(s, given.llm, &rq, NULL, reply);
}

TEST(a_fault_comes_once_and_the_next_try_succeeds)
{
    static const char *const faults[] = {
        "{'at':1,'status':429,'retry_after':1}",
        "{'at':1,'status':503}",
        "{'at':1,'reset':true}",
        "{'at':1,'cut':2}",
        "{'at':1,'cut':2,'reset':true}",
        "{'at':1,'hang_ms':5000}",
    };

    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        LlmReply reply;
        TRY_WHILE(answer_of(s,
                            text(s,
                                 "{'models':[{'name':'m','steps':[{'text':'good, and long enough "
                                 "for several events'}],'faults':[%s]}]}",
                                 faults[i]),
                            (LlmApi)(1 + i % 4), &reply),
                  "%s", faults[i]);
        CHECK(text_starts(reply.text, "good"));
        CHECK_EQ(reply.tries, 2);
    }
    return OK;
}

TEST(a_fault_of_all_requests_stays_and_has_the_words_of_the_script)
{
    LlmReply reply;
    Error *e = answer_of(s,
                         "{'models':[{'name':'m','steps':[{}],'faults':[{'status':400,'message':'"
                         "the sky is falling'}]}]}",
                         LLM_MESSAGES, &reply);

    CHECK(failed_as(e, INVALID));
    CHECK_HAS(e->message, "the sky is falling");
    return OK;
}

TEST(a_truncated_or_filtered_answer_says_so_in_every_protocol)
{
    for (int api = LLM_CHAT; api <= LLM_GEMINI; api++) {
        LlmReply reply;
        Error *e =
            answer_of(s, "{'models':[{'name':'m','steps':[{'text':'half','stop':'length'}]}]}",
                      (LlmApi)api, &reply);
        CHECK_TEXT(e ? e->code : NULL, "answer_truncated");
        e = answer_of(s, "{'models':[{'name':'m','steps':[{'text':'half','stop':'filter'}]}]}",
                      (LlmApi)api, &reply);
        CHECK(failed_as(e, UPSTREAM) && !text_equal(e->code, "answer_truncated"));
    }
    return OK;
}

TEST(a_stall_lasts_until_the_client_gives_up)
{
    int64_t before = clock_us();
    LlmReply reply;

    for (int api = LLM_CHAT; api <= LLM_GEMINI; api++)
        FAILS(TIMEOUT,
              answer_of(s, "{'models':[{'name':'m','steps':[{'text':'x','stall_ms':60000}]}]}",
                        (LlmApi)api, &reply));
    CHECK(clock_us() - before < 10 * US_PER_S);
    return OK;
}

/* ---- Choosing ---- */

TEST(conditions_choose_among_cases)
{
    GivenDemo given;
    LlmReply reply;

    TRY(given_demo(s,
                   "{'models':[{'name':'m','cases':["
                   "{'when':['apple','pear'],'unless':['plum'],'steps':[{'text':'fruit'}]},"
                   "{'when':['apple'],'steps':[{'text':'apple'}]}],'steps':[{'text':'else'}]}]}",
                   &given));
    static const char *const said[][2] = {
        {"apple pear", "fruit"}, {"apple pear plum", "apple"}, {"nothing", "else"}};
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        LlmModel model = demo_model(s, &given, LLM_RESPONSES);
        LlmRequest rq = a_request(s, &model, said[i][0]);
        TRY(llm_complete(s, given.llm, &rq, NULL, &reply));
        CHECK_TEXT(reply.text, said[i][1]);
    }
    return OK;
}

TEST(steps_may_go_by_answers_and_the_last_one_stays)
{
    GivenDemo given;
    LlmReply reply;

    TRY(given_demo(s,
                   "{'models':[{'name':'*','cases':[{'by_answers':true,'steps':[{'text':'one'},{'"
                   "text':'two'}]}]}]}",
                   &given));
    LlmModel model = demo_model(s, &given, LLM_CHAT);
    LlmRequest rq = a_request(s, &model, "x");
    static const char *const wanted[] = {"one", "two", "two"};
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        TRY(llm_complete(s, given.llm, &rq, NULL, &reply));
        CHECK_TEXT(reply.text, wanted[i]);
        *list_add(s, &rq.messages) = llm_reply_message(&reply);
        *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_USER, .text = "go on"};
    }
    return OK;
}

TEST(a_request_without_tools_takes_the_aux_answer_and_no_step)
{
    GivenDemo given;
    LlmReply reply;

    TRY(given_demo(s, "{'models':[{'name':'m','aux':'a title','steps':[{'text':'work'}]}]}",
                   &given));
    LlmModel model = demo_model(s, &given, LLM_MESSAGES);
    LlmRequest rq = a_request(s, &model, "x");
    rq.tools.count = 0;
    TRY(llm_complete(s, given.llm, &rq, NULL, &reply));
    CHECK_TEXT(reply.text, "a title");
    CHECK_EQ(demo_llm_requests(given.demo), 0);
    return OK;
}

TEST(the_repository_is_filled_in_and_custom_tools_get_text)
{
    GivenDemo given;
    HttpReply reply;
    const char *script =
        "{'models':[{'name':'m','steps':[{'tools':[{'name':'Read','input':{'path':'$REPO/a'}},"
        "{'name':'patch','input':'*** Begin'}]}]}]}";

    TRY(given_demo_with(s, (DemoLlmOptions){.script = bytes_of(quoted(s, script)), .repo = "/here"},
                        &given));
    TRY(post(s, &given, "/v1/responses", "{'model':'m','input':'x'}", &reply));
    CHECK_HAS(reply.body.data, "\\\"path\\\":\\\"/here/a\\\"");
    CHECK_HAS(reply.body.data, "\"type\":\"custom_tool_call\"");
    CHECK_HAS(reply.body.data, "\"input\":\"*** Begin\"");
    return OK;
}

/* ---- Scripts ---- */

TEST(a_wrong_script_is_refused_with_its_place)
{
    static const char *const wrong[][2] = {
        {"{", "JSON"},
        {"{'model':[]}", "a member model,"},
        {"{'models':[{'name':'m','steps':[{'txt':'x'}]}]}", "a member models.0.steps.0.txt,"},
        {"{'models':[{'steps':[]}]}", "name"},
        {"{'models':[{'name':'m','steps':[{'pause_ms':'fast'}]}]}", "pause_ms"},
        {"{'models':[{'name':'m','steps':[{'stop':'never'}]}]}", "stop"},
        {"{'models':[{'name':'m','cases':[{'steps':[]}]}]}", "without steps"},
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        GivenDemo given;
        Error *e = given_demo(s, wrong[i][0], &given);
        CHECK(failed_as(e, INVALID));
        CHECK_HAS(e->message, wrong[i][1]);
    }
    return OK;
}
