/* URLs, percent-encoding and queries: what was read must read the same when written again. */

#include "net/url.h"
#include "test/fuzz/fuzz.h"

static void check_url(Scope *s, const char *t)
{
    Url first, second;
    Error *e = url_parse(s, t, &first);

    FUZZ_CHECK(utf8_valid(bytes_of(url_shown(s, t))));
    if (e)
        return;
    e = url_parse(s, url_text(s, &first), &second);
    FUZZ_CHECK(!e || strlen(t) * 3 > URL_MAX); /* encoding may make it too long */
    if (e)
        return;
    FUZZ_CHECK(text_equal(first.host, second.host) && text_equal(first.user, second.user));
    FUZZ_CHECK(text_equal(first.password, second.password) && text_equal(first.path, second.path));
    FUZZ_CHECK(text_equal(url_text(s, &first), url_text(s, &second)));
}

static void check_query(Scope *s, Bytes bytes)
{
    PairList first, second;
    Buffer b = buffer_in(s);
    Error *e = query_parse(s, bytes, &first);

    if (e)
        return;
    EACH (Pair, p, &first)
        query_add(&b, p->name, p->value);
    e = query_parse(s, buffer_view(&b), &second);
    FUZZ_CHECK(!e && first.count == second.count);
    for (size_t i = 0; i < first.count; i++)
        FUZZ_CHECK(text_equal(first.items[i].value, second.items[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    Bytes bytes = {(const char *)data, size};

    check_url(s, text_of(s, bytes));
    check_query(s, bytes);
    return 0;
}
