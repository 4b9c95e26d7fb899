/* Clusters of the test's own: of two servers, the second of which has nothing at first. */

#include "net/redis_parts.h"
#include "test/net/given_redis.h"

typedef struct Pair {
    GivenServer *servers[2];
    int tls_ports[2]; /* 0: without TLS */
    Redis *redis[2];  /* keeps to its server for commands without a key */
    const char *ids[2];
} Pair;

static fallible start(Scope *s, const char *certificates, Pair *pair, int i)
{
    TextList options = {0};
    const TextList common = TEXTS("--save", "", "--cluster-enabled", "yes", "--cluster-announce-ip",
                                  "127.0.0.1", "--cluster-require-full-coverage", "no");
    RedisReply *reply;

    EACH (const char *, t, &common)
        texts_add(s, &options, *t);
    if (certificates) {
        TRY(given_port(s, &pair->tls_ports[i]));
        const TextList tls =
            TEXTS("--tls-port", text(s, "%d", pair->tls_ports[i]), "--tls-auth-clients", "no",
                  "--tls-cluster", "yes", "--tls-cert-file", text(s, "%s/server.pem", certificates),
                  "--tls-key-file", text(s, "%s/server.key", certificates), "--tls-ca-cert-file",
                  text(s, "%s/ca.pem", certificates));
        EACH (const char *, t, &tls)
            texts_add(s, &options, *t);
    }
    TRY(given_server(s, &options, &pair->servers[i]));
    TRY(redis_at(s, pair->servers[i]->url, &pair->redis[i]));
    TRY(TELL_ANY(pair->redis[i], &reply, BYTES("CLUSTER"), BYTES("MYID")));
    pair->ids[i] = text_of(s, reply->bytes);
    return OK;
}

static fallible wait_for_info(Scope *s, Redis *redis, const char *words)
{
    for (;;) {
        SCOPE(tmp, s);
        RedisReply *reply;
        TRY(TELL_ANY(redis, &reply, BYTES("CLUSTER"), BYTES("INFO")));
        if (strstr(text_of(tmp, reply->bytes), words))
            return OK;
        TRY(scope_sleep(s, 20 * US_PER_MS));
    }
}

/* certificates: NULL, or the folder of those for TLS. */
static fallible given_two(Scope *s, const char *certificates, Pair *pair)
{
    RedisReply *reply;

    scope_limit(s, 60 * US_PER_S);
    for (int i = 0; i < 2; i++)
        TRY(start(s, certificates, pair, i));
    TRY(TELL_ANY(pair->redis[0], &reply, BYTES("CLUSTER"), BYTES("ADDSLOTSRANGE"), BYTES("0"),
                 BYTES("16383")));
    TRY(TELL_ANY(pair->redis[1], &reply, BYTES("CLUSTER"), BYTES("MEET"), BYTES("127.0.0.1"),
                 redis_number(s, certificates ? pair->tls_ports[0] : pair->servers[0]->port)));
    for (int i = 0; i < 2; i++) {
        TRY(wait_for_info(s, pair->redis[i], "cluster_slots_ok:16384"));
        TRY(wait_for_info(s, pair->redis[i], "cluster_state:ok"));
    }
    return OK;
}

TEST(the_slots_of_a_server_that_died_are_found_where_they_are_now)
{
    Pair pair = {0};
    Bytes key = BYTES("a");
    RedisReply *reply;
    Redis *redis;

    TRY(given_two(s, NULL, &pair));
    TRY(redis_at(s, pair.servers[1]->url, &redis)); /* knows the other by MOVED only */
    TRY(TELL(redis, &reply, BYTES("SET"), key, BYTES("1")));
    TRY(server_kill(s, pair.servers[0]));
    TRY(TELL_ANY(pair.redis[1], &reply, BYTES("CLUSTER"), BYTES("SETSLOT"),
                 redis_number(s, redis_slot(key)), BYTES("NODE"), bytes_of(pair.ids[1])));
    for (;;) { /* the map is asked for once a second */
        Error *e = TELL(redis, &reply, BYTES("GET"), key);
        if (!e)
            break;
        FAILS(UNAVAILABLE, e);
        TRY(scope_sleep(s, e->retry_after_us));
    }
    CHECK_EQ(reply->type, REDIS_NIL);
    Error *e = TELL(redis, &reply, BYTES("GET"), BYTES("b")); /* still the dead one's */
    FAILS(UNAVAILABLE, e);
    return OK;
}

TEST(a_server_known_by_its_address_only_proves_the_name_of_the_cluster)
{
    Pair pair = {0};
    const char *folder;
    RedisReply *reply;
    Redis *redis;

    TRY(redis_variable(s, "DURSOR_TEST_REDIS_CERTIFICATES", &folder));
    TRY(given_two(s, folder, &pair));
    const char *query = text(s, "?ssl_ca_certs=%s/ca.pem", folder);
    TRY(redis_at(s, text(s, "rediss://localhost:%d%s", pair.tls_ports[1], query), &redis));
    TRY(TELL(redis, &reply, BYTES("SET"), BYTES("a"), BYTES("1"))); /* MOVED to 127.0.0.1 */
    TRY(redis_at(
        s, text(s, "rediss://127.0.0.1:%d%s&ssl_check_hostname=false", pair.tls_ports[1], query),
        &redis));
    TRY(TELL(redis, &reply, BYTES("GET"), BYTES("a")));
    CHECK(bytes_equal(reply->bytes, BYTES("1")));
    return OK;
}
