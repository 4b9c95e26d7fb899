/* Google Gemini. */

#include "test/llm/given.h"

#define PARTS(parts)                                                                               \
    DATA("{'candidates':[{'content':{'role':'model','parts':[" parts                               \
         "]},'index':0}],'modelVersion':'gemini-x'}")
#define END(parts, reason)                                                                         \
    DATA("{'candidates':[{'content':{'role':'model','parts':[" parts "]},'finishReason':'" reason  \
         "','index':0}],"                                                                          \
         "'usageMetadata':{'promptTokenCount':40,'cachedContentTokenCount':15,'"                   \
         "candidatesTokenCount':8,"                                                                \
         "'thoughtsTokenCount':3,'totalTokenCount':51},'modelVersion':'gemini-x','responseId':'"   \
         "r1'}")

TEST(a_gemini_stream_is_read_in_pieces_of_any_size)
{
    static const size_t pieces[] = {1, 6, 0};

    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        LlmAnswer *answer = answer_from(
            s, &llm_google, PARTS("{'text':'olá '}") END("{'text':'mundo'}", "STOP"), pieces[i]);
        CHECK(answer->ended && !answer->fault.kind);
        CHECK_EQ(answer->blocks.count, 1);
        CHECK_TEXT(answer->blocks.items[0].body.data, "olá mundo");
        CHECK_TEXT(answer->id, "r1");
    }
    return OK;
}

TEST(gemini_usage_is_normalised)
{
    Usage u = answer_from(s, &llm_google, END("{'text':'x'}", "STOP"), 0)->usage;

    CHECK_EQ(u.input_tokens, 25);
    CHECK_EQ(u.cache_read_tokens, 15);
    CHECK_EQ(u.output_tokens, 11); /* thoughts are output everywhere */
    CHECK_EQ(u.reasoning_tokens, 3);
    return OK;
}

TEST(parallel_gemini_calls_get_ids_and_keep_their_signature)
{
    LlmModel model = given_model(s, NULL, PROVIDER_GOOGLE, 0);
    LlmRequest rq = given_request(s, &model);
    LlmReply r =
        reply_from(s, &llm_google,
                   PARTS("{'text':'thinking…','thought':true},{'text':'see: '}")
                       PARTS("{'functionCall':{'name':'f','args':{'a':1}},'thoughtSignature':'sig'}"
                             ",{'functionCall':{'name':'g','id':'own'}}") END("", "STOP"));

    CHECK_EQ(r.finish, LLM_FINISH_TOOL_CALLS);
    CHECK_TEXT(r.text, "see: ");
    CHECK_EQ(r.tool_calls.count, 2);
    CHECK_TEXT(r.tool_calls.items[0].arguments.text, "{\"a\":1}");
    CHECK_TEXT(r.tool_calls.items[1].id, "own");
    *list_add(s, &rq.messages) = llm_reply_message(&r);
    EACH (LlmToolCall, call, &r.tool_calls)
        *list_add(s, &rq.messages) = (LlmMessage){
            .role = LLM_TOOL, .tool_call_id = call->id, .tool_name = call->name, .text = "done"};
    json_t *body = body_from(s, &llm_google, &rq, 0);
    CHECK_TEXT(json_at_text(body, "contents.1.parts.0.text"), "see: ");
    CHECK_TEXT(json_at_text(body, "contents.1.parts.1.thoughtSignature"), "sig");
    CHECK_EQ(json_array_size(json_at(body, "contents.2.parts")), 2);
    CHECK_TEXT(json_at_text(body, "contents.2.parts.0.functionResponse.name"), "f");
    CHECK(!json_at(
        body, "contents.2.parts.0.functionResponse.id")); /* an id of ours means nothing there */
    CHECK_TEXT(json_at_text(body, "contents.2.parts.1.functionResponse.id"), "own");
    CHECK_TEXT(json_at_text(body, "contents.2.parts.1.functionResponse.response.result"), "done");
    return OK;
}

TEST(a_signature_on_text_goes_back_on_that_text)
{
    LlmModel model = given_model(s, NULL, PROVIDER_GOOGLE, 0);
    LlmRequest rq = given_request(s, &model);
    LlmReply r = reply_from(s, &llm_google,
                            PARTS("{'text':'a'}") PARTS("{'text':'b','thoughtSignature':'s1'}")
                                END("{'text':'','thoughtSignature':'s2'}", "STOP"));

    CHECK_TEXT(r.text, "ab");
    *list_add(s, &rq.messages) = llm_reply_message(&r);
    json_t *body = body_from(s, &llm_google, &rq, 0);
    CHECK_TEXT(json_at_text(body, "contents.1.parts.0.text"), "a");
    CHECK_TEXT(json_at_text(body, "contents.1.parts.1.thoughtSignature"), "s1");
    CHECK_TEXT(json_at_text(body, "contents.1.parts.2.thoughtSignature"), "s2");
    return OK;
}

TEST(a_blocked_prompt_has_no_candidates)
{
    LlmAnswer *answer = answer_from(
        s, &llm_google, DATA("{'promptFeedback':{'blockReason':'PROHIBITED_CONTENT'}}"), 0);

    CHECK_EQ(answer->finish, LLM_FINISH_FILTERED);
    CHECK_TEXT(answer->refusal, "PROHIBITED_CONTENT");
    CHECK(answer->ended);
    return OK;
}

TEST(gemini_finish_reasons_are_told_apart)
{
    CHECK_EQ(answer_from(s, &llm_google, END("{'text':'x'}", "MAX_TOKENS"), 0)->finish,
             LLM_FINISH_LENGTH);
    CHECK_EQ(answer_from(s, &llm_google, END("{'text':'x'}", "SAFETY"), 0)->finish,
             LLM_FINISH_FILTERED);
    CHECK_EQ(answer_from(s, &llm_google, END("", "MALFORMED_FUNCTION_CALL"), 0)->fault.kind,
             FAULT_MALFORMED);
    CHECK(!answer_from(s, &llm_google, PARTS("{'text':'x'}"), 0)->ended);
    return OK;
}

TEST(a_gemini_request_has_what_the_api_wants)
{
    LlmModel model = given_model(s, NULL, PROVIDER_GOOGLE, 0);
    LlmRequest rq = given_request(s, &model);

    rq.system = "rules";
    rq.tool_use = LLM_TOOLS_NONE;
    rq.temperature = (OptReal){true, 0.5};
    *list_add(s, &rq.tools) = (LlmTool){"f", "does", {"{\"type\":\"object\"}"}};
    *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_SYSTEM, .text = "more rules"};
    json_t *body = body_from(s, &llm_google, &rq, 0);
    CHECK_TEXT(json_at_text(body, "systemInstruction.parts.0.text"), "rules\n\nmore rules");
    CHECK_EQ(json_array_size(json_at(body, "contents")), 1);
    CHECK_TEXT(json_at_text(body, "tools.0.functionDeclarations.0.parametersJsonSchema.type"),
               "object");
    CHECK_TEXT(json_at_text(body, "toolConfig.functionCallingConfig.mode"), "NONE");
    CHECK_EQ(json_at_int(body, "generationConfig.maxOutputTokens", 0), LLM_OUTPUT_TOKENS);
    body = body_from(s, &llm_google, &rq, WITHOUT_JSON_SCHEMA | WITHOUT_TEMPERATURE);
    CHECK(json_at(body, "tools.0.functionDeclarations.0.parameters") &&
          !json_at(body, "generationConfig.temperature"));
    return OK;
}
