/* What providers' refusals mean. */

#include "test/llm/given.h"

#define IS(driver, status, body, kind_) CHECK_EQ(fault_from(s, &driver, status, body).kind, kind_)

TEST(openai_refusals_are_understood)
{
    IS(llm_openai_chat, 401, "{'error':{'message':'no','code':'invalid_api_key'}}", FAULT_KEY);
    IS(llm_openai_chat, 429, "{'error':{'message':'x','code':'insufficient_quota'}}", FAULT_CREDIT);
    IS(llm_openai_chat, 429, "{'error':{'message':'x','type':'credit_balance_exhausted'}}",
       FAULT_CREDIT);
    IS(llm_openai_chat, 429, "{'error':{'message':'x','code':'organization_spend_limit_exceeded'}}",
       FAULT_CREDIT);
    IS(llm_openai_chat, 429, "{'error':{'message':'x','code':'rate_limit_exceeded'}}", FAULT_RATE);
    IS(llm_openai_chat, 429,
       "{'error':{'message':'Request too large: context window','code':'tokens'}}", FAULT_RATE);
    IS(llm_openai_chat, 404, "{'error':{'message':'x','code':'model_not_found'}}", FAULT_MODEL);
    IS(llm_openai_chat, 404, "{'error':{'message':'x','code':'DeploymentNotFound'}}", FAULT_MODEL);
    IS(llm_openai_chat, 400, "{'error':{'message':'x','code':'context_length_exceeded'}}",
       FAULT_CONTEXT);
    IS(llm_openai_chat, 400, "{'error':{'message':'x','code':'content_filter','innererror':{}}}",
       FAULT_FILTERED);
    IS(llm_openai_chat, 503, "{'error':{'message':'x','code':'server_is_overloaded'}}",
       FAULT_OVERLOAD);
    IS(llm_openai_chat, 400, "{'error':{'message':'bad','type':'invalid_request_error'}}",
       FAULT_NONE);
    return OK;
}

TEST(compatible_servers_say_it_in_words)
{
    IS(llm_openai_chat, 404, "{'error':'model \\'x\\' not found'}", FAULT_MODEL);
    IS(llm_openai_chat, 404, "{'object':'error','message':'The model x does not exist.'}",
       FAULT_MODEL);
    IS(llm_openai_chat, 404, "{'detail':'Not Found'}", FAULT_NONE);
    IS(llm_openai_chat, 400, "{'error':{'message':'x/y is not a valid model ID','code':400}}",
       FAULT_MODEL);
    IS(llm_openai_chat, 400,
       "{'message':'This model\\u0027s maximum context length is 4096 tokens.'}", FAULT_CONTEXT);
    IS(llm_openai_chat, 400,
       "{'error':{'message':'the request exceeds the available context size'}}", FAULT_CONTEXT);
    return OK;
}

TEST(a_refused_parameter_is_found_by_name_or_in_the_sentence)
{
    LlmFault named = fault_from(s, &llm_openai_chat, 400,
                                "{'error':{'message':'Unsupported value','param':'temperature',"
                                "'code':'unsupported_value'}}");
    LlmFault said = fault_from(
        s, &llm_openai_chat, 400,
        "{'error':{'message':'Unsupported parameter: \\u0027max_tokens\\u0027 "
        "is not supported with this model. Use \\u0027max_completion_tokens\\u0027 instead.'}}");
    LlmFault include = fault_from(s, &llm_openai_responses, 400,
                                  "{'error':{'message':'Encrypted content is not supported "
                                  "with this model.','param':'include'}}");
    LlmFault other =
        fault_from(s, &llm_openai_chat, 400,
                   "{'error':{'message':'Unknown parameter: \\u0027messages[0].x\\u0027',"
                   "'code':'unknown_parameter'}}");

    CHECK_EQ(named.parameter, WITHOUT_TEMPERATURE);
    CHECK_EQ(said.parameter, WITHOUT_MAX_TOKENS);
    CHECK_EQ(include.parameter, WITHOUT_INCLUDE);
    CHECK_EQ(other.kind, FAULT_REQUEST);
    return OK;
}

#define ANTHROPIC(type, message)                                                                   \
    "{'type':'error','error':{'type':'" type "','message':'" message "'}}"

TEST(anthropic_refusals_are_understood)
{
    IS(llm_anthropic, 401, ANTHROPIC("authentication_error", "invalid x-api-key"), FAULT_KEY);
    IS(llm_anthropic, 402, ANTHROPIC("billing_error", "pay"), FAULT_CREDIT);
    IS(llm_anthropic, 400, ANTHROPIC("invalid_request_error", "Your credit balance is too low"),
       FAULT_CREDIT);
    IS(llm_anthropic, 400,
       ANTHROPIC("invalid_request_error", "You have reached your specified API usage limits."),
       FAULT_CREDIT);
    IS(llm_anthropic, 429,
       "{'error':{'type':'rate_limit_error','message':'x','details':{'error_code':"
       "'enforced_spend_limit_reached'}}}",
       FAULT_CREDIT);
    IS(llm_anthropic, 429, ANTHROPIC("rate_limit_error", "x"), FAULT_RATE);
    IS(llm_anthropic, 403, ANTHROPIC("permission_error", "x"), FAULT_PERMISSION);
    IS(llm_anthropic, 404, ANTHROPIC("not_found_error", "model: claude-none"), FAULT_MODEL);
    IS(llm_anthropic, 413, ANTHROPIC("request_too_large", "x"), FAULT_SIZE);
    IS(llm_anthropic, 400,
       ANTHROPIC("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
       FAULT_CONTEXT);
    IS(llm_anthropic, 500, ANTHROPIC("api_error", "x"), FAULT_SERVER);
    IS(llm_anthropic, 529, ANTHROPIC("overloaded_error", "x"), FAULT_OVERLOAD);
    LlmFault f = fault_from(
        s, &llm_anthropic, 400,
        ANTHROPIC("invalid_request_error", "`temperature` is deprecated for this model."));
    CHECK_EQ(f.parameter, WITHOUT_TEMPERATURE);
    return OK;
}

#define GEMINI(status, message, details)                                                           \
    "{'error':{'code':1,'message':'" message "','status':'" status "','details':[" details "]}}"

TEST(gemini_refusals_are_understood)
{
    IS(llm_google, 400,
       GEMINI("INVALID_ARGUMENT", "API key not valid.", "{'reason':'API_KEY_INVALID'}"), FAULT_KEY);
    IS(llm_google, 403, GEMINI("PERMISSION_DENIED", "x", ""), FAULT_PERMISSION);
    IS(llm_google, 404, GEMINI("NOT_FOUND", "models/x is not found for API version v1beta", ""),
       FAULT_MODEL);
    IS(llm_google, 400,
       GEMINI("INVALID_ARGUMENT",
              "The input token count (9) exceeds the maximum number of tokens "
              "allowed (5).",
              ""),
       FAULT_CONTEXT);
    IS(llm_google, 429,
       GEMINI("RESOURCE_EXHAUSTED", "x",
              "{'violations':[{'quotaId':'GenerateRequestsPerDayPerProject'}]}"),
       FAULT_QUOTA);
    IS(llm_google, 503, GEMINI("UNAVAILABLE", "x", ""), FAULT_OVERLOAD);
    IS(llm_google, 402, GEMINI("", "x", ""), FAULT_NONE);
    LlmFault wait = fault_from(
        s, &llm_google, 429,
        GEMINI("RESOURCE_EXHAUSTED", "x",
               "{'@type':'type.googleapis.com/google.rpc.RetryInfo','retryDelay':'2.5s'}"));
    CHECK_EQ(wait.kind, FAULT_RATE);
    CHECK_EQ(wait.retry_after_us, 2500 * US_PER_MS);
    LlmFault schema = fault_from(
        s, &llm_google, 400,
        GEMINI("INVALID_ARGUMENT",
               "Unknown name \\'parametersJsonSchema\\' at tools[0]: Cannot find field.", ""));
    CHECK_EQ(schema.parameter, WITHOUT_JSON_SCHEMA);
    return OK;
}

TEST(what_no_word_explains_is_decided_by_the_status)
{
    CHECK_EQ(fault_of_status(401), FAULT_KEY);
    CHECK_EQ(fault_of_status(402), FAULT_CREDIT);
    CHECK_EQ(fault_of_status(422), FAULT_REQUEST);
    CHECK_EQ(fault_of_status(429), FAULT_RATE);
    CHECK_EQ(fault_of_status(502), FAULT_SERVER);
    CHECK_EQ(fault_of_status(504), FAULT_SILENT);
    CHECK_EQ(fault_of_status(302), FAULT_ADDRESS);
    return OK;
}

TEST(delays_are_read_out_of_sentences)
{
    CHECK_EQ(fault_delay("Please try again in 350ms. Visit", "try again in"), 350 * US_PER_MS);
    CHECK_EQ(fault_delay("try again in 6m0s", "try again in"),
             0); /* not one of the forms: no guess */
    CHECK_EQ(fault_delay("\"retryDelay\":\"0.5s\"", "\"retryDelay\""), 500 * US_PER_MS);
    CHECK_EQ(fault_delay("try again in 99999999s", "try again in"), 0);
    CHECK_EQ(fault_delay(NULL, "x"), 0);
    return OK;
}

TEST(an_error_says_who_and_what_and_never_the_key)
{
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_CHAT);
    LlmFault fault = {.kind = FAULT_REQUEST, .detail = "the header\n'Bearer sk-secret' is odd"};
    Error *e = fault_error(s, &model, &fault, 1);

    CHECK_TEXT(e->message,
               "openai test-model: the request was refused (the header 'Bearer ***' is odd)");
    CHECK_TEXT(e->code, "request_refused");
    fault = (LlmFault){.kind = FAULT_KEY, .detail = "Incorrect API key provided: sk-s***et"};
    e = fault_error(s, &model, &fault, 1);
    CHECK(!strstr(e->message, "sk-s"));
    CHECK_EQ(e->kind, DENIED);
    return OK;
}

TEST(json_that_strict_readers_refuse_is_mended)
{
    CHECK_TEXT(json_mended(s, "{\"a\":\"x\\u0000y\"}"), "{\"a\":\"x\\ufffdy\"}");
    CHECK_TEXT(json_mended(s, "\"\\ud83d\""), "\"\\ufffd\"");
    CHECK_TEXT(json_mended(s, "\"\\ud83d\\ude00 \\\\u0000\""), "\"\\ud83d\\ude00 \\\\u0000\"");
    CHECK_TEXT(json_mended(s, "\"\\u00"), "\"\\u00");
    LlmReply r =
        reply_from(s, &llm_openai_chat, DATA("{'choices':[{'delta':{'content':'a\\ud83d'}}]}"));
    CHECK_TEXT(r.text, "a\xEF\xBF\xBD");
    return OK;
}

TEST(what_is_no_json_is_a_malformed_answer)
{
    CHECK_EQ(answer_from(s, &llm_openai_chat, DATA("oops"), 0)->fault.kind, FAULT_MALFORMED);
    CHECK_EQ(answer_from(s, &llm_google, DATA("[1]"), 0)->fault.kind, FAULT_MALFORMED);
    return OK;
}

TEST(nothing_is_read_after_a_fault)
{
    LlmAnswer *answer =
        answer_from(s, &llm_openai_chat,
                    DATA("{'error':{'message':'first'}}")
                        DATA("{'choices':[{'delta':{'content':'late'}}]}") DATA("[DONE]"),
                    0);

    CHECK_TEXT(answer->fault.detail, "first");
    CHECK_EQ(answer->blocks.count, 0);
    CHECK(!answer->ended);
    return OK;
}
