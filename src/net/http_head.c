/* The guard at the head of a request. libmicrohttpd parses leniently; what two parsers could
 * understand differently (RFC 9112, section 11.2) is refused here, before a byte of body is read.
 *
 * Two oddities of libmicrohttpd 0.9.75: a folded line is added to the header's name instead of its
 * value, which the names that must not begin so are for; and a line that begins with a colon ends the
 * head, which cannot be seen from here (proxies refuse or drop such a line). */

#include <ctype.h>
#include <strings.h>

#include "base/id.h"
#include "base/table.h"
#include "net/http_exchange.h"
#include "net/url.h"

enum { REQUEST_ID_MAX = 128 };

static const Name methods[] = {
    {HTTP_GET, "GET"},     {HTTP_HEAD, "HEAD"},     {HTTP_POST, "POST"},       {HTTP_PUT, "PUT"},
    {HTTP_PATCH, "PATCH"}, {HTTP_DELETE, "DELETE"}, {HTTP_OPTIONS, "OPTIONS"}, {0},
};

static const Refusal accepted = {0};

static Refusal bad(const char *message)
{
    return (Refusal){400, INVALID, message};
}

/* ---- Headers ---- */

typedef struct Collecting {
    HttpExchange *ex;
    size_t bytes;
    bool sound;
} Collecting;

/* "Transfer-Encoding:" CRLF " chunked" arrives as a header "Transfer-Encodingchunked". */
static bool is_folded(const char *name)
{
    static const char *const framing[] = {"Content-Length", "Transfer-Encoding"};

    for (size_t i = 0; i < COUNT_OF(framing); i++) {
        size_t size = strlen(framing[i]);
        if (strncasecmp(name, framing[i], size) == 0 && name[size])
            return true;
    }
    return false;
}

static enum MHD_Result collect(void *to, enum MHD_ValueKind kind, const char *name,
                               const char *value)
{
    Collecting *c = to;

    (void)kind;
    value = value ? value : "";
    c->sound = c->sound && header_name_valid(name) && header_value_valid(value) && !is_folded(name);
    c->bytes += strlen(name) + strlen(value) + 4;
    pairs_add(c->ex->home, &c->ex->rq.headers, name, value);
    return MHD_YES;
}

static Refusal read_headers(HttpExchange *ex)
{
    const HttpServerSettings *settings = &ex->server->settings;
    Collecting c = {.ex = ex, .sound = true};

    MHD_get_connection_values(ex->mhd, MHD_HEADER_KIND, collect, &c);
    if (c.bytes + strlen(ex->rq.target) > settings->head_max ||
        ex->rq.headers.count > settings->headers_max)
        return (Refusal){431, TOO_LARGE, "the headers are too large or too many"};
    if (!c.sound)
        return bad("a header has a name or value that is not allowed");
    return accepted;
}

static bool all_digits(const char *t)
{
    return *t && strspn(t, "0123456789") == strlen(t);
}

/* Two parsers must agree where the request ends. */
static Refusal check_framing(const HttpRequest *rq, const char *version)
{
    size_t lengths = header_count(&rq->headers, "Content-Length");
    size_t encodings = header_count(&rq->headers, "Transfer-Encoding");
    const char *length = header_get(&rq->headers, "Content-Length");

    if (lengths > 1 || encodings > 1 || (lengths && encodings))
        return bad("the length of the body is said twice");
    if (length && !all_digits(length))
        return bad("content-length is not a number");
    if (!encodings)
        return accepted;
    if (strcmp(version, "HTTP/1.1") != 0)
        return bad("transfer-encoding needs HTTP/1.1");
    if (strcasecmp(header_get(&rq->headers, "Transfer-Encoding"), "chunked") != 0)
        return (Refusal){501, UNSUPPORTED, "the only transfer-encoding here is chunked"};
    return accepted;
}

static Refusal check_host(const HttpRequest *rq, const char *version)
{
    size_t hosts = header_count(&rq->headers, "Host");

    if (hosts > 1 || (hosts == 0 && strcmp(version, "HTTP/1.1") == 0))
        return bad("the Host header must be there exactly once");
    if (hosts && strpbrk(header_get(&rq->headers, "Host"), " \t/@?#,"))
        return bad("the Host header is not a host");
    return accepted;
}

static Refusal check_length(const HttpExchange *ex)
{
    const char *length = header_get(&ex->rq.headers, "Content-Length");
    int64_t size;

    if (!length)
        return accepted;
    if (!text_integer(length, 0, (int64_t)ex->server->settings.body_max, &size))
        return (Refusal){413, TOO_LARGE, "the body is too large"};
    return accepted;
}

int64_t http_head_body_size(const HttpRequest *rq)
{
    const char *length = header_get(&rq->headers, "Content-Length");
    int64_t size;

    if (header_get(&rq->headers, "Transfer-Encoding"))
        return -1;
    return length && text_integer(length, 0, INT64_MAX, &size) ? size : 0;
}

/* ---- The target ---- */

static bool target_sound(const char *target)
{
    for (const unsigned char *c = (const unsigned char *)target; *c; c++)
        if (*c <= ' ' || *c == 0x7f || *c == '#')
            return false;
    return true;
}

/* RFC 9112 3.2.2: a server takes the absolute form as well. */
static const char *without_authority(const char *target)
{
    if (strncasecmp(target, "http://", 7) != 0 && strncasecmp(target, "https://", 8) != 0)
        return target;
    const char *slash = strchr(strchr(target, ':') + 3, '/');
    return slash ? slash : "/";
}

static Refusal read_segment(Scope *s, Bytes part, TextList *segments)
{
    const char *segment;
    Error *e = percent_decode(s, part, &segment);

    if (e) {
        error_drop(e, "the client is told by the refusal");
        return bad("the path has a percent sign or bytes that are not allowed");
    }
    if (text_equal(segment, ".") || text_equal(segment, ".."))
        return bad("the path must not have . or .. in it");
    *list_add(s, segments) = segment;
    return accepted;
}

static Refusal read_path(HttpExchange *ex)
{
    const char *at = ex->rq.path;

    if (text_equal(at, "*") || text_equal(at, "/"))
        return accepted;
    if (*at != '/')
        return bad("the request target must begin with a slash");
    while (*at) {
        size_t size = strcspn(at + 1, "/");
        Refusal refusal = read_segment(ex->home, (Bytes){at + 1, size}, &ex->rq.segments);
        if (refusal.status)
            return refusal;
        at += 1 + size;
    }
    return accepted;
}

/* Decided by the decoded segments, empty ones left out: "//%73/TOKEN" and "/s%2FTOKEN" as well. */
static const char *path_logged(const HttpRequest *rq)
{
    EACH (const char *, segment, &rq->segments) {
        if (text_empty(*segment))
            continue;
        bool secret = strncasecmp(*segment, "s", 1) == 0 && strchr("/\\", (*segment)[1]);
        return secret ? "/s/..." : rq->path; /* strchr finds the end, too: "s" alone */
    }
    return rq->path;
}

static Refusal read_target(HttpExchange *ex)
{
    Scope *s = ex->home;

    if (strlen(ex->rq.target) > ex->server->settings.target_max)
        return (Refusal){414, TOO_LARGE, "the address is too long"};
    if (!target_sound(ex->rq.target))
        return bad("the address has a character that is not allowed");
    const char *target = without_authority(ex->rq.target);
    size_t size = strcspn(target, "?");
    ex->rq.path = text_of(s, (Bytes){target, size});
    if (target[size]) {
        Error *e = query_parse(s, bytes_of(target + size + 1), &ex->rq.query);
        if (e) {
            error_drop(e, "the client is told by the refusal");
            return bad("the query is not well formed");
        }
    }
    Refusal refusal = read_path(ex);
    ex->rq.logged = refusal.status ? "" : path_logged(&ex->rq);
    return refusal;
}

/* ---- The whole ---- */

static const char *request_id(Scope *s, const PairList *headers)
{
    const char *id = header_get(headers, "X-Request-ID");
    size_t size = id ? strlen(id) : 0;

    if (size == 0 || size > REQUEST_ID_MAX)
        return id_new(s);
    for (const char *c = id; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            return id_new(s);
    return id;
}

Refusal http_head_read(HttpExchange *ex, const char *method, const char *version)
{
    HttpRequest *rq = &ex->rq;
    int known = name_find(methods, method);
    Refusal refusal = read_headers(ex);

    rq->method = known ? (HttpMethod)known : HTTP_OTHER;
    rq->method_name = method;
    rq->peer = ex->connection->address;
    rq->at = time_now();
    rq->kept = ex->connection->requests > 1;
    rq->id = request_id(ex->home, &rq->headers);
    rq->path = rq->logged = "";
    if (!refusal.status && strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        refusal = (Refusal){505, UNSUPPORTED, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
    if (!refusal.status)
        refusal = check_framing(rq, version);
    if (!refusal.status)
        refusal = check_host(rq, version);
    if (!refusal.status)
        refusal = read_target(ex);
    if (!refusal.status)
        refusal = check_length(ex);
    return refusal;
}
