/* How a call becomes libcurl's options, and what libcurl hands back while it runs. */

#include <strings.h>

#include "net/http_transfer.h"
#include "net/url.h"

enum {
    MARGIN_MS = 5000
}; /* libcurl's own connect timeout lies behind ours, which has the better words */

static bool failed(Transfer *t, Error *e)
{
    if (e && !t->failure)
        t->failure = e;
    return t->failure != NULL;
}

/* ---- Callbacks: taking less than given ends the transfer ---- */

static int on_connected(void *to, char *ip, char *local_ip, int port, int local_port)
{
    Transfer *t = to;

    (void)ip, (void)local_ip, (void)port, (void)local_port;
    t->connected_at = t->last_at = clock_us();
    return CURL_PREREQFUNC_OK;
}

static void begin_answer(Transfer *t, Bytes line)
{
    const char *space = memchr(line.data, ' ', line.size);
    size_t rest = space ? line.size - (size_t)(space + 1 - line.data) : 0;
    int64_t status = 0;

    if (rest >= 3 && !text_integer(text_of(t->s, (Bytes){space + 1, 3}), 100, 999, &status))
        status = 0;
    t->reply.status = (int)status;
    t->reply.headers = (PairList){0};
}

static Error *end_headers(Transfer *t)
{
    if (t->reply.status < 200)
        return OK; /* an interim answer; the real one follows */
    t->headers_done = true;
    if (!t->call->started)
        return OK;
    SCOPE(tmp, t->s);
    return t->call->started(tmp, t->call->to, &t->reply);
}

static Error *take_header(Transfer *t, Bytes line)
{
    const char *colon = memchr(line.data, ':', line.size);

    t->header_bytes += line.size;
    if (t->header_bytes > HTTP_REPLY_HEADER_BYTES_MAX ||
        t->reply.headers.count >= HTTP_REPLY_HEADERS_MAX)
        return fail(t->s, UPSTREAM, "the answer's headers are too large");
    if (!colon)
        return OK;
    const char *value =
        text_of(t->s, (Bytes){colon + 1, line.size - (size_t)(colon + 1 - line.data)});
    pairs_add(t->s, &t->reply.headers,
              text_of(t->s, (Bytes){line.data, (size_t)(colon - line.data)}),
              text_clean(t->s, bytes_of(text_trim(t->s, value)), NULL));
    return OK;
}

static size_t on_header(char *data, size_t size, size_t count, void *to)
{
    Transfer *t = to;
    Bytes line = {data, size * count};
    Error *e = OK;

    t->last_at = clock_us();
    if (!t->reply.first_byte_us)
        t->reply.first_byte_us = t->last_at - t->began;
    while (line.size && (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r'))
        line.size--;
    if (t->headers_done)
        return size * count; /* trailers are not asked for */
    if (line.size >= 5 && memcmp(line.data, "HTTP/", 5) == 0)
        begin_answer(t, line);
    else if (!line.size)
        e = end_headers(t);
    else
        e = take_header(t, line);
    return failed(t, e) ? 0 : size * count;
}

static Error *take_piece(Transfer *t, Bytes piece)
{
    size_t max = t->call->answer_max ? t->call->answer_max : HTTP_ANSWER_MAX;

    t->reply.received += piece.size;
    if (t->reply.received > max)
        return fail(t->s, UPSTREAM, "the answer is larger than %zu bytes", max);
    if (!t->call->take) {
        buffer_bytes(&t->body, piece);
        return OK;
    }
    SCOPE(tmp, t->s);
    return t->call->take(tmp, t->call->to, piece);
}

static size_t on_body(char *data, size_t size, size_t count, void *to)
{
    Transfer *t = to;

    t->last_at = clock_us();
    Error *e = take_piece(t, (Bytes){data, size * count});
    return failed(t, e) ? 0 : size * count;
}

/* ---- Options ---- */

static fallible check_url(Scope *s, const HttpCall *call)
{
    Url url;

    TRY(url_parse(s, call->url ? call->url : "", &url));
    if ((!text_equal(url.scheme, "http") && !text_equal(url.scheme, "https")) ||
        text_empty(url.host))
        return fail(s, INVALID, "the address %s is not an http or https url",
                    url_shown(s, call->url));
    return OK;
}

static fallible add_header(Scope *s, struct curl_slist **list, const Pair *h)
{
    if (!header_name_valid(h->name) || !header_value_valid(h->value))
        return fail(s, INVALID, "the request's header %s has a value that is not allowed",
                    text_clean(s, bytes_of(h->name), NULL));
    /* libcurl's form for a header without a value */
    const char *line = *h->value ? text(s, "%s: %s", h->name, h->value) : text(s, "%s;", h->name);
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (!longer)
        return fail(s, BUG, "no memory for a header");
    *list = longer;
    return OK;
}

static fallible add_headers(Scope *s, const HttpCall *call, struct curl_slist **list)
{
    /* Without a value libcurl leaves its own out: no second's wait for "100 continue", no form type. */
    *list = curl_slist_append(*list, "Expect:");
    if (!header_get(&call->headers, "Content-Type"))
        *list = curl_slist_append(*list, "Content-Type:");
    EACH (Pair, h, &call->headers)
        TRY(add_header(s, list, h));
    return OK;
}

static void set_method(CURL *easy, const HttpCall *call)
{
    const char *method = call->method ? call->method : "GET";

    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (call->body.size || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
        strcmp(method, "PATCH") == 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.size);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.size ? call->body.data : "");
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

static void set_way(CURL *easy, const HttpClientSettings *settings)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    /* "" keeps libcurl from looking into the environment */
    curl_easy_setopt(easy, CURLOPT_PROXY, settings->proxy ? settings->proxy : "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, settings->no_proxy ? settings->no_proxy : "");
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (settings->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca_file);
    curl_easy_setopt(easy, CURLOPT_USERAGENT,
                     settings->user_agent ? settings->user_agent : "dursor/" DURSOR_VERSION);
}

static void set_callbacks(CURL *easy, Transfer *t)
{
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->details);
}

Error *transfer_set_up(Transfer *t, CURL *easy, struct curl_slist **headers)
{
    const HttpCall *call = t->call;
    int64_t connect_us = call->connect_us ? call->connect_us : HTTP_CONNECT_US;

    TRY(check_url(t->s, call));
    TRY(add_headers(t->s, call, headers));
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, call->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT,
                     1L); /* a silent name server must not hold a cancelled call */
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect_us / US_PER_MS + MARGIN_MS));
    set_method(easy, call);
    set_way(easy, t->settings);
    set_callbacks(easy, t);
    return OK;
}
