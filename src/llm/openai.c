/* What OpenAI's two APIs share with each other and with the servers that copy them. */

#include "llm/driver.h"
#include "llm/endpoint.h"

/* Codes first: they are exact. Then phrases of sentences, OpenAI's and those of vLLM, llama.cpp,
 * Ollama, LiteLLM and OpenRouter. */
static const FaultWord codes[] = {{"invalid_api_key", FAULT_KEY},
                                  {"authentication_error", FAULT_KEY},
                                  {"insufficient_quota", FAULT_CREDIT},
                                  {"credit_balance", FAULT_CREDIT},
                                  {"billing", FAULT_CREDIT},
                                  {"spend_limit", FAULT_CREDIT},
                                  {"context_length_exceeded", FAULT_CONTEXT},
                                  {"exceed_context_size", FAULT_CONTEXT},
                                  {"model_not_found", FAULT_MODEL},
                                  {"DeploymentNotFound", FAULT_MODEL},
                                  {"invalid_model", FAULT_MODEL},
                                  {"unsupported_parameter", FAULT_PARAMETER},
                                  {"unknown_parameter", FAULT_PARAMETER},
                                  {"unsupported_value", FAULT_PARAMETER},
                                  {"content_filter", FAULT_FILTERED},
                                  {"content_policy", FAULT_FILTERED},
                                  {"rate_limit", FAULT_RATE},
                                  {"slow_down", FAULT_RATE},
                                  {"overloaded", FAULT_OVERLOAD},
                                  {"server_error", FAULT_SERVER},
                                  {0}};

static const FaultWord phrases[] = {{"maximum context length", FAULT_CONTEXT},
                                    {"available context size", FAULT_CONTEXT},
                                    {"context window", FAULT_CONTEXT},
                                    {"prompt is too long", FAULT_CONTEXT},
                                    {"is not a valid model", FAULT_MODEL},
                                    {"exceeded your current quota", FAULT_CREDIT},
                                    {"insufficient credits", FAULT_CREDIT},
                                    {"unsupported parameter", FAULT_PARAMETER},
                                    {"unknown parameter", FAULT_PARAMETER},
                                    {"unrecognized request argument", FAULT_PARAMETER},
                                    {"extra inputs are not permitted", FAULT_PARAMETER},
                                    {"extra fields not permitted", FAULT_PARAMETER},
                                    {"not supported with this model", FAULT_PARAMETER},
                                    {"does not support", FAULT_PARAMETER},
                                    {"unexpected keyword argument", FAULT_PARAMETER},
                                    {0}};

static const char *text_at(json_t *body, const char *path, const char *other)
{
    const char *t = json_at_text(body, path);

    return t ? t : json_at_text(body, other);
}

static LlmFaultKind kind_of(json_t *body, const char *detail, int status)
{
    const char *code = text_at(body, "error.code", "code");
    const char *type = text_at(body, "error.type", "type");
    LlmFaultKind kind = fault_word(codes, code);

    if (!kind)
        kind = fault_word(codes, type);
    if (!kind)
        kind = fault_word(phrases, detail);
    /* Ollama and vLLM say in words only which of the two is missing. */
    if (!kind && status == 404 && detail && strcasestr(detail, "model"))
        kind = FAULT_MODEL;
    /* Too many tokens a minute carries a code of its own beside status 429. */
    if (status == 429 && kind != FAULT_CREDIT)
        kind = FAULT_RATE;
    return kind;
}

/* {"error":{"message","type","param","code"}}, {"error":"…"}, {"message":…}, {"detail":…} */
void openai_refusal(Scope *s, json_t *body, int status, LlmFault *fault)
{
    const char *detail = text_at(body, "error.message", "error");
    const char *parameter = text_at(body, "error.param", "param");

    if (!detail)
        detail = text_at(body, "message", "detail");
    fault->detail = text_copy(s, detail);
    fault->kind = kind_of(body, detail, status);
    if (fault->kind == FAULT_PARAMETER)
        fault_parameter(fault,
                        text_empty(parameter) || !parameter_named(parameter) ? detail : parameter);
    if (fault->kind == FAULT_RATE)
        fault->retry_after_us = fault_delay(detail, "try again in");
}

void openai_headers(Scope *s, const LlmModel *model, PairList *out)
{
    if (endpoint_azure(s, model))
        add_key_header(s, model, "api-key", "", out);
    else
        add_key_header(s, model, "Authorization", "Bearer ", out);
}
