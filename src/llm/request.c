/* What all drivers write alike. */

#include "llm/driver.h"
#include "llm/endpoint.h"
#include "sys/crypto.h"

static const LlmDriver *const drivers[] = {&llm_openai_chat, &llm_openai_responses, &llm_anthropic,
                                           &llm_google};

const LlmDriver *llm_driver(Scope *s, const LlmModel *model)
{
    LlmApi api = endpoint_api(s, model);

    for (size_t i = 0; i < COUNT_OF(drivers); i++)
        if (drivers[i]->api == api)
            return drivers[i];
    return &llm_openai_chat;
}

const char *request_system(Scope *s, const LlmRequest *rq)
{
    Buffer b = buffer_in(s);

    buffer_text(&b, rq->system ? rq->system : "");
    EACH (const LlmMessage, m, &rq->messages) {
        if (m->role != LLM_SYSTEM || text_empty(m->text))
            continue;
        if (b.size)
            buffer_text(&b, "\n\n");
        buffer_text(&b, m->text);
    }
    return buffer_string(&b);
}

int64_t request_output_tokens(const LlmRequest *rq)
{
    int64_t most = rq->model->output_tokens_max;
    int64_t wanted = rq->max_output_tokens ? rq->max_output_tokens
                     : most                ? most
                                           : LLM_OUTPUT_TOKENS;

    return most && wanted > most ? most : wanted;
}

const char *message_turn(const LlmMessage *message, LlmApi api)
{
    return message->state.api == api ? message->state.turn.text : NULL;
}

bool message_empty(const LlmMessage *message)
{
    if (message->role == LLM_SYSTEM)
        return true;
    return message->role != LLM_TOOL && text_empty(message->text) && !message->tool_calls.count &&
           !message->state.turn.text;
}

const char *tool_schema(const LlmTool *tool)
{
    return tool->schema.text ? tool->schema.text : "{\"type\":\"object\",\"properties\":{}}";
}

void put_temperature(JsonWriter *w, const LlmRequest *rq, unsigned without)
{
    bool fixed = rq->model->provider == PROVIDER_OPENAI && model_reasons(rq->model->model_name);

    if (!rq->temperature.set || fixed || (without & WITHOUT_TEMPERATURE))
        return;
    json_key(w, "temperature");
    json_put_real(w, rq->temperature.value);
}

void put_items(JsonWriter *w, Scope *s, const char *array)
{
    size_t size = strlen(array);

    if (size > 2)
        json_put_raw(w, text_of(s, (Bytes){array + 1, size - 2}));
}

void put_pair(JsonWriter *w, const char *key, const char *value)
{
    json_key(w, key);
    json_put_text(w, value ? value : "");
}

void add_key_header(Scope *s, const LlmModel *model, const char *name, const char *before,
                    PairList *out)
{
    const char *key = text_empty(model->api_key) ? "" : text_trim(s, model->api_key);
    size_t size = strlen(before) + strlen(key) + 1;

    if (!*key)
        return;
    char *value = secret_alloc(s, size);
    snprintf(value, size, "%s%s", before, key);
    pairs_add(s, out, name, value);
}
