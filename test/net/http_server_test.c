/* Requests and answers as any client sees them. */

#include "base/id.h"
#include "test/net/given_http.h"

#define HOST " HTTP/1.1\r\nHost: t\r\n"
#define BYE  "Connection: close\r\n\r\n"

TEST(a_request_is_answered_with_its_id)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;

    TRY(ask(s, site->port, "GET /hello" HOST "X-Request-ID: abc-1.2\r\n" BYE, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 200 OK\r\n"));
    CHECK_HAS(answer, "X-Request-ID: abc-1.2\r\n");
    CHECK_HAS(answer, "Content-Length: 6\r\n");
    CHECK(text_ends(answer, "\r\n\r\nhello\n"));
    return OK;
}

TEST(a_strange_request_id_is_replaced)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;

    TRY(ask(s, site->port, "GET /hello" HOST "X-Request-ID: a b<script>\r\n" BYE, &answer));
    CHECK_HAS(answer, "X-Request-ID: ");
    const char *id = text_of(s, (Bytes){strstr(answer, "X-Request-ID: ") + 14, ID_SIZE});
    CHECK(id_valid(id));
    return OK;
}

TEST(path_and_query_are_decoded)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;

    TRY(ask(s, site->port, "GET /where/a%20b/c%2Fd/?q=x+y&r=%C3%A9&empty" HOST BYE, &answer));
    CHECK_HAS(answer, "GET [where] [a b] [c/d] [] q=x y r=\xc3\xa9 empty=");
    TRY(ask(s, site->port, "GET http://host.test/where?a=b" HOST BYE, &answer));
    CHECK_HAS(answer, "GET [where] a=b");
    return OK;
}

TEST(a_body_comes_back_whole_by_length_and_by_chunks)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;

    TRY(ask(s, site->port, "POST /echo" HOST "Content-Length: 5\r\n" BYE "abcde", &answer));
    CHECK(text_ends(answer, "\r\n\r\nabcde"));
    TRY(ask(s, site->port,
            "POST /echo" HOST "Transfer-Encoding: chunked\r\n" BYE
            "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            &answer));
    CHECK(text_ends(answer, "\r\n\r\nabcde"));
    return OK;
}

TEST(ten_megabytes_in_chunks_are_taken_when_allowed)
{
    enum { CHUNK = 64 << 10, COUNT = 160 };
    Site *site = given_site(s, &(HttpServerSettings){.body_max = 16 << 20});
    char *chunk = scope_alloc(s, CHUNK);
    int fd;
    const char *answer;

    memset(chunk, 'x', CHUNK);
    TRY(dial(s, site->port, &fd));
    TRY(say(s, fd, "POST /echo" HOST "Transfer-Encoding: chunked\r\n" BYE));
    for (int i = 0; i < COUNT; i++) {
        TRY(say(s, fd, text(s, "%x\r\n", CHUNK)));
        TRY(say_bytes(s, fd, (Bytes){chunk, CHUNK}));
        TRY(say(s, fd, "\r\n"));
    }
    TRY(say(s, fd, "0\r\n\r\n"));
    TRY(hear_all(s, fd, &answer));
    CHECK_HAS(answer, text(s, "Content-Length: %d\r\n", CHUNK * COUNT));
    CHECK_EQ(strlen(strstr(answer, "\r\n\r\n") + 4), CHUNK * COUNT);
    CHECK_EQ(http_server_counts(site->server).body_bytes, 0);
    return OK;
}

TEST(pipelined_requests_are_answered_in_order_on_one_connection)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;

    TRY(ask(s, site->port,
            "POST /echo" HOST "Content-Length: 1\r\n\r\n1POST /echo" HOST
            "Content-Length: 1\r\n\r\n2"
            "GET /where/3" HOST BYE,
            &answer));
    CHECK_EQ(count_of(answer, "HTTP/1.1 200"), 3);
    CHECK(strstr(answer, "\r\n\r\n1HTTP") < strstr(answer, "\r\n\r\n2HTTP"));
    CHECK(text_ends(answer, "GET [where] [3]"));
    return OK;
}

TEST(a_head_request_gets_no_body)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;

    TRY(ask(s, site->port, "HEAD /hello" HOST BYE, &answer));
    CHECK_HAS(answer, "Content-Length: 6\r\n");
    CHECK(text_ends(answer, "\r\n\r\n"));
    return OK;
}

TEST(a_failure_becomes_json_with_its_kind_and_status)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;

    TRY(ask(s, site->port, "GET /fail" HOST "X-Request-ID: r1\r\n" BYE, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 404 Not Found\r\n"));
    CHECK(text_ends(answer,
                    "{\"detail\":\"no such page\",\"kind\":\"missing\",\"request_id\":\"r1\"}"));
    return OK;
}

TEST(a_client_that_asks_first_is_told_to_continue)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;
    int fd;

    TRY(dial(s, site->port, &fd));
    TRY(say(s, fd, "POST /echo" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n" BYE));
    TRY(hear_until(s, fd, "\r\n\r\n", &answer));
    CHECK(text_starts(answer, "HTTP/1.1 100 Continue\r\n"));
    TRY(say(s, fd, "ok"));
    TRY(hear_all(s, fd, &answer));
    CHECK(text_ends(answer, "\r\n\r\nok"));
    return OK;
}

TEST(a_large_answer_waits_for_a_client_that_reads_late)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *head;
    size_t got;
    int fd;

    TRY(dial(s, site->port, &fd));
    TRY(say(s, fd, "GET /big" HOST BYE));
    TRY(scope_sleep(s, 50 * US_PER_MS));
    TRY(hear_count(s, fd, &head, &got));
    CHECK_HAS(head, "Content-Length: 3145728\r\n");
    CHECK_EQ(got - (size_t)(strstr(head, "\r\n\r\n") + 4 - head), 3145728);
    return OK;
}

TEST(both_loopback_addresses_are_listened_on)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    HttpServerSettings same = {.port = site->port};
    HttpApp app = {.handle = NULL};
    HttpServer *second;

    FAILS(CONFLICT, http_server_open(s, &same, &app, &second));
    texts_add(s, &same.addresses, "::1");
    FAILS(CONFLICT, http_server_open(s, &same, &app, &second));
    same.addresses.items[0] = "localhost";
    FAILS(INVALID, http_server_open(s, &same, &app, &second));
    return OK;
}

TEST(an_answer_with_a_broken_header_is_our_bug_and_not_a_split_answer)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;

    TRY(ask(s, site->port, "GET /split" HOST BYE, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 500 "));
    CHECK(!strstr(answer, "Set-Cookie"));
    return OK;
}

TEST(a_file_is_sent_from_its_middle)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;

    TRY(ask(s, site->port, "GET /file" HOST BYE, &answer));
    CHECK_HAS(answer, "Content-Length: 3\r\n");
    CHECK(text_ends(answer, "\r\n\r\n345"));
    return OK;
}
