/* Bearer tokens: kept as long as they live, replaced in time, and when the service no longer takes them. */

#include "net/http_server.h"
#include "sys/thread.h"
#include "test/blob/given_blobs.h"

/* A service that knows one token, and a source that counts the tokens it gives. */
typedef struct Service {
    Mutex mutex;
    const char *wanted;
    int64_t lives_us;
    int given, refused, served;
} Service;

static Error *serve(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *answer)
{
    Service *service = app;
    const char *proof = header_get(&rq->headers, "Authorization");

    LOCKED (&service->mutex) {
        bool good = text_equal(proof, service->wanted);
        service->served += good;
        service->refused += !good;
        answer->status = good ? 201 : 401;
    }
    http_answer_header(s, answer, "ETag", "\"0x1\"");
    http_answer_header(s, answer, "Last-Modified", "Mon, 23 Nov 2026 14:44:55 GMT");
    return OK;
}

static Error *give_token(Scope *s, void *from, BlobToken *out)
{
    Service *service = from;

    LOCKED (&service->mutex)
        *out = (BlobToken){text(s, "token%d", ++service->given), service->lives_us};
    return OK;
}

static fallible given_service(Scope *s, Service *service, BlobStore **out)
{
    HttpApp app = {.app = service, .handle = serve};
    HttpServer *server;
    BlobOptions options = {.token = give_token, .token_from = service, .pause_us = US_PER_MS};

    scope_limit(s, 20 * US_PER_S);
    TRY(http_server_open(s, &(HttpServerSettings){0}, &app, &server));
    options.url =
        text(s, "azblob://account?endpoint=http://127.0.0.1:%d", http_server_port(server));
    return blob_open(s, &options, out);
}

static fallible write_one(Scope *s, BlobStore *store)
{
    BlobInfo about;

    return blob_put(s, store, &(BlobPut){.name = "temp/a", .bytes = BYTES("x")}, &about);
}

TEST(a_token_serves_until_it_ends)
{
    Service service = {.wanted = "Bearer token1", .lives_us = 60 * US_PER_MIN};
    BlobStore *store;

    TRY(given_service(s, &service, &store));
    for (int i = 0; i < 3; i++)
        TRY(write_one(s, store));
    CHECK_EQ(service.given, 1);
    CHECK_EQ(service.served, 3);
    return OK;
}

TEST(a_token_near_its_end_is_replaced_before_it_is_used)
{
    Service service = {.wanted = "Bearer token1", .lives_us = US_PER_MIN};
    BlobStore *store;

    TRY(given_service(s, &service, &store));
    TRY(write_one(s, store));
    service.wanted = "Bearer token2";
    TRY(write_one(s, store));
    CHECK_EQ(service.refused, 0);
    return OK;
}

TEST(a_token_that_is_refused_is_replaced_and_the_request_sent_again)
{
    Service service = {.wanted = "Bearer token2", .lives_us = 60 * US_PER_MIN};
    BlobStore *store;

    TRY(given_service(s, &service, &store));
    TRY(write_one(s, store));
    CHECK_EQ(service.given, 2);
    CHECK_EQ(service.refused, 1);
    return OK;
}

TEST(who_is_always_refused_is_denied_and_no_token_is_shown)
{
    Service service = {.wanted = "Bearer none", .lives_us = 60 * US_PER_MIN};
    BlobStore *store;

    TRY(given_service(s, &service, &store));
    Error *e = write_one(s, store);
    CHECK(failed_as(e, DENIED));
    CHECK(!strstr(e->message, "token"));
    CHECK_EQ(service.refused, 5);
    return OK;
}
