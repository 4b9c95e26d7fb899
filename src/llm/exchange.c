/* Sends a request and reads the answer as it comes. */

#include "llm/exchange.h"

#include <strings.h>

#include "llm/endpoint.h"
#include "net/sse.h"
#include "net/url.h"

typedef struct Reading {
    const Exchange *exchange;
    LlmAnswer *answer;
    SseReader *reader;
    Buffer body; /* of an error, or of an answer that is not streamed */
    int status;  /* 0: no answer yet */
    bool streamed;
    bool page;    /* HTML: no API lives there */
    bool stopped; /* a fault was found; the rest is not read */
    Error *sink_failed;
} Reading;

static bool is_type(const PairList *headers, const char *type)
{
    const char *value = header_get(headers, "Content-Type");

    return value && strncasecmp(value, type, strlen(type)) == 0;
}

static const char *request_id(const PairList *headers)
{
    static const char *const names[] = {"request-id", "x-request-id", "apim-request-id"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (header_get(headers, names[i]))
            return header_get(headers, names[i]);
    return NULL;
}

static Error *started(Scope *s, void *to, const HttpReply *reply)
{
    Reading *reading = to;

    (void)s;
    gate_reached(reading->exchange->attempt);
    reading->status = reply->status;
    reading->answer->id = text_copy(reading->answer->s, request_id(&reply->headers));
    /* Some servers name no type, or a wrong one, for what is a stream nevertheless. */
    reading->page = is_type(&reply->headers, "text/html");
    reading->streamed =
        reply->status / 100 == 2 && !reading->page && !is_type(&reply->headers, "application/json");
    return OK;
}

static Error *event(Scope *s, void *to, const SseEvent *sse)
{
    Reading *reading = to;

    return reading->sink_failed =
               llm_event(s, reading->exchange->driver, reading->answer, sse->data);
}

static void collect(Reading *reading, Bytes piece)
{
    size_t most = reading->status / 100 == 2 ? LLM_ANSWER_MAX : LLM_ERROR_BODY_MAX;
    size_t room = most - reading->body.size;

    buffer_add(&reading->body, piece.data, piece.size < room ? piece.size : room);
}

static Error *take(Scope *s, void *to, Bytes piece)
{
    Reading *reading = to;

    if (!reading->streamed) {
        collect(reading, piece);
        return OK;
    }
    Error *e = sse_read(s, reading->reader, piece);
    if (e && !reading->sink_failed)
        answer_fault(reading->answer, FAULT_LARGE, NULL);
    if (!e && !reading->answer->fault.kind)
        return OK;
    reading->stopped = true;
    return e ? e : fail(s, UPSTREAM, "the rest of the answer is of no use");
}

static HttpCall call_of(Scope *s, const Exchange *x, Bytes body)
{
    const LlmModel *model = x->rq->model;
    const LlmSettings *settings = x->settings;
    HttpCall call = {
        .method = "POST",
        .url = x->driver->url(s, model),
        .body = body,
        .connect_us = settings->connect_us,
        .first_byte_us =
            endpoint_own(s, model) ? settings->first_byte_us : settings->other_first_byte_us,
        .idle_us =
            model_reasons(model->model_name) ? settings->thinking_idle_us : settings->idle_us,
        .whole_us = settings->whole_us,
        .answer_max = LLM_STREAM_MAX,
        .started = started,
        .take = take,
    };

    pairs_add(s, &call.headers, "Content-Type", "application/json");
    pairs_add(s, &call.headers, "Accept", "text/event-stream");
    x->driver->headers(s, model, &call.headers);
    return call;
}

static json_t *object_of(Scope *s, const Buffer *body)
{
    json_t *value = NULL;
    Error *e = json_parse(s, buffer_view(body), &value);

    error_drop(e, "what is no JSON is judged by the status");
    if (json_is_array(value)) /* Gemini, when it does not stream */
        value = json_array_get(value, 0);
    return e || !json_is_object(value) ? NULL : value;
}

static bool is_html(const Buffer *body)
{
    const char *t = body->data + strspn(body->data, " \t\r\n");

    return *t == '<';
}

/* An answer with an error's status. */
static void refused(Scope *s, Reading *reading, const HttpCall *call, const HttpReply *reply)
{
    LlmFault *fault = &reading->answer->fault;
    json_t *body = object_of(s, &reading->body);
    int64_t asked = http_retry_after(&reply->headers);

    if (body)
        reading->exchange->driver->refusal(s, body, reply->status, fault);
    else if (reading->body.size && !is_html(&reading->body))
        fault->detail = text_clean(s, buffer_view(&reading->body), NULL);
    if (!fault->kind)
        fault->kind = fault_of_status(reply->status);
    if (asked > fault->retry_after_us)
        fault->retry_after_us = asked;
    if (fault->kind == FAULT_ADDRESS)
        fault->detail = text(s, "status %d from %s", reply->status, url_shown(s, call->url));
    else if (text_empty(fault->detail))
        fault->detail = text(s, "status %d", reply->status);
}

/* An exchange that the transport ended. */
static void broken(Reading *reading, const Error *e)
{
    bool silent = e->kind == TIMEOUT && !text_equal(e->code, HTTP_CONNECT_TIMEOUT);

    if (!reading->status && !silent) {
        answer_fault(reading->answer, FAULT_UNREACHABLE, e->message);
        gate_unreached(reading->exchange->attempt);
    } else if (!reading->answer->ended) {
        answer_fault(reading->answer, silent ? FAULT_SILENT : FAULT_CUT, e->message);
    }
}

Error *exchange_run(Scope *s, const Exchange *x, LlmAnswer *answer, bool *accepted, Bytes *sent)
{
    Reading reading = {.exchange = x, .answer = answer, .body = buffer_in(s)};
    Buffer body = buffer_in(s);
    HttpReply reply = {0};

    reading.reader = sse_reader(s, 0, event, &reading);
    x->driver->body(s, x->rq, x->without, &body);
    *sent = buffer_view(&body);
    HttpCall call = call_of(s, x, *sent);
    call.to = &reading;
    Error *e = http_call(s, x->client, &call, &reply);
    *accepted = reading.status / 100 == 2;
    if (reading.sink_failed)
        return reading.sink_failed;
    TRY(scope_check(s));
    if (e && !reading.stopped) {
        if (failed_as(e, CANCELLED) || failed_as(e, INVALID))
            return e;
        broken(&reading, e);
    } else if (reading.page && reading.status / 100 == 2) {
        answer_fault(answer, FAULT_ADDRESS, text(s, "a web page at %s", url_shown(s, call.url)));
    } else if (reading.status / 100 != 2) {
        refused(s, &reading, &call, &reply);
    } else if (!reading.streamed) {
        TRY(llm_event(s, x->driver, answer, text_clean(s, buffer_view(&reading.body), NULL)));
    }
    error_drop(e, "became the answer's fault");
    return OK;
}
