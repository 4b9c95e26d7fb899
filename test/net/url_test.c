/* URLs, percent-encoding and queries. */

#include "net/url.h"
#include "test/test.h"

TEST(a_url_is_taken_apart)
{
    Url url;

    TRY(url_parse(s, "HTTPS://us%40er:p%3Aw@Example.COM:8443/a/b%20c?x=1&y#frag", &url));
    CHECK_TEXT(url.scheme, "https");
    CHECK_TEXT(url.user, "us@er");
    CHECK_TEXT(url.password, "p:w");
    CHECK_TEXT(url.host, "example.com");
    CHECK_EQ(url.port, 8443);
    CHECK_TEXT(url.path, "/a/b%20c");
    CHECK_TEXT(url.query, "x=1&y");
    CHECK_TEXT(url.fragment, "frag");
    CHECK_TEXT(url_text(s, &url), "https://us%40er:p%3Aw@example.com:8443/a/b%20c?x=1&y#frag");
    return OK;
}

TEST(the_addresses_of_settings_are_urls)
{
    Url url;

    TRY(url_parse(s, "store:", &url));
    CHECK_TEXT(url.scheme, "store");
    CHECK(!url.host);
    CHECK_TEXT(url.path, "");
    TRY(url_parse(s, "sqlite:///var/lib/x.db", &url));
    CHECK_TEXT(url.host, "");
    CHECK_TEXT(url.path, "/var/lib/x.db");
    TRY(url_parse(s, "celery+rediss://:secret@cache.test/0", &url));
    CHECK_TEXT(url.user, "");
    CHECK_TEXT(url.password, "secret");
    CHECK_TEXT(url.path, "/0");
    TRY(url_parse(s, "postgresql://[::1]/db", &url));
    CHECK_TEXT(url.host, "::1");
    CHECK_EQ(url_port(&url), 5432);
    CHECK_TEXT(url_text(s, &url), "postgresql://[::1]/db");
    return OK;
}

TEST(what_is_no_url_is_refused_without_repeating_it)
{
    static const char *const bad[] = {
        "",
        "http",
        "://x",
        "1http://x",
        "http://secret host/",
        "http://x/secret\n",
        "http://x/%zz",
        "http://x/%",
        "http://x:0/",
        "http://x:65536/",
        "http://x:12a/",
        "http://x:-1/",
        "http://[::1",
        "http://[::g]/",
        "http://[::1]x/",
        "http://a,b/",
        "http://x/\"secret\"",
        "http://x/<secret>",
        "http://x\\secret/",
        "http://x/\xc3\xa9",
        "http://u%00secret@x/",
        "http://u%ffsecret@x/",
    };
    Url url;

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Error *e = url_parse(s, bad[i], &url);
        if (!failed_as(e, INVALID))
            return fail(s, BUG, "\"%s\" is taken for a url", bad[i]);
        CHECK(!strstr(e->message, "secret"));
    }
    FAILS(INVALID, url_parse(s, text(s, "http://x/%09000d", 1), &url));
    return OK;
}

TEST(what_is_shown_of_a_url_has_no_secret)
{
    CHECK_TEXT(url_shown(s, "https://u:secret@h.test:1/p?key=secret#secret"), "https://h.test:1/p");
    CHECK_TEXT(url_shown(s, "not a url: secret"), "(no valid url)");
    CHECK_TEXT(url_shown(s, NULL), "(no valid url)");
    return OK;
}

TEST(an_address_and_a_path_are_joined_by_one_slash)
{
    CHECK_TEXT(url_join(s, "http://h/v1", "models"), "http://h/v1/models");
    CHECK_TEXT(url_join(s, "http://h/v1/", "/models?a=b"), "http://h/v1/models?a=b");
    return OK;
}

TEST(encoding_and_decoding_fit_together)
{
    const char *strange = "a b/ü?&=%+\x01", *back;

    CHECK_TEXT(percent_encode(s, strange), "a%20b%2F%C3%BC%3F%26%3D%25%2B%01");
    TRY(percent_decode(s, bytes_of(percent_encode(s, strange)), &back));
    CHECK_TEXT(back, strange);
    TRY(percent_decode(s, BYTES("a+b"), &back));
    CHECK_TEXT(back, "a+b");
    FAILS(INVALID, percent_decode(s, BYTES("a%0"), &back));
    FAILS(INVALID, percent_decode(s, BYTES("%00"), &back));
    FAILS(INVALID, percent_decode(s, BYTES("%c3"), &back));
    FAILS(INVALID, percent_decode(s, (Bytes){"a\0b", 3}, &back));
    return OK;
}

TEST(queries_are_read_and_written)
{
    PairList pairs;
    Buffer b = buffer_in(s);

    TRY(query_parse(s, BYTES("a=1&&b=x+y%2B&c&=d&a=2"), &pairs));
    CHECK_EQ(pairs.count, 5);
    CHECK_TEXT(pairs_get(&pairs, "a"), "1");
    CHECK_TEXT(pairs_get(&pairs, "b"), "x y+");
    CHECK_TEXT(pairs_get(&pairs, "c"), "");
    CHECK(!pairs_get(&pairs, "A"));
    EACH (Pair, p, &pairs)
        query_add(&b, p->name, p->value);
    CHECK_TEXT(buffer_string(&b), "a=1&b=x%20y%2B&c=&=d&a=2");
    return OK;
}

TEST(a_query_of_too_many_parameters_is_refused)
{
    Buffer b = buffer_in(s);
    PairList pairs;

    for (int i = 0; i <= QUERY_PAIRS_MAX; i++)
        query_add(&b, "a", "b");
    FAILS(INVALID, query_parse(s, buffer_view(&b), &pairs));
    return OK;
}
