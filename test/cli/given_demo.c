/* The server and the calls of given_demo.h. */

#include "test/cli/given_demo.h"

const char *quoted(Scope *s, const char *t)
{
    char *copy = scope_copy(s, t, strlen(t) + 1);

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

Error *given_demo_with(Scope *s, DemoLlmOptions options, GivenDemo *out)
{
    LlmSettings settings = {.backoff_first_us = US_PER_MS,
                            .backoff_most_us = US_PER_MS,
                            .patience_us = 5 * US_PER_S,
                            .other_first_byte_us = 500 * US_PER_MS,
                            .idle_us = 500 * US_PER_MS,
                            .tries = 2};

    scope_limit(s, 20 * US_PER_S);
    TRY(demo_llm_start(s, &options, &out->demo));
    TRY(http_client_open(s, &(HttpClientSettings){0}, &out->client));
    return llm_open(s, out->client, &settings, &out->llm);
}

Error *given_demo(Scope *s, const char *script, GivenDemo *out)
{
    DemoLlmOptions options = {.instant = true};

    if (script)
        options.script = bytes_of(quoted(s, script));
    return given_demo_with(s, options, out);
}

LlmModel demo_model(Scope *s, const GivenDemo *given, LlmApi api)
{
    static const Provider providers[] = {[LLM_CHAT] = PROVIDER_OPENAI,
                                         [LLM_RESPONSES] = PROVIDER_OPENAI,
                                         [LLM_MESSAGES] = PROVIDER_ANTHROPIC,
                                         [LLM_GEMINI] = PROVIDER_GOOGLE};

    return (LlmModel){.provider = providers[api],
                      .model_name = "m",
                      .base_url = demo_llm_url(s, given->demo),
                      .api_key = "a-demo-key",
                      .api = api};
}

Error *post(Scope *s, const GivenDemo *given, const char *path, const char *body, HttpReply *out)
{
    HttpCall call = {.method = "POST",
                     .url = text(s, "%s%s", demo_llm_url(s, given->demo), path),
                     .body = bytes_of(quoted(s, body))};

    pairs_add(s, &call.headers, "anthropic-version", "2023-06-01");
    return http_call(s, given->client, &call, out);
}

LlmRequest a_request(Scope *s, const LlmModel *model, const char *said)
{
    LlmRequest rq = {.model = model, .system = "be good"};

    *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_USER, .text = said};
    *list_add(s, &rq.tools) =
        (LlmTool){"look", "Looks.", {"{\"type\":\"object\",\"properties\":{}}"}};
    return rq;
}
