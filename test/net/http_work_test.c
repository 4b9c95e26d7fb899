/* Workers, their queue, clients that leave, long polls, and the end. */

#include "test/net/given_http.h"

#include <sys/socket.h>

#define HOST " HTTP/1.1\r\nHost: t\r\n"
#define BYE  "Connection: close\r\n\r\n"

static fallible begin(Scope *s, Site *site, const char *path, int *fd)
{
    TRY(dial(s, site->port, fd));
    return say(s, *fd, text(s, "GET %s" HOST BYE, path));
}

/* One worker, inside /hold. */
static fallible given_busy_site(Scope *s, HttpServerSettings settings, Site **site, int *fd)
{
    settings.workers = 1;
    *site = given_site(s, &settings);
    TRY(begin(s, *site, "/hold", fd));
    return site_wait_holding(s, *site, 1);
}

static fallible wait_queued(Scope *s, Site *site, int count)
{
    UNTIL(http_server_counts(site->server).queued == count);
    return OK;
}

TEST(a_full_queue_is_answered_with_503_and_the_connection_stays)
{
    Site *site;
    const char *answer;
    int busy, waiting, turned_away;

    TRY(given_busy_site(s, (HttpServerSettings){.queue_max = 1}, &site, &busy));
    TRY(begin(s, site, "/hello", &waiting));
    TRY(wait_queued(s, site, 1));
    TRY(dial(s, site->port, &turned_away));
    TRY(say(s, turned_away, "GET /hello" HOST "\r\n"));
    TRY(hear_until(s, turned_away, "}", &answer));
    CHECK(text_starts(answer, "HTTP/1.1 503 "));
    CHECK_HAS(answer, "Retry-After: 1\r\n");
    site_release(site);
    TRY(hear_all(s, waiting, &answer));
    CHECK(text_ends(answer, "hello\n"));
    TRY(say(s, turned_away, "GET /hello" HOST BYE));
    TRY(hear_all(s, turned_away, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 200 "));
    return OK;
}

TEST(an_express_path_is_taken_by_a_full_queue_and_goes_first)
{
    Site *site;
    const char *answer;
    int busy, waiting, express;

    TRY(given_busy_site(s, (HttpServerSettings){.queue_max = 1}, &site, &busy));
    TRY(begin(s, site, "/hold", &waiting));
    TRY(wait_queued(s, site, 1));
    TRY(begin(s, site, "/alive", &express));
    TRY(wait_queued(s, site, 2));
    site_release(site);
    TRY(hear_all(s, express, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 200 "));
    return OK;
}

TEST(a_request_that_waited_too_long_is_not_run)
{
    Site *site = given_site(s, &(HttpServerSettings){.workers = 1, .request_us = 200 * US_PER_MS});
    const char *answer;
    int busy, waiting;

    TRY(begin(s, site, "/stubborn", &busy));
    TRY(site_wait_holding(s, site, 1));
    TRY(begin(s, site, "/hello", &waiting));
    TRY(wait_queued(s, site, 1));
    TRY(scope_sleep(s, 250 * US_PER_MS));
    site_release(site);
    TRY(hear_all(s, waiting, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 503 "));
    CHECK_EQ(site->runs, 1);
    return OK;
}

TEST(a_request_ends_at_its_deadline)
{
    Site *site = given_site(s, &(HttpServerSettings){.request_us = 200 * US_PER_MS});
    const char *answer;

    TRY(ask(s, site->port, "GET /hold" HOST BYE, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 504 "));
    return OK;
}

TEST(a_slow_client_holds_no_worker)
{
    Site *site = given_site(s, &(HttpServerSettings){.workers = 1});
    const char *answer;
    int slow;

    TRY(dial(s, site->port, &slow));
    TRY(say(s, slow, "POST /echo" HOST "Content-Length: 10\r\n\r\nabc"));
    TRY(ask(s, site->port, "GET /hello" HOST BYE, &answer));
    CHECK(text_ends(answer, "hello\n"));
    return OK;
}

TEST(a_client_that_leaves_cancels_its_request)
{
    Site *site = given_site(s, &(HttpServerSettings){0});

    {
        SCOPE(client, s);
        int fd;
        TRY(begin(client, site, "/hold", &fd));
        TRY(site_wait_holding(s, site, 1));
    }
    TRY(site_wait_holding(s, site, 0));
    CHECK_TEXT(site->cancelled, "the client went away");
    return OK;
}

TEST(a_client_that_leaves_the_queue_is_not_run)
{
    Site *site;
    int busy;

    TRY(given_busy_site(s, (HttpServerSettings){0}, &site, &busy));
    {
        SCOPE(client, s);
        int fd;
        TRY(begin(client, site, "/hello", &fd));
        TRY(wait_queued(s, site, 1));
    }
    TRY(scope_sleep(s, 600 * US_PER_MS)); /* two looks of the door */
    site_release(site);
    UNTIL(http_server_counts(site->server).requests == 2);
    CHECK_EQ(site->runs, 1);
    return OK;
}

TEST(a_client_that_leaves_in_the_middle_of_its_body_costs_nothing)
{
    Site *site = given_site(s, &(HttpServerSettings){0});

    {
        SCOPE(client, s);
        int fd;
        TRY(dial(client, site->port, &fd));
        TRY(say(s, fd, "POST /echo" HOST "Content-Length: 1000\r\n\r\nabc"));
        UNTIL(http_server_counts(site->server).body_bytes == 3);
    }
    UNTIL(http_server_counts(site->server).connections == 0);
    CHECK_EQ(http_server_counts(site->server).body_bytes, 0);
    CHECK_EQ(site->runs, 0);
    return OK;
}

/* ---- Long polls ---- */

TEST(a_long_poll_is_woken_and_holds_no_worker_while_it_waits)
{
    Site *site = given_site(s, &(HttpServerSettings){.workers = 1});
    int64_t before = clock_us();
    const char *answer;
    int fd;

    TRY(begin(s, site, "/poll", &fd));
    UNTIL(http_server_counts(site->server).parked == 1);
    TRY(ask(s, site->port, "GET /hello" HOST BYE, &answer));
    CHECK(text_ends(answer, "hello\n"));
    site_news(site);
    TRY(hear_all(s, fd, &answer));
    CHECK(text_ends(answer, "news=1 turns=1\n"));
    CHECK(clock_us() - before < 500 * US_PER_MS);
    site_news(site); /* waking a request that has ended does nothing */
    return OK;
}

TEST(news_between_the_look_and_the_wait_is_not_lost)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    int64_t before = clock_us();
    const char *answer;

    TRY(ask(s, site->port, "GET /hasty" HOST BYE, &answer));
    CHECK(text_ends(answer, "turns=1\n"));
    CHECK(clock_us() - before < 2 * US_PER_S);
    return OK;
}

TEST(a_long_poll_ends_by_itself_after_its_time)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    int64_t before = clock_us();
    const char *answer;

    TRY(ask(s, site->port, "GET /poll" HOST BYE, &answer));
    CHECK(text_ends(answer, "news=0 turns=1\n"));
    CHECK(clock_us() - before >= 700 * US_PER_MS);
    return OK;
}

TEST(a_long_poll_whose_client_left_is_forgotten)
{
    Site *site = given_site(s, &(HttpServerSettings){0});

    {
        SCOPE(client, s);
        int fd;
        TRY(begin(client, site, "/poll", &fd));
        UNTIL(http_server_counts(site->server).parked == 1);
    }
    UNTIL(http_server_counts(site->server).connections == 0);
    CHECK_EQ(site->runs, 1);
    site_news(site);
    return OK;
}

TEST(hundreds_of_long_polls_are_woken_while_others_leave)
{
    enum { POLLS = 300 };
    Site *site = given_site(s, &(HttpServerSettings){.workers = 4, .queue_max = 1000});
    int fds[POLLS];
    const char *answer;

    for (int i = 0; i < POLLS; i++) {
        TRY(begin(s, site, "/poll", &fds[i]));
        if (i % 3 == 0)
            shutdown(fds[i], SHUT_WR);
        if (i % 7 == 0)
            site_news(site);
    }
    for (int i = 0; i < POLLS; i++)
        TRY(hear_all(s, fds[i], &answer));
    UNTIL(http_server_counts(site->server).connections == 0);
    return OK;
}

/* ---- The end ---- */

typedef struct Stopping {
    Site *site;
    int64_t grace_us, took_us;
} Stopping;

static Error *stop(Scope *s, void *arg)
{
    Stopping *stopping = arg;
    int64_t before = clock_us();

    (void)s;
    http_server_stop(stopping->site->server, stopping->grace_us);
    stopping->took_us = clock_us() - before;
    return OK;
}

/* Until the server listens no more. */
static fallible wait_deaf(Scope *s, Site *site)
{
    Error *e;
    int fd;

    do {
        SCOPE(tmp, s);
        TRY(scope_sleep(s, US_PER_MS));
        e = dial(tmp, site->port, &fd);
    } while (!e);
    return OK;
}

TEST(a_stop_lets_a_running_request_finish_and_takes_no_new_one)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    Stopping stopping = {.site = site, .grace_us = 10 * US_PER_S};
    const char *answer;
    int busy, other;
    Thread *thread;

    TRY(begin(s, site, "/hold", &busy));
    TRY(dial(s, site->port, &other));
    TRY(say(s, other, "GET /hello" HOST "\r\n"));
    TRY(hear_until(s, other, "hello\n", &answer));
    TRY(site_wait_holding(s, site, 1));
    TRY(thread_start(s, "stop", stop, &stopping, &thread));
    TRY(wait_deaf(s, site));
    TRY(say(s, other, "GET /hello" HOST "\r\n"));
    TRY(hear_until(s, other, "}", &answer));
    CHECK(text_starts(answer, "HTTP/1.1 503 "));
    site_release(site);
    TRY(hear_all(s, busy, &answer));
    CHECK(text_ends(answer, "released\n"));
    return thread_wait(s, thread);
}

TEST(a_stop_cancels_what_outlasts_its_grace)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *answer;
    int fd;

    TRY(begin(s, site, "/hold", &fd));
    TRY(site_wait_holding(s, site, 1));
    http_server_stop(site->server, 100 * US_PER_MS);
    CHECK_TEXT(site->cancelled, "the server is stopping");
    TRY(hear_all(s, fd, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 499 ") || text_starts(answer, "HTTP/1.1 5"));
    return OK;
}

TEST(a_stop_ends_long_polls_at_once)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    int64_t before = clock_us();
    const char *answer;
    int fd;

    TRY(begin(s, site, "/poll", &fd));
    UNTIL(http_server_counts(site->server).parked == 1);
    http_server_stop(site->server, 10 * US_PER_S);
    TRY(hear_all(s, fd, &answer));
    CHECK(text_starts(answer, "HTTP/1.1 503 "));
    CHECK(clock_us() - before < 600 * US_PER_MS);
    return OK;
}

TEST(a_scope_that_is_cancelled_takes_its_server_down_with_all_requests)
{
    Site *site;
    int fds[20];

    UNIT(u, scope_cancel(s), "server");
    site = given_site(u, &(HttpServerSettings){.workers = 2});
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        TRY(begin(s, site, i % 2 ? "/hold" : "/poll", &fds[i]));
    TRY(site_wait_holding(s, site, 2));
    cancel_now(scope_cancel(u), "the test ends it");
    return OK;
}
