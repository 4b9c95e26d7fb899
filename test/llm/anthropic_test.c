/* Anthropic Messages. */

#include "test/llm/given.h"

#define START                                                                                      \
    EVENT("message_start",                                                                         \
          "{'type':'message_start','message':{'id':'msg_1','type':'message','role':'assistant',"   \
          "'model':'claude-x','content':[],'stop_reason':null,'usage':{'input_tokens':25,"         \
          "'cache_creation_input_tokens':7,'cache_read_input_tokens':11,'output_tokens':1}}}")
#define BLOCK(index, block)                                                                        \
    EVENT("content_block_start",                                                                   \
          "{'type':'content_block_start','index':" index ",'content_block':" block "}")
#define DELTA(index, delta)                                                                        \
    EVENT("content_block_delta",                                                                   \
          "{'type':'content_block_delta','index':" index ",'delta':" delta "}")
#define BLOCK_STOP(index)                                                                          \
    EVENT("content_block_stop", "{'type':'content_block_stop','index':" index "}")
#define END(reason)                                                                                \
    EVENT("message_delta", "{'type':'message_delta','delta':{'stop_reason':'" reason "'},"         \
                           "'usage':{'output_tokens':15}}")                                        \
    EVENT("message_stop", "{'type':'message_stop'}")
#define PING EVENT("ping", "{'type':'ping'}")
#define TEXT(index, t)                                                                             \
    BLOCK(index, "{'type':'text','text':''}")                                                      \
    DELTA(index, "{'type':'text_delta','text':'" t "'}") BLOCK_STOP(index)
#define THOUGHT(index)                                                                             \
    BLOCK(index, "{'type':'thinking','thinking':'','signature':''}")                               \
    DELTA(index, "{'type':'thinking_delta','thinking':'let me '}")                                 \
    DELTA(index, "{'type':'thinking_delta','thinking':'see'}")                                     \
    DELTA(index, "{'type':'signature_delta','signature':'sig=='}") BLOCK_STOP(index)
#define USE(index, id)                                                                             \
    BLOCK(index, "{'type':'tool_use','id':'" id "','name':'read','input':{}}")                     \
    DELTA(index, "{'type':'input_json_delta','partial_json':''}")                                  \
    DELTA(index, "{'type':'input_json_delta','partial_json':'{\\'path\\': \\'a'}")                 \
    DELTA(index, "{'type':'input_json_delta','partial_json':'.c\\'}'}") BLOCK_STOP(index)

TEST(a_messages_stream_is_read_in_pieces_of_any_size)
{
    static const size_t pieces[] = {1, 4, 9, 0};

    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        LlmAnswer *answer = answer_from(s, &llm_anthropic,
                                        START PING TEXT("0", "grüezi") END("end_turn"), pieces[i]);
        CHECK(answer->ended && !answer->fault.kind);
        CHECK_EQ(answer->finish, LLM_FINISH_STOP);
        CHECK_TEXT(answer->blocks.items[0].body.data, "grüezi");
        CHECK_TEXT(answer->id, "msg_1");
    }
    return OK;
}

TEST(messages_usage_comes_in_two_parts)
{
    Usage u = answer_from(s, &llm_anthropic, START TEXT("0", "x") END("end_turn"), 0)->usage;

    CHECK_EQ(u.input_tokens, 25);
    CHECK_EQ(u.cache_write_tokens, 7);
    CHECK_EQ(u.cache_read_tokens, 11);
    CHECK_EQ(u.output_tokens, 15);
    CHECK_EQ(u.calls, 1);
    return OK;
}

TEST(parallel_tool_uses_have_their_own_input)
{
    LlmReply r =
        reply_from(s, &llm_anthropic,
                   START TEXT("0", "ok. ") USE("1", "tu_1") USE("2", "tu_2") END("tool_use"));

    CHECK_EQ(r.finish, LLM_FINISH_TOOL_CALLS);
    CHECK_TEXT(r.text, "ok. ");
    CHECK_EQ(r.tool_calls.count, 2);
    CHECK_TEXT(r.tool_calls.items[1].id, "tu_2");
    CHECK_TEXT(r.tool_calls.items[1].arguments.text, "{\"path\": \"a.c\"}");
    CHECK(!r.state.api);
    return OK;
}

TEST(thoughts_go_back_with_their_signature_before_the_calls)
{
    LlmModel model = given_model(s, NULL, PROVIDER_ANTHROPIC, 0);
    LlmRequest rq = given_request(s, &model);
    LlmReply r =
        reply_from(s, &llm_anthropic,
                   START THOUGHT("0") BLOCK("1", "{'type':'redacted_thinking','data':'xyz'}")
                       BLOCK_STOP("1") TEXT("2", "so") USE("3", "tu_1") END("tool_use"));

    CHECK_TEXT(r.text, "so");
    *list_add(s, &rq.messages) = llm_reply_message(&r);
    json_t *body = body_from(s, &llm_anthropic, &rq, 0);
    CHECK_TEXT(json_at_text(body, "messages.1.content.0.thinking"), "let me see");
    CHECK_TEXT(json_at_text(body, "messages.1.content.0.signature"), "sig==");
    CHECK_TEXT(json_at_text(body, "messages.1.content.1.data"), "xyz");
    CHECK_TEXT(json_at_text(body, "messages.1.content.2.text"), "so");
    CHECK_TEXT(json_at_text(body, "messages.1.content.3.input.path"), "a.c");
    return OK;
}

TEST(broken_tool_input_does_not_break_the_next_request)
{
    LlmModel model = given_model(s, NULL, PROVIDER_ANTHROPIC, 0);
    LlmRequest rq = given_request(s, &model);
    LlmReply r = reply_from(
        s, &llm_anthropic,
        START THOUGHT("0") BLOCK("1", "{'type':'tool_use','id':'t','name':'f','input':{}}")
            DELTA("1", "{'type':'input_json_delta','partial_json':'{nope'}") END("tool_use"));

    CHECK_TEXT(r.tool_calls.items[0].bad_arguments, "{nope");
    *list_add(s, &rq.messages) = llm_reply_message(&r);
    CHECK(json_is_object(
        json_at(body_from(s, &llm_anthropic, &rq, 0), "messages.1.content.1.input")));
    return OK;
}

TEST(results_of_one_turn_and_words_after_them_are_one_message)
{
    LlmModel model = given_model(s, NULL, PROVIDER_ANTHROPIC, 0);
    LlmRequest rq = given_request(s, &model);
    LlmMessage turn = {.role = LLM_ASSISTANT};

    *list_add(s, &turn.tool_calls) = (LlmToolCall){.id = "a", .name = "f", .arguments = {"{}"}};
    *list_add(s, &rq.messages) = turn;
    *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_TOOL, .tool_call_id = "a", .text = "1"};
    *list_add(s, &rq.messages) =
        (LlmMessage){.role = LLM_TOOL, .tool_call_id = "b", .text = "2", .tool_failed = true};
    *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_USER, .text = "go on"};
    json_t *body = body_from(s, &llm_anthropic, &rq, 0);
    CHECK_EQ(json_array_size(json_at(body, "messages")), 3);
    CHECK_EQ(json_array_size(json_at(body, "messages.2.content")), 3);
    CHECK(json_at_bool(body, "messages.2.content.1.is_error", false));
    CHECK_TEXT(json_at_text(body, "messages.2.content.2.text"), "go on");
    return OK;
}

TEST(what_will_come_again_is_marked_for_the_cache)
{
    LlmModel model = given_model(s, NULL, PROVIDER_ANTHROPIC, 0);
    LlmRequest rq = given_request(s, &model);

    rq.system = "rules";
    rq.continues = true;
    json_t *body = body_from(s, &llm_anthropic, &rq, 0);
    CHECK_TEXT(json_at_text(body, "system.0.cache_control.type"), "ephemeral");
    CHECK_TEXT(json_at_text(body, "messages.0.content.0.cache_control.type"), "ephemeral");
    CHECK(!json_at(body_from(s, &llm_anthropic, &rq, WITHOUT_CACHE_CONTROL),
                   "system.0.cache_control"));
    *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_ASSISTANT, .text = "hi"};
    *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_TOOL, .tool_call_id = "a", .text = "r"};
    body = body_from(s, &llm_anthropic, &rq, 0); /* the last place only: four are allowed in all */
    CHECK(!json_at(body, "messages.0.content.0.cache_control"));
    CHECK_TEXT(json_at_text(body, "messages.2.content.0.cache_control.type"), "ephemeral");
    rq.continues = false;
    CHECK(!json_at(body_from(s, &llm_anthropic, &rq, 0), "system.0.cache_control"));
    return OK;
}

TEST(a_messages_request_has_its_limit_and_tools)
{
    LlmModel model = given_model(s, NULL, PROVIDER_ANTHROPIC, 0);
    LlmRequest rq = given_request(s, &model);

    model.output_tokens_max = 4096;
    rq.max_output_tokens = 9999;
    rq.tool_use = LLM_TOOLS_REQUIRED;
    *list_add(s, &rq.tools) = (LlmTool){"f", "does", {"{\"type\":\"object\"}"}};
    json_t *body = body_from(s, &llm_anthropic, &rq, 0);
    CHECK_EQ(json_at_int(body, "max_tokens", 0), 4096);
    CHECK_TEXT(json_at_text(body, "tools.0.input_schema.type"), "object");
    CHECK_TEXT(json_at_text(body, "tool_choice.type"), "any");
    CHECK(!json_at(body, "system"));
    return OK;
}

TEST(stop_reasons_are_told_apart)
{
    CHECK_EQ(answer_from(s, &llm_anthropic, START END("max_tokens"), 0)->finish, LLM_FINISH_LENGTH);
    CHECK_EQ(answer_from(s, &llm_anthropic, START END("model_context_window_exceeded"), 0)->finish,
             LLM_FINISH_LENGTH);
    CHECK_EQ(answer_from(s, &llm_anthropic, START END("refusal"), 0)->finish, LLM_FINISH_REFUSED);
    CHECK_EQ(answer_from(s, &llm_anthropic, START END("something_new"), 0)->finish,
             LLM_FINISH_STOP);
    return OK;
}

TEST(an_error_event_after_the_start_is_a_fault)
{
    LlmAnswer *answer = answer_from(
        s, &llm_anthropic,
        START EVENT("error",
                    "{'type':'error','error':{'type':'overloaded_error','message':'Overloaded'}}"),
        0);

    CHECK_EQ(answer->fault.kind, FAULT_EVENT);
    CHECK_TEXT(answer->fault.detail, "Overloaded");
    CHECK(!answer->ended);
    return OK;
}
