/* Bodies: content type, base64, compression, JSON. */

#include "queue/celery_body.h"

#define ZLIB_CONST
#include <strings.h>
#include <zlib.h>

enum { INFLATE_STEP = 64 << 10, ANY_HEADER = 15 + 32 /* zlib.h: zlib or gzip, as it begins */ };

static void end_inflate(void *stream)
{
    inflateEnd(stream);
}

Inflated celery_inflate(Scope *s, Bytes packed, size_t max, Buffer *out)
{
    z_stream *z = NEW(s, z_stream);
    Bytef *step = scope_alloc(s, INFLATE_STEP);
    int state = Z_OK;

    if (inflateInit2(z, ANY_HEADER) != Z_OK)
        return INFLATE_BROKEN;
    scope_undo(s, end_inflate, z);
    z->next_in = (const Bytef *)packed.data;
    z->avail_in = (uInt)packed.size;
    while (state == Z_OK) {
        z->next_out = step;
        z->avail_out = INFLATE_STEP;
        state = inflate(z, Z_NO_FLUSH);
        size_t made = INFLATE_STEP - z->avail_out;
        if (made > max - out->size)
            return INFLATE_TOO_LARGE;
        buffer_add(out, step, made);
    }
    return state == Z_STREAM_END && z->avail_in == 0 ? INFLATED : INFLATE_BROKEN;
}

static bool is_utf8(const char *encoding)
{
    static const char *const names[] = {"utf-8", "utf8", "us-ascii", "ascii"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcasecmp(encoding, names[i]) == 0)
            return true;
    return false;
}

static bool take_content(Scope *s, json_t *envelope, CeleryMessage *m)
{
    json_t *encoding = json_object_get(envelope, "content-encoding");
    const char *type = json_at_text(envelope, "content-type");

    if (!type || strcasecmp(type, "application/json") != 0)
        return celery_fault(s, m, CELERY_CONTENT_TYPE,
                            "the content type is not application/json, the only one taken");
    if (encoding && !json_is_null(encoding) &&
        !(json_is_string(encoding) && is_utf8(json_string_value(encoding))))
        return celery_fault(s, m, CELERY_CONTENT_ENCODING, "the content encoding is not UTF-8");
    return true;
}

static bool unpack(Scope *s, CeleryMessage *m, Bytes *body)
{
    static const char *const known[] = {"application/x-gzip", "application/gzip", "gzip", "zlib"};
    json_t *how = json_object_get(m->headers, "compression");
    const char *name = json_string_value(how);
    Buffer out = buffer_in(s);
    bool mine = false;

    if (!how || json_is_null(how))
        return true;
    for (size_t i = 0; name && i < COUNT_OF(known); i++)
        mine |= text_equal(name, known[i]);
    if (!mine)
        return celery_fault(s, m, CELERY_COMPRESSION,
                            "compressed by a method other than gzip and zlib");
    switch (celery_inflate(s, *body, CELERY_BODY_MAX, &out)) {
    case INFLATED:
        break;
    case INFLATE_BROKEN:
        return celery_fault(s, m, CELERY_COMPRESSION, "the compressed body is broken");
    case INFLATE_TOO_LARGE:
        return celery_fault(s, m, CELERY_TOO_LARGE, "the body is over %d bytes once inflated",
                            CELERY_BODY_MAX);
    }
    *body = buffer_view(&out);
    return true;
}

bool celery_body_decode(Scope *s, json_t *envelope, CeleryMessage *m, json_t **out)
{
    json_t *text_of_body = json_object_get(envelope, "body");
    json_t *encoding = json_at(envelope, "properties.body_encoding");
    const char *name = json_string_value(encoding);
    bool in_base64 = text_equal(name, "base64");

    if (!take_content(s, envelope, m))
        return false;
    if (!json_is_string(text_of_body))
        return celery_fault(s, m, CELERY_NO_BODY, "there is no body");
    if (encoding && !json_is_null(encoding) && !in_base64 && !text_equal(name, "utf-8"))
        return celery_fault(s, m, CELERY_BODY_ENCODING,
                            "the body encoding is neither base64 nor utf-8");
    Bytes body = {json_string_value(text_of_body), json_string_length(text_of_body)};
    if (in_base64 && !base64_decode(s, body.data, &body))
        return celery_fault(s, m, CELERY_BODY_ENCODING,
                            "the body is not the base64 that it is said to be");
    if (!unpack(s, m, &body))
        return false;
    Error *e = json_parse(s, body, out);
    if (!e)
        return true;
    error_drop(e, "the fault says it, without data of the message");
    return celery_fault(s, m, CELERY_BODY_NOT_JSON, "the body is not JSON");
}
