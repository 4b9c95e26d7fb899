/* Addresses of calls. */

#include "llm/endpoint.h"
#include "test/llm/given.h"

static const char *url_of(Scope *s, Provider provider, const char *base)
{
    LlmModel model = {.provider = provider, .model_name = "m", .base_url = base};

    return llm_driver(s, &model)->url(s, &model);
}

TEST(without_a_base_url_a_call_goes_to_the_provider)
{
    CHECK_TEXT(url_of(s, PROVIDER_OPENAI, NULL), "https://api.openai.com/v1/responses");
    CHECK_TEXT(url_of(s, PROVIDER_ANTHROPIC, ""), "https://api.anthropic.com/v1/messages");
    CHECK_TEXT(
        url_of(s, PROVIDER_GOOGLE, NULL),
        "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse");
    return OK;
}

TEST(base_urls_are_taken_in_the_forms_people_write)
{
    CHECK_TEXT(url_of(s, PROVIDER_OPENAI, "http://localhost:11434"),
               "http://localhost:11434/v1/chat/completions");
    CHECK_TEXT(url_of(s, PROVIDER_OPENAI, " http://h:1/ "), "http://h:1/v1/chat/completions");
    CHECK_TEXT(url_of(s, PROVIDER_OPENAI, "https://h/api/v1/"),
               "https://h/api/v1/chat/completions");
    CHECK_TEXT(url_of(s, PROVIDER_ANTHROPIC, "https://h/x"), "https://h/x/v1/messages");
    CHECK_TEXT(url_of(s, PROVIDER_ANTHROPIC, "https://h/x/v1"), "https://h/x/v1/messages");
    CHECK_TEXT(url_of(s, PROVIDER_GOOGLE, "http://h:2"),
               "http://h:2/v1beta/models/m:streamGenerateContent?alt=sse");
    CHECK_TEXT(url_of(s, PROVIDER_GOOGLE, "http://h:2/v1"),
               "http://h:2/v1/models/m:streamGenerateContent?alt=sse");
    return OK;
}

TEST(azure_hosts_have_their_own_paths)
{
    CHECK_TEXT(url_of(s, PROVIDER_OPENAI, "https://r.openai.azure.com"),
               "https://r.openai.azure.com/openai/v1/chat/completions");
    CHECK_TEXT(
        url_of(s, PROVIDER_OPENAI,
               "https://r.openai.azure.com/openai/deployments/d?api-version=2024-10-21"),
        "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21");
    return OK;
}

TEST(the_key_goes_into_the_header_of_its_host)
{
    LlmModel azure = {.provider = PROVIDER_OPENAI,
                      .base_url = "https://r.services.ai.azure.com",
                      .api_key = "k\n"};
    LlmModel other = {.provider = PROVIDER_OPENAI,
                      .base_url = "https://r.openai.azure.com.evil.example",
                      .api_key = "k"};
    LlmModel keyless = {.provider = PROVIDER_OPENAI, .base_url = "http://localhost:11434"};
    PairList headers = {0}, other_headers = {0}, no_headers = {0};

    openai_headers(s, &azure, &headers);
    CHECK_TEXT(header_get(&headers, "api-key"), "k");
    CHECK(!header_get(&headers, "Authorization"));
    openai_headers(s, &other, &other_headers);
    CHECK_TEXT(header_get(&other_headers, "Authorization"), "Bearer k");
    openai_headers(s, &keyless, &no_headers);
    CHECK_EQ(no_headers.count, 0);
    return OK;
}

TEST(names_of_models_are_encoded_in_paths)
{
    LlmModel model = {
        .provider = PROVIDER_GOOGLE, .model_name = "models/a?b", .base_url = "http://h"};

    CHECK_TEXT(llm_google.url(s, &model),
               "http://h/v1beta/models/a%3Fb:streamGenerateContent?alt=sse");
    return OK;
}

TEST(reasoning_models_are_known_by_their_names)
{
    CHECK(model_reasons("o4-mini") && model_reasons("gpt-5.5") && model_reasons("gpt-6-sol"));
    CHECK(model_reasons("openai/gpt-5-mini") && model_reasons("codex-mini"));
    CHECK(!model_reasons("gpt-4o") && !model_reasons("opus") && !model_reasons("gpt-oss:20b"));
    return OK;
}

TEST(a_model_is_checked_before_it_is_called)
{
    FAILS(INVALID, llm_model_check(s, &(LlmModel){.provider = PROVIDER_OPENAI, .api_key = "k"}));
    FAILS(INVALID,
          llm_model_check(
              s, &(LlmModel){.provider = PROVIDER_OPENAI, .model_name = "m", .base_url = "x y"}));
    FAILS(INVALID, llm_model_check(s, &(LlmModel){.provider = PROVIDER_OPENAI,
                                                  .model_name = "m",
                                                  .base_url = "file:///etc/passwd"}));
    Error *e = llm_model_check(s, &(LlmModel){.provider = PROVIDER_ANTHROPIC, .model_name = "m"});
    CHECK_TEXT(e->code, "key_missing");
    e = llm_model_check(
        s, &(LlmModel){.provider = PROVIDER_ANTHROPIC, .model_name = "m", .api_key = "a\nb"});
    CHECK_TEXT(e->code, "key_refused");
    TRY(llm_model_check(
        s, &(LlmModel){.provider = PROVIDER_OPENAI, .model_name = "m", .base_url = "http://h:1"}));
    return OK;
}
