/* What the server refuses before a handler sees it. */

#include "test/net/given_http.h"

#define HOST " HTTP/1.1\r\nHost: t\r\n"
#define BYE  "Connection: close\r\n\r\n"

static fallible refused(Scope *s, Site *site, const char *request, const char *status)
{
    const char *answer;

    TRY_WHILE(ask(s, site->port, request, &answer), "asking \"%.60s\"", request);
    if (!text_starts(answer, text(s, "HTTP/1.1 %s ", status)))
        return fail(s, BUG, "to \"%.60s\" the answer was \"%.60s\", not %s", request, answer,
                    status);
    CHECK_EQ(site->runs, 0);
    return OK;
}

TEST(heads_that_two_parsers_could_understand_differently_are_refused)
{
    static const char *const requests[] = {
        "POST /echo" HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo" HOST "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        "POST /echo" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST /echo" HOST "Content-Length: +2\r\n\r\nab",
        "POST /echo" HOST "Content-Length: 0x2\r\n\r\nab",
        "POST /echo" HOST "Content-Length : 2\r\n\r\nab",
        "POST /echo" HOST
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo" HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX2\r\nde\r\n0\r\n\r\n",
        "GET /hello" HOST "X\x01Y: 1\r\n\r\n",
        "GET /hello" HOST "X: a\x01z\r\n\r\n",
        "POST /echo" HOST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "POST /echo" HOST "Content-Length: 5\r\n 0\r\n\r\n",
        "GET /hello" HOST "X: a\r\n Content-Length: 3\r\n\r\n",
        "GET /hello HTTP/1.1\r\nX: 1\r\n\r\n",
        "GET /hello" HOST "Host: u\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: t, u\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a@b\r\n\r\n",
        "GET /a%00b" HOST "\r\n",
        "GET /a%zzb" HOST "\r\n",
        "GET /a%ff" HOST "\r\n",
        "GET /a/../b" HOST "\r\n",
        "GET /a/%2e%2E/b" HOST "\r\n",
        "GET /a?x=%00" HOST "\r\n",
        "GET /a\x7f" HOST "\r\n",
        "GET hello" HOST "\r\n",
    };
    Site *site = given_site(s, &(HttpServerSettings){0});

    for (size_t i = 0; i < COUNT_OF(requests); i++)
        TRY(refused(s, site, requests[i], "400"));
    return OK;
}

TEST(other_versions_and_transfer_encodings_are_refused)
{
    Site *site = given_site(s, &(HttpServerSettings){0});

    TRY(refused(s, site, "POST /echo" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n", "501"));
    TRY(refused(s, site, "GET /hello HTTP/2.0\r\nHost: t\r\n\r\n", "505"));
    return OK;
}

TEST(a_length_over_the_limit_is_answered_without_waiting_for_the_body)
{
    Site *site = given_site(s, &(HttpServerSettings){.body_max = 1000});
    int64_t before = clock_us();

    TRY(refused(s, site, "POST /echo" HOST "Content-Length: 1001\r\n\r\n", "413"));
    TRY(refused(s, site,
                "POST /echo" HOST "Content-Length: 10000000000\r\nExpect: 100-continue\r\n\r\n",
                "413"));
    TRY(refused(s, site, "POST /echo" HOST "Content-Length: 99999999999999999999999\r\n\r\n",
                "413"));
    CHECK(clock_us() - before < 5 * US_PER_S);
    return OK;
}

TEST(a_refused_sender_of_much_still_gets_to_read_why)
{
    enum { MUCH = 2 << 20 };
    Site *site = given_site(s, &(HttpServerSettings){.body_max = 1000});
    const char *answer;
    int fd;

    TRY(dial(s, site->port, &fd));
    TRY(say(s, fd, text(s, "POST /echo" HOST "Content-Length: %d\r\n\r\n", MUCH)));
    TRY(say_bytes(s, fd, (Bytes){scope_alloc(s, MUCH), MUCH}));
    TRY(hear_all(s, fd, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 413 "));
    CHECK(text_ends(answer, "}"));
    return OK;
}

TEST(chunks_over_the_limit_are_refused_when_they_get_there)
{
    Site *site = given_site(s, &(HttpServerSettings){.body_max = 10});

    TRY(refused(s, site,
                "POST /echo" HOST
                "Transfer-Encoding: chunked\r\n\r\n8\r\nabcdefgh\r\n8\r\nabcdefgh\r\n",
                "413"));
    UNTIL(http_server_counts(site->server).body_bytes == 0);
    return OK;
}

TEST(many_large_bodies_at_once_have_a_limit_of_their_own)
{
    Site *site = given_site(s, &(HttpServerSettings){.body_max = 100, .bodies_max = 150});
    const char *answer, *hundred = text(s, "%0100d", 7);
    int first;

    TRY(dial(s, site->port, &first));
    TRY(say(s, first, "POST /hold" HOST "Content-Length: 100\r\n\r\n"));
    TRY(say(s, first, hundred));
    TRY(site_wait_holding(s, site, 1));
    TRY(ask(s, site->port, text(s, "POST /echo" HOST "Content-Length: 100\r\n\r\n%s", hundred),
            &answer));
    CHECK(text_starts(answer, "HTTP/1.1 503 "));
    CHECK_HAS(answer, "Retry-After: 1\r\n");
    return OK;
}

TEST(heads_have_limits)
{
    Site *site = given_site(
        s, &(HttpServerSettings){.head_max = 2000, .target_max = 100, .headers_max = 20});
    Buffer many = buffer_in(s);

    for (int i = 0; i < 30; i++)
        buffer_format(&many, "X%d: 1\r\n", i);
    TRY(refused(s, site, text(s, "GET /hello" HOST "X: %02500d\r\n\r\n", 1), "431"));
    TRY(refused(s, site, text(s, "GET /hello" HOST "X: %060000d\r\n\r\n", 1), "431"));
    TRY(refused(s, site, text(s, "GET /hello" HOST "%s\r\n", buffer_string(&many)), "431"));
    TRY(refused(s, site, text(s, "GET /%0200d" HOST "\r\n", 1), "414"));
    TRY(refused(s, site, text(s, "GET /%060000d" HOST "\r\n", 1), "414"));
    return OK;
}

/* ---- Slow clients ---- */

TEST(a_head_that_drips_is_cut_off_while_others_are_served)
{
    Site *site = given_site(s, &(HttpServerSettings){.head_us = 600 * US_PER_MS});
    int64_t before = clock_us();
    const char *answer;
    int fd;

    TRY(dial(s, site->port, &fd));
    TRY(say(s, fd, "GET /hello" HOST));
    for (int i = 0; i < 200 && is_quiet(fd); i++) {
        Error *e = say(s, fd, "X: y\r\n");
        error_drop(e, "the other end may have closed");
        TRY(scope_sleep(s, 20 * US_PER_MS));
    }
    CHECK(clock_us() - before < 3 * US_PER_S);
    CHECK_EQ(http_server_counts(site->server).timed_out, 1);
    TRY(ask(s, site->port, "GET /hello" HOST BYE, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 200 "));
    return OK;
}

TEST(fifty_silent_connections_are_all_closed)
{
    Site *site = given_site(s, &(HttpServerSettings){.head_us = 300 * US_PER_MS});
    int fds[50];

    for (size_t i = 0; i < COUNT_OF(fds); i++)
        TRY(dial(s, site->port, &fds[i]));
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        const char *answer;
        TRY(hear_all(s, fds[i], &answer));
        CHECK_TEXT(answer, "");
    }
    UNTIL(http_server_counts(site->server).connections == 0);
    return OK;
}

TEST(a_body_that_drips_is_cut_off)
{
    Site *site = given_site(s, &(HttpServerSettings){.body_us = 400 * US_PER_MS});
    int64_t before = clock_us();
    int fd;

    TRY(dial(s, site->port, &fd));
    TRY(say(s, fd, "POST /echo" HOST "Content-Length: 1000\r\n\r\n"));
    for (int i = 0; i < 200 && is_quiet(fd); i++) {
        Error *e = say(s, fd, "x");
        error_drop(e, "the other end may have closed");
        TRY(scope_sleep(s, 20 * US_PER_MS));
    }
    CHECK(clock_us() - before < 3 * US_PER_S);
    CHECK_EQ(site->runs, 0);
    return OK;
}

TEST(an_idle_connection_is_kept_longer_than_a_slow_head)
{
    Site *site = given_site(
        s, &(HttpServerSettings){.head_us = 300 * US_PER_MS, .idle_us = 1500 * US_PER_MS});
    int64_t before = clock_us();
    const char *answer;
    int fd;

    TRY(dial(s, site->port, &fd));
    TRY(say(s, fd, "GET /hello" HOST "\r\n"));
    TRY(hear_until(s, fd, "hello\n", &answer));
    TRY(scope_sleep(s, 900 * US_PER_MS));
    CHECK(is_quiet(fd));
    TRY(say(s, fd, "GET /hello" HOST "\r\n"));
    TRY(hear_until(s, fd, "hello\n", &answer));
    TRY(hear_all(s, fd, &answer));
    CHECK_TEXT(answer, "");
    CHECK(clock_us() - before > 2000 * US_PER_MS);
    return OK;
}

TEST(a_second_head_that_drips_is_cut_off_before_the_idle_time)
{
    Site *site =
        given_site(s, &(HttpServerSettings){.head_us = 300 * US_PER_MS, .idle_us = 15 * US_PER_S});
    int64_t before = clock_us();
    const char *answer;
    int fd;

    TRY(dial(s, site->port, &fd));
    TRY(say(s, fd, "GET /hello" HOST "\r\n"));
    TRY(hear_until(s, fd, "hello\n", &answer));
    TRY(say(s, fd, "GET /hel"));
    for (int i = 0; i < 200 && is_quiet(fd); i++) {
        Error *e = say(s, fd, "l");
        error_drop(e, "the other end may have closed");
        TRY(scope_sleep(s, 20 * US_PER_MS));
    }
    CHECK(clock_us() - before < 3 * US_PER_S);
    return OK;
}

TEST(a_client_that_does_not_read_its_answer_is_cut_off)
{
    Site *site = given_site(
        s, &(HttpServerSettings){.answer_us = 300 * US_PER_MS, .answer_rate_min = 100 << 20});
    int64_t before = clock_us();
    int fd;

    TRY(dial_narrow(s, site->port, &fd));
    TRY(say(s, fd, "GET /big" HOST "\r\n"));
    UNTIL(http_server_counts(site->server).timed_out == 1);
    UNTIL(http_server_counts(site->server).connections == 0);
    CHECK(clock_us() - before < 3 * US_PER_S);
    return OK;
}

/* ---- Connections ---- */

TEST(connections_over_the_limit_are_told_to_come_back)
{
    Site *site = given_site(s, &(HttpServerSettings){.connections_max = 3});
    const char *answer;
    int fds[3];

    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        TRY(dial(s, site->port, &fds[i]));
        UNTIL(http_server_counts(site->server).connections == (int64_t)i + 1);
    }
    TRY(ask(s, site->port, "GET /hello" HOST BYE, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 503 "));
    CHECK_HAS(answer, "Retry-After: 1\r\n");
    return OK;
}

TEST(one_address_has_a_limit_of_its_own_when_set)
{
    Site *site = given_site(s, &(HttpServerSettings){.connections_per_address_max = 1});
    const char *answer;
    int fd;

    TRY(dial(s, site->port, &fd));
    UNTIL(http_server_counts(site->server).connections == 1);
    TRY(ask(s, site->port, "GET /hello" HOST BYE, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 503 "));
    return OK;
}
