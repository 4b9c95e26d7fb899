/* Requests to outside systems: what is sent, what comes back, and every way it can fail. */

#include "net/http_client.h"

#include <stdlib.h>

#include "net/sse.h"
#include "test/net/given_http.h"
#include "test/net/given_peer.h"

static HttpClient *given_client(Scope *s)
{
    HttpClient *client = NULL;

    scope_limit(s, 20 * US_PER_S);
    error_drop(http_client_open(s, &(HttpClientSettings){0}, &client), "the first call fails then");
    return client;
}

static const char *url_of(Scope *s, int port, const char *path)
{
    return text(s, "http://127.0.0.1:%d%s", port, path);
}

TEST(a_call_brings_status_headers_and_body)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    HttpCall call = {
        .method = "POST", .url = url_of(s, site->port, "/echo"), .body = BYTES("{\"a\":1}")};
    HttpReply reply;

    pairs_add(s, &call.headers, "X-Request-ID", "my-id");
    TRY(http_call(s, given_client(s), &call, &reply));
    CHECK_EQ(reply.status, 200);
    CHECK_TEXT(header_get(&reply.headers, "x-request-id"), "my-id");
    CHECK(bytes_equal(reply.body, call.body));
    TRY(http_expect(s, &call, &reply));
    return OK;
}

TEST(connections_are_used_again)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    HttpClient *client = given_client(s);
    HttpReply reply;

    for (int i = 0; i < 5; i++)
        TRY(http_call(s, client, &(HttpCall){.url = url_of(s, site->port, "/hello")}, &reply));
    CHECK_EQ(http_server_counts(site->server).connections, 1);
    return OK;
}

TEST(what_is_sent_is_what_was_asked_for)
{
    Peer *peer = given_peer(s, "HTTP/1.1 204 No Content\r\n\r\n");
    HttpCall call = {
        .method = "PUT", .url = url_of(s, peer->port, "/p?q=1"), .body = BYTES("body")};
    HttpReply reply;

    pairs_add(s, &call.headers, "Authorization", "Bearer k");
    TRY(http_call(s, given_client(s), &call, &reply));
    CHECK(text_starts(peer->heard, "PUT /p?q=1 HTTP/1.1\r\n"));
    CHECK_HAS(peer->heard, "Authorization: Bearer k\r\n");
    CHECK_HAS(peer->heard, "Content-Length: 4\r\n");
    CHECK(text_ends(peer->heard, "\r\n\r\nbody"));
    CHECK(!strstr(peer->heard, "Expect:") && !strstr(peer->heard, "form-urlencoded"));
    return OK;
}

/* ---- Streaming ---- */

static Error *note_event(Scope *s, void *to, const SseEvent *event)
{
    (void)s;
    buffer_format(to, "[%s]", event->data);
    return OK;
}

static Error *note_piece(Scope *s, void *reader, Bytes piece)
{
    return sse_read(s, reader, piece);
}

TEST(a_stream_is_taken_in_pieces)
{
    Peer *peer =
        given_peer(s, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n"
                      "5\r\ndata:\r\n4\r\n 2\n\n\r\n0\r\n\r\n");
    Buffer events = buffer_in(s);
    HttpCall call = {.url = url_of(s, peer->port, "/"),
                     .take = note_piece,
                     .to = sse_reader(s, 0, note_event, &events)};
    HttpReply reply;

    TRY(http_call(s, given_client(s), &call, &reply));
    CHECK_TEXT(buffer_string(&events), "[1][2]");
    CHECK_EQ(reply.body.size, 0);
    CHECK_EQ(reply.received, 18);
    return OK;
}

static Error *stop_here(Scope *s, void *to, const HttpReply *reply)
{
    (void)to;
    return fail(s, LIMITED, "stopped at %d", reply->status);
}

TEST(an_error_of_a_callback_is_the_result)
{
    Peer *peer = given_peer(s, "HTTP/1.1 429 Slow Down\r\nContent-Length: 5\r\n\r\nhello");
    HttpCall call = {.url = url_of(s, peer->port, "/x"), .started = stop_here};
    HttpReply reply;
    Error *e = http_call(s, given_client(s), &call, &reply);

    CHECK(failed_as(e, LIMITED));
    CHECK_HAS(e->message, "stopped at 429");
    return OK;
}

/* ---- Limits and deadlines ---- */

static fallible check_timeout(Scope *s, const HttpCall *call, const char *words)
{
    int64_t before = clock_us();
    HttpReply reply;
    Error *e = http_call(s, given_client(s), call, &reply);

    CHECK(failed_as(e, TIMEOUT));
    CHECK_HAS(e->message, words);
    CHECK(clock_us() - before < 2 * US_PER_S);
    return OK;
}

TEST(each_deadline_has_its_own_words)
{
    Peer *mute = given_peer(s, ""),
         *stalled = given_peer(s, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    int full;

    TRY(given_full_listener(s, &full));
    TRY(check_timeout(s, &(HttpCall){.url = url_of(s, full, "/"), .connect_us = 200 * US_PER_MS},
                      "no connection in time"));
    TRY(check_timeout(
        s, &(HttpCall){.url = url_of(s, mute->port, "/"), .first_byte_us = 200 * US_PER_MS},
        "no answer began in time"));
    TRY(check_timeout(s,
                      &(HttpCall){.url = url_of(s, stalled->port, "/"), .idle_us = 200 * US_PER_MS},
                      "stopped in the middle"));
    return OK;
}

TEST(the_whole_has_a_deadline_even_when_bytes_keep_coming)
{
    Site *site = given_site_with_streams(s, &(HttpServerSettings){0},
                                         &(StreamSettings){.heartbeat_us = 20 * US_PER_MS});

    return check_timeout(
        s, &(HttpCall){.url = url_of(s, site->port, "/stream"), .whole_us = 300 * US_PER_MS},
        "the whole answer took too long");
}

TEST(an_answer_over_its_limit_is_given_up)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    HttpCall call = {.url = url_of(s, site->port, "/big"), .answer_max = 1000};
    HttpReply reply;

    FAILS(UPSTREAM, http_call(s, given_client(s), &call, &reply));
    return OK;
}

TEST(a_head_without_end_is_given_up)
{
    Peer *peer = given_peer(s, text(s, "HTTP/1.1 200 OK\r\nX: %070000d\r\n\r\n", 1));
    HttpReply reply;

    FAILS(UPSTREAM,
          http_call(s, given_client(s), &(HttpCall){.url = url_of(s, peer->port, "/")}, &reply));
    return OK;
}

/* ---- Failures ---- */

TEST(what_cannot_be_reached_is_unavailable)
{
    Peer *silent = given_peer(s, NULL),
         *cut = given_peer(s, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    HttpClient *client = given_client(s);
    HttpReply reply;

    cut->closes = true;
    FAILS(UNAVAILABLE, http_call(s, client, &(HttpCall){.url = "http://127.0.0.1:1/"}, &reply));
    FAILS(UNAVAILABLE,
          http_call(s, client, &(HttpCall){.url = "http://no-such-host.invalid/"}, &reply));
    FAILS(UNAVAILABLE,
          http_call(s, client, &(HttpCall){.url = url_of(s, silent->port, "/")}, &reply));
    FAILS(UNAVAILABLE, http_call(s, client, &(HttpCall){.url = url_of(s, cut->port, "/")}, &reply));
    return OK;
}

TEST(tls_with_a_server_that_has_none_is_an_upstream_failure)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    HttpReply reply;
    Error *e = http_call(s, given_client(s),
                         &(HttpCall){.url = text(s, "https://127.0.0.1:%d/", site->port)}, &reply);

    CHECK(failed_as(e, UPSTREAM));
    CHECK_HAS(e->message, "TLS failed");
    return OK;
}

TEST(other_schemes_redirects_and_forged_headers_go_nowhere)
{
    Peer *peer = given_peer(
        s, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    HttpCall forged = {.url = url_of(s, peer->port, "/")};
    HttpClient *client = given_client(s);
    HttpReply reply;

    FAILS(INVALID, http_call(s, client, &(HttpCall){.url = "file:///etc/passwd"}, &reply));
    FAILS(INVALID, http_call(s, client, &(HttpCall){.url = "http:///x"}, &reply));
    FAILS(INVALID, http_call(s, client, &(HttpCall){0}, &reply));
    pairs_add(s, &forged.headers, "X", "a\r\nY: b");
    FAILS(INVALID, http_call(s, client, &forged, &reply));
    TRY(http_call(s, client, &(HttpCall){.url = url_of(s, peer->port, "/")}, &reply));
    CHECK_EQ(reply.status, 302);
    return OK;
}

TEST(no_failure_tells_a_secret)
{
    HttpCall call = {.url = "http://user:secret@127.0.0.1:1/path?key=secret",
                     .body = BYTES("secret")};
    HttpReply reply;

    pairs_add(s, &call.headers, "Authorization", "Bearer secret");
    Error *e = http_call(s, given_client(s), &call, &reply);
    CHECK(failed_as(e, UNAVAILABLE));
    CHECK_TEXT(e->message, "GET http://127.0.0.1:1/path: no connection could be made");
    return OK;
}

TEST(the_environment_chooses_no_proxy)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    HttpReply reply;

    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    Error *e =
        http_call(s, given_client(s), &(HttpCall){.url = url_of(s, site->port, "/hello")}, &reply);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    return e;
}

TEST(a_proxy_that_is_set_is_asked)
{
    Peer *proxy = given_peer(s, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    HttpClient *client;
    HttpReply reply;

    scope_limit(s, 20 * US_PER_S);
    TRY(http_client_open(s, &(HttpClientSettings){.proxy = url_of(s, proxy->port, "")}, &client));
    TRY(http_call(s, client, &(HttpCall){.url = "http://example.invalid/x"}, &reply));
    CHECK(text_starts(proxy->heard, "GET http://example.invalid/x HTTP/1.1\r\n"));
    return OK;
}

/* ---- Statuses ---- */

TEST(a_status_becomes_the_kind_of_failure_it_means)
{
    static const struct {
        int status;
        ErrorKind kind;
    } rows[] = {{401, DENIED},   {404, MISSING},  {409, CONFLICT},   {429, LIMITED},
                {400, UPSTREAM}, {500, UPSTREAM}, {503, UNAVAILABLE}};
    HttpCall call = {.url = "http://h/p?key=secret"};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        HttpReply reply = {.status = rows[i].status};
        Error *e = http_expect(s, &call, &reply);
        CHECK_EQ(e ? e->kind : 0, rows[i].kind);
        CHECK_TEXT(e->message, text(s, "GET http://h/p: the answer was %d", rows[i].status));
    }
    return OK;
}

TEST(retry_after_is_read_in_its_three_forms)
{
    PairList seconds = {0}, ms = {0}, date = {0}, bad = {0};

    pairs_add(s, &seconds, "retry-after", "3");
    pairs_add(s, &ms, "retry-after-ms", "250");
    pairs_add(s, &date, "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT");
    pairs_add(s, &bad, "Retry-After", "-1");
    CHECK_EQ(http_retry_after(&seconds), 3 * US_PER_S);
    CHECK_EQ(http_retry_after(&ms), 250 * US_PER_MS);
    CHECK_EQ(http_retry_after(&date), 0);
    CHECK_EQ(http_retry_after(&bad), 0);
    return OK;
}

/* ---- Cancellation ---- */

typedef struct Cancelling {
    HttpCall call;
    HttpClient *client;
    int64_t began_to_end, took; /* of the cancellation */
    _Atomic int64_t cancelled_at;
    Error *result;
} Cancelling;

static Error *call_until_cancelled(Scope *s, void *arg)
{
    Cancelling *c = arg;
    HttpReply reply;
    Error *e = http_call(s, c->client, &c->call, &reply);

    c->took = clock_us() - c->cancelled_at;
    CHECK(failed_as(e, CANCELLED));
    return OK;
}

static fallible cancel_in_the_middle(Scope *s, const char *url)
{
    Cancelling c = {.call = {.url = url}, .client = given_client(s)};
    Thread *thread;

    TRY(thread_start(s, "call", call_until_cancelled, &c, &thread));
    TRY(scope_sleep(s,
                    350 * US_PER_MS)); /* past libcurl's own timers, which would wake it as well */
    c.cancelled_at = clock_us();
    thread_cancel(thread, "the test cancels");
    TRY(thread_wait(s, thread));
    CHECK(c.took < 100 * US_PER_MS);
    return OK;
}

TEST(a_cancelled_call_ends_at_once_and_closes_its_connection)
{
    Peer *mute = given_peer(s, ""),
         *stalled = given_peer(s, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    int full;

    TRY(given_full_listener(s, &full));
    TRY(cancel_in_the_middle(s, url_of(s, full, "/")));
    TRY(cancel_in_the_middle(s, url_of(s, mute->port, "/")));
    TRY(peer_wait_closed(s, mute));
    TRY(cancel_in_the_middle(s, url_of(s, stalled->port, "/")));
    return peer_wait_closed(s, stalled);
}

/* ---- Many threads ---- */

typedef struct Caller {
    HttpClient *client;
    const char *url;
} Caller;

static Error *call_many(Scope *s, void *arg)
{
    Caller *caller = arg;

    for (int i = 0; i < 50; i++) {
        SCOPE(tmp, s);
        HttpReply reply;
        TRY(http_call(tmp, caller->client, &(HttpCall){.url = caller->url}, &reply));
        TRY(http_expect(tmp, &(HttpCall){.url = caller->url}, &reply));
    }
    return OK;
}

TEST(several_threads_share_a_client)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    Caller caller = {given_client(s), url_of(s, site->port, "/hello")};
    Thread *threads[4];

    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_start(s, "caller", call_many, &caller, &threads[i]));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_wait(s, threads[i]));
    CHECK_EQ(site->runs, 200);
    CHECK(http_server_counts(site->server).connections <= 4);
    return OK;
}
