/* Writing the log. */

#include "cli/demo_llm_log.h"

#include <strings.h>

#include "base/json.h"
#include "sys/file.h"

enum { LOG_MODE = 0600 };

static bool is_secret(const char *name)
{
    static const char *const secrets[] = {"Authorization", "x-api-key", "api-key", "x-goog-api-key",
                                          "Cookie"};

    for (size_t i = 0; i < COUNT_OF(secrets); i++)
        if (strcasecmp(name, secrets[i]) == 0)
            return true;
    return false;
}

static void put_headers(Scope *s, JsonWriter *w, const PairList *headers)
{
    json_key(w, "headers");
    json_open(w, '{');
    EACH (Pair, h, headers) {
        json_key(w, text_lower(s, h->name));
        json_put_text(w, is_secret(h->name) ? "***" : text_clean(s, bytes_of(h->value), NULL));
    }
    json_close(w, '}');
}

static void put_body(Scope *s, JsonWriter *w, Bytes body)
{
    json_t *value;
    Error *e = json_parse(s, body, &value);

    json_key(w, "body");
    if (e)
        json_put_text(w, text_clean(s, body, NULL));
    else
        json_put_raw(w, json_dump(s, value));
    error_drop(e, "what is no JSON is logged as text");
}

Error *demo_log_write(Scope *s, DemoLog *log, const HttpRequest *rq, const char *answered)
{
    if (!log->path)
        return OK;
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);
    json_open(&w, '{');
    json_key(&w, "time");
    json_put_text(&w, time_text(s, rq->at));
    json_key(&w, "method");
    json_put_text(&w, rq->method_name);
    json_key(&w, "path");
    json_put_text(&w, text_clean(s, bytes_of(rq->path), NULL));
    put_headers(s, &w, &rq->headers);
    put_body(s, &w, rq->body);
    json_key(&w, "answered");
    json_put_text(&w, answered);
    json_close(&w, '}');
    buffer_char(&b, '\n');
    LOCKED (&log->mutex)
        TRY(file_append(s, log->path, buffer_view(&b), LOG_MODE));
    return OK;
}
