/* Who the server is, and who we are. */

#include "net/url.h"
#include "test/net/given_redis.h"

/* The address of the TLS server with another host and other parameters. */
static fallible changed(Scope *s, const GivenRedis *g, const char *host, const char *query,
                        Redis **out)
{
    Url url;

    TRY(url_parse(s, g->url, &url));
    url.host = host ? host : url.host;
    url.query = query ? query : url.query;
    return redis_at(s, url_text(s, &url), out);
}

static fallible file(Scope *s, const char *name, const char **out)
{
    const char *folder;

    TRY(redis_variable(s, "DURSOR_TEST_REDIS_CERTIFICATES", &folder));
    *out = text(s, "%s/%s", folder, name);
    return OK;
}

static fallible ping(Scope *s, Redis *redis)
{
    RedisReply *reply;

    return TELL_ANY(redis, &reply, BYTES("PING"));
}

REDIS_TEST_OF(TLS_REDIS, a_certificate_of_another_authority_is_refused)
{
    const char *other;
    Redis *redis;

    TRY(file(s, "other-ca.pem", &other));
    TRY(changed(s, g, NULL, text(s, "ssl_ca_certs=%s", other), &redis));
    Error *e = ping(s, redis);
    FAILS(UPSTREAM, e);
    CHECK_HAS(e->message, "the certificate is not trusted");
    CHECK_HAS(e->message, "localhost:");
    TRY(changed(s, g, NULL, "", &redis)); /* nor do the system's know it */
    FAILS(UPSTREAM, ping(s, redis));
    TRY(changed(s, g, NULL, "ssl_cert_reqs=none", &redis));
    TRY(ping(s, redis));
    return OK;
}

REDIS_TEST_OF(TLS_REDIS, a_certificate_of_another_host_is_refused)
{
    Url url;
    Redis *redis;

    TRY(changed(s, g, "127.0.0.1", NULL, &redis));
    Error *e = ping(s, redis);
    FAILS(UPSTREAM, e);
    CHECK_HAS(e->message, "the certificate is another host's");
    TRY(url_parse(s, g->url, &url));
    TRY(changed(s, g, "127.0.0.1", text(s, "%s&ssl_check_hostname=false", url.query), &redis));
    TRY(ping(s, redis));
    return OK;
}

REDIS_TEST_OF(TLS_REDIS, a_file_that_cannot_be_used_is_named)
{
    const char *ca, *key;
    Redis *redis;

    TRY(changed(s, g, NULL, "ssl_ca_certs=/nonexistent.pem", &redis));
    Error *e = ping(s, redis);
    FAILS(INVALID, e);
    CHECK_HAS(e->message, "/nonexistent.pem");
    TRY(file(s, "ca.pem", &ca));
    TRY(file(s, "client.key", &key)); /* is no certificate */
    TRY(changed(s, g, NULL, text(s, "ssl_ca_certs=%s&ssl_certfile=%s", ca, key), &redis));
    e = ping(s, redis);
    FAILS(INVALID, e);
    CHECK_HAS(e->message, "client.key");
    return OK;
}

REDIS_TEST_OF(TLS_REDIS, a_wrong_password_is_told_without_repeating_it)
{
    Url url;
    Redis *redis;

    TRY(url_parse(s, g->url, &url));
    url.password = "guessed";
    TRY(redis_at(s, url_text(s, &url), &redis));
    Error *e = ping(s, redis);
    FAILS(DENIED, e);
    CHECK_HAS(e->message, "refuses the user or the password");
    CHECK(!strstr(e->message, "guessed"));
    e = ping(s, redis); /* the server is spared the next tries */
    FAILS(DENIED, e);
    CHECK(e->retry_after_us > 0);
    url.user = url.password = NULL;
    TRY(redis_at(s, url_text(s, &url), &redis));
    FAILS(DENIED, ping(s, redis));
    return OK;
}

REDIS_TEST_OF(PLAIN_REDIS, tls_to_a_server_without_it_is_told)
{
    Url url;
    Redis *redis;

    TRY(url_parse(s, g->url, &url));
    url.scheme = "rediss";
    TRY(redis_at(s, url_text(s, &url), &redis));
    Error *e = ping(s, redis);
    CHECK(failed_as(e, UPSTREAM) || failed_as(e, UNAVAILABLE));
    return OK;
}

TEST(a_server_that_wants_a_certificate_gets_ours)
{
    const char *ca, *cert, *key, *server_cert, *server_key;
    GivenServer *server;
    Redis *redis;

    scope_limit(s, 60 * US_PER_S);
    TRY(file(s, "ca.pem", &ca));
    TRY(file(s, "client.pem", &cert));
    TRY(file(s, "client.key", &key));
    TRY(file(s, "server.pem", &server_cert));
    TRY(file(s, "server.key", &server_key));
    TRY(given_server(s, &TEXTS("--save", ""), &server));
    int port;
    TRY(given_port(s, &port));
    const TextList tls = TEXTS("CONFIG", "SET", "tls-port", text(s, "%d", port), "tls-cert-file",
                               server_cert, "tls-key-file", server_key, "tls-ca-cert-file", ca);
    Bytes *words = NEW_ARRAY(s, Bytes, tls.count);
    RedisReply *reply;
    for (size_t i = 0; i < tls.count; i++)
        words[i] = bytes_of(tls.items[i]);
    TRY(redis_at(s, server->url, &redis));
    TRY(redis_call(s, redis, &(RedisCommand){.args = words, .count = tls.count}, &reply));
    const char *bare = text(s, "rediss://localhost:%d?ssl_ca_certs=%s", port, ca);
    TRY(redis_at(s, bare, &redis));
    Error *e = ping(s, redis); /* its alert may be lost when it closes */
    CHECK(failed_as(e, UPSTREAM) || failed_as(e, UNAVAILABLE));
    TRY(redis_at(s, text(s, "%s&ssl_certfile=%s&ssl_keyfile=%s", bare, cert, key), &redis));
    TRY(ping(s, redis));
    return OK;
}

TEST(a_unix_socket_is_as_good)
{
    const char *path;
    GivenServer *server;
    RedisReply *reply;
    Redis *redis;

    scope_limit(s, 60 * US_PER_S);
    TRY(directory_temporary(s, "/tmp", "dursor-redis", &path));
    path = text(s, "%s/redis.sock", path);
    TRY(given_server(s, &TEXTS("--save", "", "--unixsocket", path), &server));
    TRY(redis_at(s, text(s, "unix://%s?db=3", path), &redis));
    TRY(TELL(redis, &reply, BYTES("SET"), BYTES("a"), BYTES("1")));
    TRY(redis_at(s, text(s, "%s/3", server->url), &redis));
    TRY(TELL(redis, &reply, BYTES("GET"), BYTES("a")));
    CHECK(bytes_equal(reply->bytes, BYTES("1")));
    TRY(redis_at(s, text(s, "%s/99", server->url), &redis));
    Error *e = TELL(redis, &reply, BYTES("GET"), BYTES("a"));
    FAILS(INVALID, e);
    CHECK_HAS(e->message, "no database of the number");
    return OK;
}
