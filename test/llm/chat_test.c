/* OpenAI Chat Completions: requests, streams, and what compatible servers make of them. */

#include "test/llm/given.h"

#define CHUNK(delta)                                                                               \
    DATA("{'id':'c1','model':'m-1','choices':[{'index':0,'delta':" delta ",'finish_reason':null}]" \
         "}")
#define FINISH(word)                                                                               \
    DATA("{'id':'c1','model':'m-1','choices':[{'index':0,'delta':{},'finish_reason':'" word "'}]"  \
         "}")
#define USAGE                                                                                      \
    DATA("{'choices':[],'usage':{'prompt_tokens':100,'completion_tokens':20,'total_tokens':120,"   \
         "'prompt_tokens_details':{'cached_tokens':60,'cache_write_tokens':10},"                   \
         "'completion_tokens_details':{'reasoning_tokens':5}}}")
#define DONE DATA("[DONE]")

TEST(a_chat_answer_is_read_in_pieces_of_any_size)
{
    static const size_t pieces[] = {1, 2, 3, 7, 64, 0};
    const char *stream = CHUNK("{'role':'assistant','content':''}") CHUNK("{'content':'Hé'}")
        CHUNK("{'content':'llo 世界'}") FINISH("stop") USAGE DONE;

    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        LlmAnswer *answer = answer_from(s, &llm_openai_chat, stream, pieces[i]);
        CHECK(answer->ended && !answer->fault.kind);
        CHECK_EQ(answer->blocks.count, 1);
        CHECK_TEXT(answer->blocks.items[0].body.data, "Héllo 世界");
        CHECK_TEXT(answer->model_name, "m-1");
    }
    return OK;
}

TEST(chat_usage_is_normalised)
{
    Usage u = answer_from(s, &llm_openai_chat, USAGE DONE, 0)->usage;

    CHECK_EQ(u.input_tokens, 30); /* without what the cache read and what was written to it */
    CHECK_EQ(u.cache_read_tokens, 60);
    CHECK_EQ(u.cache_write_tokens, 10);
    CHECK_EQ(u.output_tokens, 20);
    CHECK_EQ(u.reasoning_tokens, 5);
    return OK;
}

TEST(usage_that_cannot_be_is_bounded)
{
    Usage u = answer_from(s, &llm_openai_chat,
                          DATA("{'choices':[],'usage':{'prompt_tokens':5,'completion_tokens':-3,"
                               "'prompt_tokens_details':{'cached_tokens':900}}}"),
                          0)
                  ->usage;

    CHECK_EQ(u.input_tokens, 0);
    CHECK_EQ(u.cache_read_tokens, 5);
    CHECK_EQ(u.output_tokens, 0);
    return OK;
}

TEST(parallel_chat_calls_are_told_apart_by_index)
{
    LlmReply r = reply_from(
        s, &llm_openai_chat,
        CHUNK("{'tool_calls':[{'index':0,'id':'a','type':'function','function':{'name':'read','"
              "arguments':''}}]}") CHUNK("{'tool_calls':[{'index':1,'id':'b','type':'function','"
                                         "function':{'name':'write','arguments':'{'}}]}")
            CHUNK("{'tool_calls':[{'index':0,'function':{'arguments':'{\\'path\\':'}},"
                  "{'index':1,'function':{'arguments':'}'}}]}")
                CHUNK("{'tool_calls':[{'index':0,'function':{'arguments':'\\'x\\'}'}}]}")
                    FINISH("tool_calls") DONE);

    CHECK_EQ(r.finish, LLM_FINISH_TOOL_CALLS);
    CHECK_EQ(r.tool_calls.count, 2);
    CHECK_TEXT(r.tool_calls.items[0].id, "a");
    CHECK_TEXT(r.tool_calls.items[0].arguments.text, "{\"path\":\"x\"}");
    CHECK_TEXT(r.tool_calls.items[1].name, "write");
    CHECK_TEXT(r.tool_calls.items[1].arguments.text, "{}");
    return OK;
}

TEST(whole_calls_that_all_have_index_0_stay_apart)
{
    LlmReply r = reply_from(
        s, &llm_openai_chat,
        CHUNK("{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':'{}'}}]}")
            CHUNK("{'tool_calls':[{'index':0,'id':'b','function':{'name':'f','arguments':'{}'}}]}")
                FINISH("stop"));

    CHECK_EQ(r.tool_calls.count, 2);
    CHECK_TEXT(r.tool_calls.items[1].id, "b");
    CHECK_EQ(r.finish, LLM_FINISH_TOOL_CALLS); /* whatever the server called it */
    return OK;
}

TEST(calls_without_index_and_id_and_with_object_arguments_are_understood)
{
    LlmReply r = reply_from(s, &llm_openai_chat,
                            CHUNK("{'tool_calls':[{'function':{'name':'f','arguments':{'n':1}}},{'"
                                  "function':{'name':'g'}}]}") FINISH("tool_calls"));

    CHECK_EQ(r.tool_calls.count, 2);
    CHECK_TEXT(r.tool_calls.items[0].arguments.text, "{\"n\":1}");
    CHECK_TEXT(r.tool_calls.items[1].name, "g");
    CHECK(!text_equal(r.tool_calls.items[0].id, r.tool_calls.items[1].id));
    return OK;
}

TEST(arguments_that_are_no_object_are_handed_over_as_they_are)
{
    LlmReply r = reply_from(s, &llm_openai_chat,
                            CHUNK("{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','"
                                  "arguments':'{\\'path\\': oops'}}]}") FINISH("tool_calls"));

    CHECK_TEXT(r.tool_calls.items[0].arguments.text, "{}");
    CHECK_TEXT(r.tool_calls.items[0].bad_arguments, "{\"path\": oops");
    return OK;
}

TEST(thoughts_in_the_text_of_local_models_are_left_out)
{
    LlmReply r =
        reply_from(s, &llm_openai_chat,
                   CHUNK("{'content':'<think>hm, '}") CHUNK("{'content':'so</think>\\n\\n'}")
                       CHUNK("{'content':'yes </think>'}") FINISH("stop"));

    CHECK_TEXT(r.text, "yes </think>");
    return OK;
}

TEST(an_answer_in_one_piece_is_taken_as_well)
{
    LlmReply r = reply_from(
        s, &llm_openai_chat,
        DATA("{'choices':[{'message':{'role':'assistant','content':'whole'},"
             "'finish_reason':'stop'}],'usage':{'prompt_tokens':1,'completion_tokens':1}}"));

    CHECK_TEXT(r.text, "whole");
    return OK;
}

TEST(a_first_chunk_without_choices_is_fine)
{
    LlmAnswer *answer = answer_from(s, &llm_openai_chat,
                                    DATA("{'choices':[],'prompt_filter_results':[{}]}")
                                        CHUNK("{'content':'x'}") FINISH("stop"),
                                    0);

    CHECK(!answer->fault.kind && answer->ended);
    return OK;
}

TEST(a_chat_request_has_what_the_api_wants)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_CHAT);
    LlmRequest rq = given_request(s, &model);

    rq.system = "be brief";
    rq.temperature = (OptReal){true, 0};
    rq.tool_use = LLM_TOOLS_REQUIRED;
    *list_add(s, &rq.tools) = (LlmTool){"read", "reads", {"{\"type\":\"object\"}"}};
    json_t *body = body_from(s, &llm_openai_chat, &rq, 0);
    CHECK_TEXT(json_at_text(body, "messages.0.role"), "system");
    CHECK_TEXT(json_at_text(body, "messages.1.content"), "hello");
    CHECK_TEXT(json_at_text(body, "tools.0.function.parameters.type"), "object");
    CHECK_TEXT(json_at_text(body, "tool_choice"), "required");
    CHECK(json_at_bool(body, "stream_options.include_usage", false));
    CHECK_EQ(json_at_int(body, "max_completion_tokens", 0), LLM_OUTPUT_TOKENS);
    CHECK(json_at(body, "temperature") && !json_at(body, "max_tokens"));
    return OK;
}

TEST(other_servers_get_the_old_name_of_the_limit)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_CHAT);
    LlmRequest rq = given_request(s, &model);

    model.base_url = "http://localhost:11434";
    rq.max_output_tokens = 77;
    CHECK_EQ(json_at_int(body_from(s, &llm_openai_chat, &rq, 0), "max_tokens", 0), 77);
    json_t *body = body_from(s, &llm_openai_chat, &rq, WITHOUT_MAX_TOKENS | WITHOUT_STREAM_OPTIONS);
    CHECK_EQ(json_at_int(body, "max_completion_tokens", 0), 77);
    CHECK(!json_at(body, "stream_options"));
    body = body_from(s, &llm_openai_chat, &rq, WITHOUT_MAX_TOKENS | WITHOUT_MAX_COMPLETION_TOKENS);
    CHECK(!json_at(body, "max_completion_tokens") && !json_at(body, "max_tokens"));
    return OK;
}

TEST(reasoning_models_get_no_temperature)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_CHAT);
    LlmRequest rq = given_request(s, &model);

    model.model_name = "gpt-5-mini";
    rq.temperature = (OptReal){true, 0};
    CHECK(!json_at(body_from(s, &llm_openai_chat, &rq, 0), "temperature"));
    return OK;
}

TEST(a_chat_with_calls_and_results_goes_back_in_order)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_CHAT);
    LlmRequest rq = given_request(s, &model);
    LlmReply r = reply_from(
        s, &llm_openai_chat,
        CHUNK("{'content':'look: '}")
            CHUNK("{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':'{}'}}]}")
                FINISH("tool_calls"));

    CHECK(!r.state.api); /* nothing that text and calls do not say */
    *list_add(s, &rq.messages) = llm_reply_message(&r);
    *list_add(s, &rq.messages) =
        (LlmMessage){.role = LLM_TOOL, .tool_call_id = "a", .tool_name = "f", .text = "ok"};
    json_t *body = body_from(s, &llm_openai_chat, &rq, 0);
    CHECK_TEXT(json_at_text(body, "messages.1.content"), "look: ");
    CHECK_TEXT(json_at_text(body, "messages.1.tool_calls.0.function.name"), "f");
    CHECK_TEXT(json_at_text(body, "messages.2.role"), "tool");
    CHECK_TEXT(json_at_text(body, "messages.2.tool_call_id"), "a");
    return OK;
}

TEST(thoughts_and_signatures_beside_calls_go_back)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_CHAT);
    LlmRequest rq = given_request(s, &model);
    LlmReply r =
        reply_from(s, &llm_openai_chat,
                   CHUNK("{'reasoning_content':'because '}") CHUNK("{'reasoning_content':'so'}")
                       CHUNK("{'tool_calls':[{'index':0,'id':'a','extra_content':{'google':{'"
                             "thought_signature':'sig'}},"
                             "'function':{'name':'f','arguments':'{}'}}]}") FINISH("tool_calls"));

    *list_add(s, &rq.messages) = llm_reply_message(&r);
    json_t *body = body_from(s, &llm_openai_chat, &rq, 0);
    CHECK_TEXT(json_at_text(body, "messages.1.reasoning_content"), "because so");
    CHECK_TEXT(json_at_text(body, "messages.1.tool_calls.0.extra_content.google.thought_signature"),
               "sig");
    body = body_from(s, &llm_openai_chat, &rq, WITHOUT_REASONING_CONTENT);
    CHECK(!json_at(body, "messages.1.reasoning_content"));
    CHECK_TEXT(json_at_text(body, "messages.1.tool_calls.0.id"), "a");
    return OK;
}
