/* Addresses of Redis: what they say, and what is refused in which words. */

#include "net/redis_url.h"
#include "test/test.h"

TEST(an_address_says_host_user_password_and_database)
{
    RedisAddress a;

    TRY(redis_address(s, "redis://cache.test", &a));
    CHECK_TEXT(a.target.host, "cache.test");
    CHECK_EQ(a.target.port, 6379);
    CHECK(!a.secure && !a.user && !a.password && !a.database);
    TRY(redis_address(s, "rediss://a%40b:p%2Fw%3A@cache.test:10000/3", &a));
    CHECK_TEXT(a.user, "a@b");
    CHECK_TEXT(a.password, "p/w:");
    CHECK_EQ(a.target.port, 10000);
    CHECK_EQ(a.database, 3);
    CHECK(a.secure && !a.tls.any_name && !a.tls.any_certificate);
    CHECK_TEXT(a.shown, "rediss://cache.test:10000");
    TRY(redis_address(s, "rediss://:only@[::1]/0", &a));
    CHECK(!a.user);
    CHECK_TEXT(a.password, "only");
    CHECK_EQ(a.target.port, 6380);
    CHECK_TEXT(a.shown, "rediss://[::1]:6380");
    return OK;
}

TEST(a_socket_is_an_address_too)
{
    RedisAddress a;

    TRY(redis_address(s, "unix:///run/redis/a%20b.sock?db=2", &a));
    CHECK_TEXT(a.target.path, "/run/redis/a b.sock");
    CHECK_EQ(a.database, 2);
    CHECK(!a.target.host);
    TRY(redis_address(s, "redis+socket:///run/redis.sock?virtual_host=1", &a));
    CHECK_EQ(a.database, 1);
    CHECK_TEXT(a.shown, "unix:///run/redis.sock");
    return OK;
}

TEST(the_parameters_of_stock_clients_are_understood_and_verify_unless_told_otherwise)
{
    RedisAddress a;

    TRY(redis_address(s, "rediss://h?ssl_cert_reqs=CERT_REQUIRED&ssl_ca_certs=%2Fetc/ca.pem", &a));
    CHECK_TEXT(a.tls.ca_file, "/etc/ca.pem");
    CHECK(!a.tls.any_certificate && !a.tls.any_name);
    TRY(redis_address(s, "rediss://h?ssl_cert_reqs=none", &a));
    CHECK(a.tls.any_certificate);
    TRY(redis_address(s, "rediss://h?ssl_cert_reqs=optional&ssl_check_hostname=False", &a));
    CHECK(!a.tls.any_certificate && a.tls.any_name);
    TRY(redis_address(s, "rediss://h?ssl_certfile=/c&ssl_keyfile=/k", &a));
    CHECK_TEXT(a.tls.cert_file, "/c");
    CHECK_TEXT(a.tls.key_file, "/k");
    return OK;
}

TEST(a_wrong_address_is_refused_in_words_that_never_repeat_it)
{
    static const struct {
        const char *url, *words;
    } rows[] = {
        {"http://u:secret@h", "none of redis://, rediss://, unix://"},
        {"redis://:secret@", "names no host"},
        {"redis://:secret@h/x", "not a number, as in /0"},
        {"redis://:secret@h?ssl_ca_certs=/a", "begin the address with rediss://"},
        {"rediss://:secret@h?ssl_ca_cert=/a", "ssl_ca_cert is not known"},
        {"rediss://:secret@h?ssl_ca_certs=a", "absolute paths"},
        {"rediss://:secret@h?ssl_cert_reqs=maybe", "neither required nor none"},
        {"rediss://:secret@h?ssl_check_hostname=maybe", "neither true nor false"},
        {"rediss://:secret@h?ssl_keyfile=/k", "needs ssl_certfile"},
        {"unix://secret/run/x", "three slashes"},
        {"redis://:secret@h:99999", "within 1 to 65535"},
        {"redis://:sec ret@h", "percent-encoded"},
        {"", "a scheme"},
    };
    RedisAddress a;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error *e = redis_address(s, rows[i].url, &a);
        FAILS(INVALID, e);
        CHECK_HAS(e->message, rows[i].words);
        CHECK_HAS(e->message, "the address of Redis: ");
        CHECK(!strstr(e->message, "secret"));
    }
    return OK;
}
