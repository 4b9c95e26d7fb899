/* From base URLs to addresses of calls. */

#include "llm/endpoint.h"

#include <ctype.h>
#include <stdlib.h>

#include "net/url.h"

const Name llm_api_names[] = {{LLM_CHAT, "chat"},
                              {LLM_RESPONSES, "responses"},
                              {LLM_MESSAGES, "messages"},
                              {LLM_GEMINI, "gemini"},
                              {0}};

typedef struct OwnRow {
    Provider provider;
    const char *base;
    const char *host;
    const char *version; /* what the path of a base must end with, or gets */
} OwnRow;

static const OwnRow own[] = {
    {PROVIDER_OPENAI, "https://api.openai.com/v1", "api.openai.com", "/v1"},
    {PROVIDER_ANTHROPIC, "https://api.anthropic.com", "api.anthropic.com", "/v1"},
    {PROVIDER_GOOGLE, "https://generativelanguage.googleapis.com",
     "generativelanguage.googleapis.com", "/v1beta"},
};

static const char *const azure_hosts[] = {".openai.azure.com", ".services.ai.azure.com",
                                          ".cognitiveservices.azure.com", ".openai.azure.us"};

static const OwnRow *own_row(const LlmModel *model)
{
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (own[i].provider == model->provider)
            return &own[i];
    return &own[0];
}

const char *endpoint_base(Scope *s, const LlmModel *model)
{
    const char *base =
        text_empty(model->base_url) ? own_row(model)->base : text_trim(s, model->base_url);
    size_t size = strlen(base);

    while (size && base[size - 1] == '/')
        size--;
    return text_of(s, (Bytes){base, size});
}

/* NULL when the base is no URL. */
static const char *host_of(Scope *s, const LlmModel *model)
{
    Url url = {0};
    Error *e = url_parse(s, endpoint_base(s, model), &url);

    error_drop(e, "llm_model_check says so before a call");
    return e ? NULL : url.host;
}

bool endpoint_own(Scope *s, const LlmModel *model)
{
    return text_equal(host_of(s, model), own_row(model)->host);
}

bool endpoint_azure(Scope *s, const LlmModel *model)
{
    const char *host = host_of(s, model);

    for (size_t i = 0; host && i < COUNT_OF(azure_hosts); i++)
        if (text_ends(host, azure_hosts[i]))
            return true;
    return false;
}

LlmApi endpoint_api(Scope *s, const LlmModel *model)
{
    if (model->api)
        return model->api;
    if (model->provider == PROVIDER_ANTHROPIC)
        return LLM_MESSAGES;
    if (model->provider == PROVIDER_GOOGLE)
        return LLM_GEMINI;
    return endpoint_own(s, model) ? LLM_RESPONSES : LLM_CHAT;
}

/* "/v1", "/x/v1beta": the last segment is a version. */
static bool has_version(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] == 'v' && isdigit((unsigned char)slash[2]);
}

static const char *version_for(Scope *s, const LlmModel *model, const char *path)
{
    bool bare = !*path || text_equal(path, "/");

    if (model->provider ==
        PROVIDER_OPENAI) /* other paths are taken as they are: gateways have their own */
        return !bare ? "" : endpoint_azure(s, model) ? "/openai/v1" : "/v1";
    return has_version(path) ? "" : own_row(model)->version;
}

const char *endpoint_url(Scope *s, const LlmModel *model, const char *path, const char *more)
{
    Url url = {0};
    Error *e = url_parse(s, endpoint_base(s, model), &url);

    error_drop(e, "llm_model_check says so before a call");
    const char *base = text_equal(url.path, "/") || !url.path ? "" : url.path;
    size_t size = strlen(base);
    while (size && base[size - 1] == '/') /* before a query endpoint_base sees none of them */
        size--;
    base = text_of(s, (Bytes){base, size});
    url.path = text(s, "%s%s%s", base, version_for(s, model, base), path);
    if (url.query && more)
        url.query = text(s, "%s&%s", url.query, more);
    else if (more)
        url.query = more;
    url.fragment = NULL;
    return url_text(s, &url);
}

bool model_reasons(const char *model_name)
{
    const char *slash = strrchr(model_name, '/');
    const char *name = slash ? slash + 1 : model_name;

    if (name[0] == 'o' && isdigit((unsigned char)name[1]))
        return true;
    return text_starts(name, "codex-") ||
           (text_starts(name, "gpt-") && strtol(name + 4, NULL, 10) >= 5);
}
