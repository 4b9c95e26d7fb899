/* Fixtures of model calls. */

#include "test/llm/given.h"

#include "llm/reply.h"
#include "net/sse.h"

const LlmSettings fast = {
    .tries = 3,
    .backoff_first_us = US_PER_MS,
    .backoff_most_us = US_PER_MS,
};

static Error *heard_delta(Scope *s, void *self, const char *t)
{
    Heard *heard = self;

    (void)s;
    buffer_text(&heard->said, t);
    return heard->objection;
}

static Error *heard_notice(Scope *s, void *self, const LlmNotice *notice)
{
    Heard *heard = self;

    (void)s;
    texts_add(heard->s, &heard->notices, notice->message);
    *list_add(heard->s, &heard->kinds) = (int)notice->kind;
    return OK;
}

static Error *heard_spent(Scope *s, void *self, const Usage *usage, bool estimated)
{
    Heard *heard = self;

    (void)s;
    usage_add(&heard->spent, usage);
    heard->times_spent++;
    heard->times_estimated += estimated;
    return OK;
}

Heard *given_heard(Scope *s)
{
    Heard *heard = NEW(s, Heard);

    *heard = (Heard){.s = s, .said = buffer_in(s)};
    return heard;
}

LlmSink sink_of(Heard *heard)
{
    return (LlmSink){heard, heard_delta, heard_notice, heard_spent};
}

Llm *given_llm(Scope *s, const LlmSettings *settings)
{
    HttpClient *client;
    Llm *llm = NULL;
    Error *e = http_client_open(s, &(HttpClientSettings){.user_agent = "test"}, &client);

    if (!e)
        e = llm_open(s, client, settings, &llm);
    error_drop(e, "a test without an Llm crashes at once");
    return llm;
}

LlmModel given_model(Scope *s, const Script *script, Provider provider, LlmApi api)
{
    return (LlmModel){.provider = provider,
                      .model_name = "test-model",
                      .base_url = script ? script_url(s, script) : NULL,
                      .api_key = "sk-secret",
                      .api = api};
}

LlmRequest given_request(Scope *s, const LlmModel *model)
{
    LlmRequest rq = {.model = model};

    *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_USER, .text = "hello"};
    return rq;
}

Error *ask(Scope *s, const LlmModel *model, Heard *heard, LlmReply *out)
{
    LlmRequest rq = given_request(s, model);
    LlmSink sink = sink_of(heard);

    return llm_complete(s, given_llm(s, &fast), &rq, &sink, out);
}

typedef struct Feeding {
    const LlmDriver *driver;
    LlmAnswer *answer;
} Feeding;

static Error *feed(Scope *s, void *to, const SseEvent *event)
{
    Feeding *feeding = to;

    return llm_event(s, feeding->driver, feeding->answer, event->data);
}

LlmAnswer *answer_from(Scope *s, const LlmDriver *driver, const char *stream, size_t piece)
{
    static const LlmModel model = {.provider = PROVIDER_OPENAI, .model_name = "test-model"};
    LlmAnswer *answer = NEW(s, LlmAnswer);
    Feeding feeding = {driver, answer};
    SseReader *reader = sse_reader(s, 0, feed, &feeding);
    Bytes rest = bytes_of(quoted(s, stream));

    *answer = (LlmAnswer){.s = s, .model = &model};
    while (rest.size) {
        size_t size = piece && piece < rest.size ? piece : rest.size;
        Error *e = sse_read(s, reader, (Bytes){rest.data, size});
        if (e)
            answer_fault(answer, FAULT_LARGE, e->message);
        rest = (Bytes){rest.data + size, rest.size - size};
    }
    return answer;
}

LlmReply reply_from(Scope *s, const LlmDriver *driver, const char *stream)
{
    LlmReply reply;

    reply_of(s, driver, answer_from(s, driver, stream, 0), &reply);
    return reply;
}

LlmFault fault_from(Scope *s, const LlmDriver *driver, int status, const char *body)
{
    LlmFault fault = {0};
    json_t *value = NULL;
    Error *e = json_parse(s, bytes_of(quoted(s, body)), &value);

    error_drop(e, "a test with a body that is none fails by its own check");
    if (!e)
        driver->refusal(s, value, status, &fault);
    return fault;
}

json_t *body_from(Scope *s, const LlmDriver *driver, const LlmRequest *rq, unsigned without)
{
    Buffer b = buffer_in(s);
    json_t *value = NULL;

    driver->body(s, rq, without, &b);
    error_drop(json_parse(s, buffer_view(&b), &value), "look-ups in NULL fail the test");
    return value;
}
