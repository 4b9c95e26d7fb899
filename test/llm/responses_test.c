/* OpenAI Responses. */

#include "test/llm/given.h"

#define ITEM_DONE(index, item)                                                                     \
    EVENT("response.output_item.done",                                                             \
          "{'type':'response.output_item.done','output_index':" index ",'item':" item "}")
#define TEXT_DELTA(index, t)                                                                       \
    EVENT("response.output_text.delta",                                                            \
          "{'type':'response.output_text.delta','output_index':" index ",'delta':'" t "'}")
#define USAGE                                                                                      \
    "'usage':{'input_tokens':50,'input_tokens_details':{'cached_tokens':20},"                      \
    "'output_tokens':9,'output_tokens_details':{'reasoning_tokens':4},'total_tokens':59}"
#define CREATED                                                                                    \
    EVENT("response.created",                                                                      \
          "{'type':'response.created','response':{'id':'resp_1','model':'gpt-x'}}")
#define COMPLETED                                                                                  \
    EVENT("response.completed",                                                                    \
          "{'type':'response.completed','response':{'status':'completed'," USAGE "}}")
#define REASONING                                                                                  \
    "{'type':'reasoning','id':'rs_1','summary':[],'encrypted_content':'opaque','status':'"         \
    "completed'}"
#define MESSAGE(t)                                                                                 \
    "{'type':'message','id':'msg_1','role':'assistant','status':'completed',"                      \
    "'content':[{'type':'output_text','text':'" t "','annotations':[]}]}"
#define CALL                                                                                       \
    "{'type':'function_call','id':'fc_1','call_id':'call_a','name':'read','arguments':'{\\'p\\':"  \
    "1}'}"

TEST(a_responses_stream_is_read_in_pieces_of_any_size)
{
    static const size_t pieces[] = {1, 5, 0};
    const char *stream = CREATED ITEM_DONE("0", REASONING) TEXT_DELTA("1", "hel")
        TEXT_DELTA("1", "lo") ITEM_DONE("1", MESSAGE("hello")) COMPLETED;

    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        LlmAnswer *answer = answer_from(s, &llm_openai_responses, stream, pieces[i]);
        CHECK(answer->ended && !answer->fault.kind);
        CHECK_EQ(answer->blocks.count, 2);
        CHECK_TEXT(answer->blocks.items[1].body.data, "hello");
        CHECK_EQ(answer->usage.input_tokens, 30);
        CHECK_EQ(answer->usage.cache_read_tokens, 20);
        CHECK_EQ(answer->usage.reasoning_tokens, 4);
    }
    return OK;
}

TEST(reasoning_goes_back_unchanged_and_in_its_place)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_RESPONSES);
    LlmRequest rq = given_request(s, &model);
    LlmReply r = reply_from(s, &llm_openai_responses,
                            CREATED ITEM_DONE("0", REASONING) TEXT_DELTA("1", "x")
                                ITEM_DONE("1", MESSAGE("x")) ITEM_DONE("2", CALL) COMPLETED);

    *list_add(s, &rq.messages) = llm_reply_message(&r);
    *list_add(s, &rq.messages) =
        (LlmMessage){.role = LLM_TOOL, .tool_call_id = "call_a", .text = "ok"};
    json_t *body = body_from(s, &llm_openai_responses, &rq, 0);
    CHECK_TEXT(json_at_text(body, "input.1.encrypted_content"), "opaque");
    CHECK_TEXT(json_at_text(body, "input.1.id"), "rs_1");
    CHECK(!json_at(body, "input.1.status"));
    CHECK_TEXT(json_at_text(body, "input.2.type"), "message");
    CHECK_TEXT(json_at_text(body, "input.3.call_id"), "call_a");
    CHECK_TEXT(json_at_text(body, "input.4.type"), "function_call_output");
    CHECK_TEXT(json_at_text(body, "input.4.output"), "ok");
    return OK;
}

TEST(a_responses_call_has_its_arguments)
{
    LlmReply r = reply_from(s, &llm_openai_responses, CREATED ITEM_DONE("0", CALL) COMPLETED);

    CHECK_EQ(r.finish, LLM_FINISH_TOOL_CALLS);
    CHECK_TEXT(r.tool_calls.items[0].id, "call_a");
    CHECK_TEXT(r.tool_calls.items[0].arguments.text, "{\"p\":1}");
    CHECK_TEXT(r.model, "gpt-x");
    return OK;
}

TEST(reasoning_that_nobody_can_read_back_is_left_out)
{
    LlmReply r = reply_from(s, &llm_openai_responses,
                            ITEM_DONE("0", "{'type':'reasoning','id':'rs_1','summary':[]}")
                                TEXT_DELTA("1", "x") ITEM_DONE("1", MESSAGE("x")) COMPLETED);

    CHECK(r.state.api == LLM_RESPONSES && !strstr(r.state.turn.text, "rs_1"));
    return OK;
}

TEST(an_end_that_repeats_the_items_does_not_double_them)
{
    LlmReply r = reply_from(
        s, &llm_openai_responses,
        TEXT_DELTA("0", "once") ITEM_DONE("0", MESSAGE("once"))
            DATA("{'type':'response.completed','response':{'status':'completed','output':[" MESSAGE(
                "once") "," CALL "]}}"));

    CHECK_TEXT(r.text, "once");
    CHECK_EQ(r.tool_calls.count, 0);
    return OK;
}

TEST(an_end_that_brings_everything_at_once_is_enough)
{
    LlmReply r = reply_from(s, &llm_openai_responses,
                            DATA("{'type':'response.completed','response':{'status':'completed',"
                                 "'output':[" MESSAGE("all") "," CALL "]," USAGE "}}"));

    CHECK_TEXT(r.text, "all");
    CHECK_EQ(r.tool_calls.count, 1);
    return OK;
}

TEST(incomplete_responses_say_why)
{
    LlmAnswer *cut = answer_from(
        s, &llm_openai_responses,
        DATA("{'type':'response.incomplete','response':"
             "{'status':'incomplete','incomplete_details':{'reason':'max_output_tokens'}}}"),
        0);
    LlmAnswer *filtered = answer_from(
        s, &llm_openai_responses,
        DATA("{'type':'response.incomplete','response':"
             "{'status':'incomplete','incomplete_details':{'reason':'content_filter'}}}"),
        0);

    CHECK_EQ(cut->finish, LLM_FINISH_LENGTH);
    CHECK_EQ(filtered->finish, LLM_FINISH_FILTERED);
    return OK;
}

TEST(a_refusal_item_is_a_refusal)
{
    LlmAnswer *answer =
        answer_from(s, &llm_openai_responses,
                    ITEM_DONE("0", "{'type':'message','content':"
                                   "[{'type':'refusal','refusal':'I will not'}]}") COMPLETED,
                    0);

    CHECK_TEXT(answer->refusal, "I will not");
    return OK;
}

TEST(failures_in_a_responses_stream_keep_what_will_stay)
{
    LlmAnswer *quota = answer_from(s, &llm_openai_responses,
                                   DATA("{'type':'response.failed','response':{'status':'failed',"
                                        "'error':{'code':'insufficient_quota','message':'pay'}}}"),
                                   0);
    LlmAnswer *passing = answer_from(s, &llm_openai_responses,
                                     DATA("{'type':'error','code':'rate_limit_exceeded',"
                                          "'message':'slow. Please try again in 1.5s.'}"),
                                     0);
    LlmAnswer *unknown =
        answer_from(s, &llm_openai_responses, DATA("{'type':'error','message':'oops'}"), 0);

    CHECK_EQ(quota->fault.kind, FAULT_CREDIT);
    CHECK_EQ(passing->fault.kind, FAULT_EVENT);
    CHECK_EQ(passing->fault.retry_after_us, 1500 * US_PER_MS);
    CHECK_EQ(unknown->fault.kind, FAULT_EVENT);
    CHECK_TEXT(unknown->fault.detail, "oops");
    return OK;
}

TEST(a_responses_request_is_stateless_and_asks_for_the_reasoning)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_RESPONSES);
    LlmRequest rq = given_request(s, &model);

    model.model_name = "gpt-5.5";
    rq.system = "rules";
    rq.cache_key = "task-1";
    *list_add(s, &rq.tools) = (LlmTool){.name = "f"};
    json_t *body = body_from(s, &llm_openai_responses, &rq, 0);
    CHECK_TEXT(json_at_text(body, "instructions"), "rules");
    CHECK_TEXT(json_at_text(body, "input.0.content"), "hello");
    CHECK_TEXT(json_at_text(body, "include.0"), "reasoning.encrypted_content");
    CHECK(!json_at_bool(body, "store", true) && json_at_bool(body, "stream", false));
    CHECK(!json_at_bool(body, "tools.0.strict", true));
    CHECK_TEXT(json_at_text(body, "tools.0.parameters.type"), "object");
    CHECK_TEXT(json_at_text(body, "prompt_cache_key"), "task-1");
    CHECK(!json_at(body_from(s, &llm_openai_responses, &rq, WITHOUT_INCLUDE), "include"));
    return OK;
}

TEST(another_api_gets_text_and_calls_instead_of_the_state)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_RESPONSES);
    LlmRequest rq = given_request(s, &model);
    LlmMessage m = {.role = LLM_ASSISTANT,
                    .text = "said",
                    .state = {LLM_MESSAGES, {"[{\"type\":\"thinking\"}]"}}};

    *list_add(s, &m.tool_calls) = (LlmToolCall){.id = "a", .name = "f", .arguments = {"{\"x\":2}"}};
    *list_add(s, &rq.messages) = m;
    json_t *body = body_from(s, &llm_openai_responses, &rq, 0);
    CHECK_TEXT(json_at_text(body, "input.1.content"), "said");
    CHECK_TEXT(json_at_text(body, "input.2.arguments"), "{\"x\":2}");
    return OK;
}
