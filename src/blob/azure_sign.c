/* The string that is signed, and its signature. */

#include "blob/azure_sign.h"

#include <stdlib.h>
#include <time.h>

#include "sys/crypto.h"

enum { DATE_SIZE = 64 };

static const char *const signed_headers[] = {"Content-Encoding",
                                             "Content-Language",
                                             NULL /* Content-Length */,
                                             "Content-MD5",
                                             "Content-Type",
                                             "Date",
                                             "If-Modified-Since",
                                             "If-Match",
                                             "If-None-Match",
                                             "If-Unmodified-Since",
                                             "Range"};

static void add_standard(Buffer *b, const AzureRequest *rq)
{
    for (size_t i = 0; i < COUNT_OF(signed_headers); i++) {
        if (!signed_headers[i]) {
            if (rq->body.size)
                buffer_int(b, (int64_t)rq->body.size);
        } else if (header_get(&rq->headers, signed_headers[i])) {
            buffer_text(b, header_get(&rq->headers, signed_headers[i]));
        }
        buffer_char(b, '\n');
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Pair *)a)->name, ((const Pair *)b)->name);
}

/* Those whose name begins so, with names in small letters, in order. */
static PairList sorted(Scope *s, const PairList *pairs, const char *prefix)
{
    PairList out = {0};

    EACH (Pair, p, pairs) {
        const char *name = text_lower(s, p->name);
        if (text_starts(name, prefix))
            pairs_add(s, &out, name, p->value);
    }
    if (out.count)
        qsort(out.items, out.count, sizeof *out.items, by_name);
    return out;
}

const char *azure_string_to_sign(Scope *s, const char *account, const AzureRequest *rq)
{
    Buffer b = buffer_in(s);
    PairList own = sorted(s, &rq->headers, "x-ms-"), query = sorted(s, &rq->query, "");

    buffer_format(&b, "%s\n", rq->method);
    add_standard(&b, rq);
    EACH (Pair, p, &own)
        buffer_format(&b, "%s:%s\n", p->name, text_trim(s, p->value));
    buffer_format(&b, "/%s%s", account, rq->path);
    EACH (Pair, p, &query)
        buffer_format(&b, "\n%s:%s", p->name, p->value);
    return buffer_string(&b);
}

const char *azure_authorization(Scope *s, const char *account, Bytes key, const AzureRequest *rq)
{
    Sha256 sum = hmac_sha256(key, bytes_of(azure_string_to_sign(s, account, rq)));

    return text(s, "SharedKey %s:%s", account, base64(s, sha256_view(&sum)));
}

const char *azure_date(Scope *s, Time t)
{
    time_t seconds = (time_t)(t.us / US_PER_S);
    struct tm parts;
    char date[DATE_SIZE] = "";

    gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return text_copy(s, date);
}

bool azure_date_parse(const char *t, Time *out)
{
    struct tm parts = {0};
    const char *end = t ? strptime(t, "%a, %d %b %Y %H:%M:%S GMT", &parts) : NULL;

    if (!end || *end)
        return false;
    out->us = (int64_t)timegm(&parts) * US_PER_S;
    return true;
}
