/* Files and pages of the web application (RFC 9110: conditional requests 13, ranges 14, codings 12.5.3). */

#include "api/web.h"

#include <stdlib.h>

#include "base/id.h"

enum { NONCE_BYTES = 16 };

/* Style attributes are allowed: docs/house.md says why. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; style-src-attr "          \
    "'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self'; worker-src "      \
    "'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

static const WebFile *find(const char *path)
{
    for (const WebFile *file = web_files; file->path; file++)
        if (text_equal(file->path, path))
            return file;
    return NULL;
}

/* ---- What is asked for ---- */

/* Below these nothing is a page: a path that the API lacks is said in its way. */
static bool of_program(const HttpRequest *rq)
{
    static const char *const firsts[] = {"v1", "api", "auth", "assets"};

    for (size_t i = 0; rq->segments.count && i < COUNT_OF(firsts); i++)
        if (text_equal(rq->segments.items[0], firsts[i]))
            return true;
    return false;
}

bool web_by_browser(const HttpRequest *rq)
{
    const char *accept = header_get(&rq->headers, "Accept");

    return accept && strstr(accept, "text/html");
}

bool web_wanted(const HttpRequest *rq)
{
    if (rq->method != HTTP_GET && rq->method != HTTP_HEAD)
        return false;
    return (find(rq->path) && !text_equal(rq->path, "/index.html")) ||
           (web_by_browser(rq) && !of_program(rq));
}

/* ---- Codings ---- */

/* "br;q=0.5": whether the coding is taken, that is, its weight is not zero. */
static bool takes(Scope *s, const char *accepted, const char *coding)
{
    if (!accepted)
        return false;
    TextList parts = text_split(s, accepted, ',');
    EACH (const char *, part, &parts) {
        const char *name = text_trim(s, *part);
        size_t size = strcspn(name, "; \t");
        const char *weight = strstr(name + size, "q=");
        if (size == strlen(coding) && strncasecmp(name, coding, size) == 0)
            return !weight || strtod(weight + 2, NULL) > 0;
    }
    return false;
}

static WebCoding coding_of(Scope *s, const HttpRequest *rq, const WebFile *file)
{
    const char *accepted = header_get(&rq->headers, "Accept-Encoding");

    if (header_get(&rq->headers, "Range"))
        return WEB_PLAIN; /* a part of what the address means, not of a coding of it */
    if (file->content[WEB_BROTLI].size && takes(s, accepted, "br"))
        return WEB_BROTLI;
    if (file->content[WEB_GZIP].size && takes(s, accepted, "gzip"))
        return WEB_GZIP;
    return WEB_PLAIN;
}

/* ---- Ranges ---- */

/* "bytes=FROM-TO", "bytes=FROM-", "bytes=-LAST". False when it is none of these: then it is ignored, as
 * several ranges at once are. *part has no bytes when nothing of the file is in it. */
static bool range_of(Scope *s, const char *range, Bytes all, Bytes *part)
{
    int64_t from, to, size = (int64_t)all.size;

    if (!range || !text_starts(range, "bytes="))
        return false;
    const char *first = range + strlen("bytes="), *dash = strchr(first, '-');
    if (!dash || strchr(dash + 1, '-') || strchr(dash, ','))
        return false;
    const char *start = text_of(s, (Bytes){first, (size_t)(dash - first)});
    bool has_from = text_integer(start, 0, INT64_MAX, &from);
    bool has_to = text_integer(dash + 1, 0, INT64_MAX, &to);
    if ((*start && !has_from) || (dash[1] && !has_to) || (!has_from && !has_to))
        return false;
    if (!has_from)
        from = to < size ? size - to : 0;
    if (!has_from || !has_to || to >= size)
        to = size - 1;
    *part = from <= to ? (Bytes){all.data + from, (size_t)(to - from + 1)} : (Bytes){0};
    return true;
}

static void answer_content(Scope *s, const HttpRequest *rq, const WebFile *file, WebCoding coding,
                           HttpAnswer *out)
{
    Bytes all = file->content[coding], part;

    out->body = all;
    if (!range_of(s, header_get(&rq->headers, "Range"), all, &part))
        return;
    out->status = part.size ? 206 : 416;
    out->body = part;
    int64_t from = part.size ? part.data - all.data : 0;
    http_answer_header(s, out, "Content-Range",
                       part.size ? text(s, "bytes %lld-%lld/%zu", (long long)from,
                                        (long long)from + (long long)part.size - 1, all.size)
                                 : text(s, "bytes */%zu", all.size));
}

/* ---- Answers ---- */

static void answer_file(Scope *s, const HttpRequest *rq, const WebFile *file, HttpAnswer *out)
{
    static const char *const names[] = {NULL, "br", "gzip"};
    WebCoding coding = coding_of(s, rq, file);
    const char *tag =
        text(s, "\"%s%s%s\"", file->tag, coding ? "-" : "", coding ? names[coding] : "");

    http_answer_header(s, out, "Content-Type", file->media);
    http_answer_header(s, out, "ETag", tag);
    http_answer_header(s, out, "Vary", "Accept-Encoding");
    http_answer_header(s, out, "Accept-Ranges", "bytes");
    http_answer_header(s, out, "Cache-Control",
                       file->hashed ? "public, max-age=31536000, immutable" : "no-cache");
    if (coding)
        http_answer_header(s, out, "Content-Encoding", names[coding]);
    out->body_lasts = true;
    const char *known = header_get(&rq->headers, "If-None-Match");
    out->status = known && strstr(known, tag) ? 304 : 200;
    if (out->status == 200)
        answer_content(s, rq, file, coding, out);
}

static Bytes with_nonce(Scope *s, Bytes html, const char *nonce)
{
    const Bytes place = BYTES("__CSP_NONCE__");
    ptrdiff_t at = bytes_find(html, place, 0);
    Buffer b = buffer_in(s);

    if (at < 0)
        return html;
    buffer_add(&b, html.data, (size_t)at);
    buffer_text(&b, nonce);
    buffer_bytes(&b, (Bytes){html.data + at + place.size, html.size - (size_t)at - place.size});
    return buffer_view(&b);
}

/* With a nonce of its own each time, so it is never kept. */
static void answer_page(Scope *s, const WebFile *index, HttpAnswer *out)
{
    const char *nonce = random_hex(s, NONCE_BYTES);

    http_answer_header(s, out, "Content-Type", index->media);
    http_answer_header(s, out, "Content-Security-Policy", text(s, POLICY, nonce));
    http_answer_header(s, out, "Cache-Control", "no-store");
    out->status = 200;
    out->body = with_nonce(s, index->content[WEB_PLAIN], nonce);
}

fallible web_answer(Scope *s, const HttpRequest *rq, HttpAnswer *out)
{
    const WebFile *file = find(rq->path), *index = find("/index.html");

    if (file && file != index)
        answer_file(s, rq, file, out);
    else if (!index)
        return fail_code(s, MISSING, "pages_missing",
                         "this program was built without its pages: ./dev build makes both");
    else
        answer_page(s, index, out);
    return OK;
}
