/* Errors as answers. detail stays English for programs and logs; pages translate by code. */

#include "api/api.h"
#include "base/json.h"

static void write_issues(JsonWriter *w, const Issue *issues)
{
    json_open(w, '[');
    for (const Issue *i = issues; i; i = i->next) {
        json_open(w, '{');
        json_key(w, "type");
        json_put_text(w, i->type);
        json_key(w, "loc");
        json_put_raw(w, i->loc);
        json_key(w, "msg");
        json_put_text(w, i->msg);
        if (i->ctx) {
            json_key(w, "ctx");
            json_put_raw(w, i->ctx);
        }
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* What a bug says is for the log; outside it could tell an attacker how we are built. */
static const char *detail_of(const Error *e)
{
    return e->kind == BUG ? "internal error: see the server's log for this request_id" : e->message;
}

void error_answer(Scope *s, const HttpRequest *rq, const Error *e, HttpAnswer *out)
{
    Buffer *body = NEW(s, Buffer);
    const ErrorKindRow *kind = error_kind(e->kind);

    *body = buffer_in(s);
    JsonWriter w = json_writer(body);
    json_open(&w, '{');
    json_key(&w, "detail");
    if (e->issues)
        write_issues(&w, e->issues);
    else
        json_put_text(&w, text_clean(s, bytes_of(detail_of(e)), NULL));
    json_key(&w, "kind");
    json_put_text(&w, kind->name);
    json_key(&w, "code");
    json_put_text(&w, e->code);
    json_key(&w, "params");
    json_put_raw(&w, e->params ? json_of_params(s, e->params).text : "{}");
    json_key(&w, "request_id");
    json_put_text(&w, rq->id);
    json_close(&w, '}');
    out->status = kind->status;
    out->body = buffer_view(body);
    http_answer_header(s, out, "Content-Type", "application/json");
    if (e->kind == UNIDENTIFIED)
        http_answer_header(s, out, "WWW-Authenticate", "Bearer");
    if (e->kind == LIMITED || e->kind == UNAVAILABLE || e->retry_after_us) {
        int64_t seconds = (e->retry_after_us + US_PER_S - 1) / US_PER_S;
        http_answer_header(s, out, "Retry-After",
                           text(s, "%lld", (long long)(seconds > 0 ? seconds : 1)));
    }
}
