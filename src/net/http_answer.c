/* Answers: from the handler's struct to libmicrohttpd's response, and from errors to answers. */

#include "base/json.h"
#include "net/http_exchange.h"

void http_answer_header(Scope *s, HttpAnswer *answer, const char *name, const char *value)
{
    pairs_add(s, &answer->headers, name, value);
}

void http_write_head(Buffer *b, int status, const PairList *headers)
{
    buffer_format(b, "HTTP/1.1 %d %s\r\n", status, MHD_get_reason_phrase_for((unsigned)status));
    EACH (Pair, h, headers)
        buffer_format(b, "%s: %s\r\n", h->name, h->value);
    buffer_text(b, "\r\n");
}

static void describe(Scope *s, const HttpExchange *ex, const Error *e, HttpAnswer *answer)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "detail");
    json_put_text(&w, e->message);
    json_key(&w, "kind");
    json_put_text(&w, error_kind(e->kind)->name);
    json_key(&w, "request_id");
    json_put_text(&w, ex->rq.id);
    json_close(&w, '}');
    answer->status = error_kind(e->kind)->status;
    answer->body = buffer_view(&b);
    http_answer_header(s, answer, "Content-Type", "application/json");
}

void http_answer_failure(Scope *s, HttpExchange *ex, const Error *e, HttpAnswer *answer)
{
    const HttpApp *app = &ex->server->app;

    *answer = (HttpAnswer){0};
    if (app->failed)
        app->failed(s, app->app, &ex->rq, e, answer);
    else
        describe(s, ex, e, answer);
    if (e->retry_after_us && !header_get(&answer->headers, "Retry-After")) {
        int64_t seconds = (e->retry_after_us + US_PER_S - 1) / US_PER_S;
        http_answer_header(s, answer, "Retry-After", text(s, "%lld", (long long)seconds));
    }
}

Error *http_refusal_error(Scope *s, const Refusal *refusal)
{
    Error *e = error_new(s, refusal->kind, "%s", refusal->message);

    return refusal->status == 503 ? error_retry_after(e, US_PER_S) : e;
}

static int status_of(const HttpAnswer *answer)
{
    if (answer->status)
        return answer->status;
    return answer->body.size || answer->has_file ? 200 : 204;
}

static bool has_no_body(int status)
{
    return status == 204 || status == 304; /* RFC 9110 6.4.1 */
}

static fallible make_response(Scope *s, const HttpAnswer *answer, int status,
                              struct MHD_Response **out)
{
    Bytes body = has_no_body(status) ? BYTES("") : answer->body;

    if (answer->has_file)
        *out = MHD_create_response_from_fd_at_offset64(answer->file_size, answer->file_fd,
                                                       answer->file_from);
    else /* the library writes to no body, its parameter is only not const */
        *out = MHD_create_response_from_buffer(body.size, (void *)(uintptr_t)body.data,
                                               answer->body_lasts ? MHD_RESPMEM_PERSISTENT
                                                                  : MHD_RESPMEM_MUST_COPY);
    return *out ? OK : fail(s, BUG, "no response could be made");
}

static fallible add_header(Scope *s, struct MHD_Response *response, const char *name,
                           const char *value)
{
    if (!header_name_valid(name) || !header_value_valid(value) ||
        MHD_add_response_header(response, name, value) != MHD_YES)
        return fail(s, BUG, "the answer's header %s is not one", name);
    return OK;
}

static fallible add_headers(Scope *s, HttpExchange *ex, const HttpAnswer *answer,
                            struct MHD_Response *response)
{
    EACH (Pair, h, &answer->headers)
        TRY(add_header(s, response, h->name, h->value));
    if (!header_get(&answer->headers, "X-Request-ID"))
        TRY(add_header(s, response, "X-Request-ID", ex->rq.id));
    if (answer->close)
        TRY(add_header(s, response, "Connection", "close"));
    return OK;
}

Error *http_answer_build(Scope *s, HttpExchange *ex, const HttpAnswer *answer,
                         struct MHD_Response **out, int *status)
{
    struct MHD_Response *response = NULL;

    *status = status_of(answer);
    TRY(make_response(s, answer, *status, &response));
    Error *e = add_headers(s, ex, answer, response);
    if (e) {
        MHD_destroy_response(response);
        return e;
    }
    *out = response;
    return OK;
}
