/* Addresses of the transport. The rest of the address is the Redis client's to judge. */

#include "queue/celery_address.h"

#include "net/url.h"

enum { PREFIX_MAX = 100, DATABASES_MAX = 1 << 20 };

static const char scheme[] = "celery+";

/* The query without our parameters; NULL when nothing is left. */
static const char *rest_of_query(Scope *s, const PairList *pairs)
{
    Buffer b = buffer_in(s);

    EACH (Pair, pair, pairs)
        if (!text_equal(pair->name, "prefix"))
            query_add(&b, pair->name, pair->value);
    return b.size ? buffer_string(&b) : NULL;
}

Error *celery_address(Scope *s, const char *url, CeleryAddress *out)
{
    CeleryAddress found = {.keys = {.prefix = ""}};
    PairList pairs = {0};
    Url parts;

    TRY_WHILE(url_parse(s, url, &parts), "reading the address of the queue");
    if (!text_starts(parts.scheme, scheme))
        return fail(s, INVALID,
                    "the address of a queue begins with celery+redis:// or celery+rediss://");
    parts.scheme = parts.scheme + strlen(scheme);
    if (parts.query)
        TRY_WHILE(query_parse(s, bytes_of(parts.query), &pairs),
                  "reading the address of the queue");
    const char *prefix = pairs_get(&pairs, "prefix");
    if (prefix && strlen(prefix) > PREFIX_MAX)
        return fail(s, INVALID, "the prefix of the queue's keys has more than %d bytes",
                    PREFIX_MAX);
    found.keys.prefix = prefix ? prefix : "";
    if (strlen(parts.path) > 1 &&
        !text_integer(parts.path + 1, 0, DATABASES_MAX, &found.keys.database))
        return fail(s, INVALID, "the path of a queue's address is the number of a database");
    parts.query = rest_of_query(s, &pairs);
    found.redis = url_text(s, &parts);
    *out = found;
    return OK;
}
