/* Tags of answers. */

#include "api/tagged.h"

static uint64_t eight(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

static uint64_t folded(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Multiplied and folded, sixteen bytes a step, as wyhash does it: a tag has to differ when the bytes do,
 * not to withstand whoever chooses them, since everybody sees only what is theirs. */
static uint64_t hash(Bytes bytes)
{
    static const uint64_t odd[] = {0xa0761d6478bd642fULL, 0xe7037ed1a0b428dbULL};
    uint64_t h = folded(bytes.size ^ odd[0], odd[1]);
    char tail[16] = {0};
    size_t at = 0;

    for (; at + sizeof tail <= bytes.size; at += sizeof tail)
        h = folded(eight(bytes.data + at) ^ odd[0], eight(bytes.data + at + 8) ^ odd[1] ^ h);
    if (at < bytes.size)
        memcpy(tail, bytes.data + at, bytes.size - at);
    return folded(eight(tail) ^ odd[1] ^ h, eight(tail + 8) ^ odd[0] ^ h);
}

bool tagged(const Route *route)
{
    return route->method == HTTP_GET && route->role && !route->out_media &&
           (route->out || route->out_list);
}

/* The list may hold several, each weak or strong; a star is any. */
static bool known_to(const HttpRequest *rq, const char *tag)
{
    const char *known = header_get(&rq->headers, "If-None-Match");

    return known && (strstr(known, tag) || text_equal(known, "*"));
}

void answer_tag(Scope *s, const HttpRequest *rq, const Route *route, HttpAnswer *out)
{
    if (!tagged(route) || out->status != 200 || out->body.size > TAGGED_MAX ||
        header_get(&out->headers, "Cache-Control"))
        return;
    const char *tag = text(s, "\"%016llx\"", (unsigned long long)hash(out->body));
    http_answer_header(s, out, "ETag", text(s, "W/%s", tag));
    http_answer_header(s, out, "Cache-Control", "private, no-cache");
    if (!known_to(rq, tag))
        return;
    out->status = 304;
    out->body = (Bytes){0};
}
