/* Event streams: what reaches clients, what happens to slow ones, and what of libmicrohttpd it leans on. */

#include "test/net/given_http.h"

#include <poll.h>
#include <sys/socket.h>

#define STREAM_REQUEST "GET /stream HTTP/1.1\r\nHost: t\r\n\r\n"

static fallible open_stream(Scope *s, Site *site, int *fd)
{
    const char *heard;

    TRY(dial(s, site->port, fd));
    TRY(say(s, *fd, STREAM_REQUEST));
    return hear_until(s, *fd, "event: hello\ndata: {}\n\n", &heard);
}

static size_t broadcast(Site *site, const char *data, int64_t position)
{
    Frame *frame = frame_event("log", NULL, bytes_of(data), position);
    size_t reached = streams_broadcast(site->streams, "g", frame);

    frame_drop(frame);
    return reached;
}

/* The contract with libmicrohttpd: after MHD_NO under MHD_USE_TURBO a duplicate of the socket stays
 * usable, nothing of the library's own reaches the client, and its slot is free again. */
TEST(a_socket_taken_over_outlives_its_connection_and_carries_only_our_bytes)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    const char *heard;
    int fd;

    TRY(dial(s, site->port, &fd));
    TRY(say(s, fd, STREAM_REQUEST));
    TRY(hear_until(s, fd, "data: {}\n\n", &heard));
    CHECK(text_starts(heard,
                      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"));
    CHECK_EQ(count_of(heard, "\r\n\r\n"), 1);
    UNTIL(http_server_counts(site->server).connections == 0);
    for (int i = 1; i <= 3; i++) {
        CHECK_EQ(broadcast(site, text(s, "%d", i), 0), 1);
        TRY(hear_until(s, fd, text(s, "data: %d\n\n", i), &heard));
    }
    CHECK(is_quiet(fd));
    return OK;
}

TEST(a_client_that_leaves_is_noticed)
{
    Site *site = given_site(s, &(HttpServerSettings){0});

    {
        SCOPE(client, s);
        int fd;
        TRY(open_stream(client, site, &fd));
        CHECK_EQ(streams_in_group(site->streams, "g"), 1);
    }
    scope_limit(s, 5 * US_PER_S); /* long before the first heartbeat */
    UNTIL(streams_counts(site->streams).open == 0);
    CHECK_EQ(streams_groups(s, site->streams).count, 0);
    CHECK_EQ(broadcast(site, "x", 0), 0);
    return OK;
}

TEST(a_heartbeat_comes_in_time_and_a_rotation_ends_the_stream)
{
    Site *site = given_site_with_streams(
        s, &(HttpServerSettings){0},
        &(StreamSettings){.heartbeat_us = 100 * US_PER_MS, .rotate_us = 500 * US_PER_MS});
    const char *heard;
    int fd;

    TRY(open_stream(s, site, &fd));
    TRY(hear_all(s, fd, &heard));
    CHECK(count_of(heard, ":\n\n") >= 3);
    CHECK(text_ends(heard, "event: rotate\ndata: {}\n\n"));
    CHECK_EQ(streams_counts(site->streams).rotated, 1);
    return OK;
}

TEST(a_stream_whose_client_reads_nothing_is_closed_and_others_go_on)
{
    Site *site =
        given_site_with_streams(s, &(HttpServerSettings){0}, &(StreamSettings){.queue_max = 20});
    const char *big = text(s, "%0100000d", 1), *heard;
    int good, stuck;

    TRY(open_stream(s, site, &good));
    TRY(dial_narrow(s, site->port, &stuck));
    TRY(say(s, stuck, STREAM_REQUEST));
    UNTIL(streams_in_group(site->streams, "g") == 2);
    for (int i = 1; streams_in_group(site->streams, "g") == 2; i++) {
        CHECK(broadcast(site, text(s, "%s%d", big, i), i) >= 1);
        TRY(hear_until(s, good, text(s, "%d\n\n", i), &heard));
    }
    CHECK_EQ(streams_counts(site->streams).overflowed, 1);
    CHECK_EQ(broadcast(site, "still here", 0), 1);
    return hear_until(s, good, "still here\n\n", &heard);
}

TEST(a_thousand_streams_all_get_an_event)
{
    enum { STREAMS = 1000 };
    Site *site = given_site(s, &(HttpServerSettings){.connections_max = STREAMS + 10});
    int fds[STREAMS];
    const char *heard;

    for (size_t i = 0; i < STREAMS; i++)
        TRY(open_stream(s, site, &fds[i]));
    CHECK_EQ(broadcast(site, "now", 1), STREAMS);
    UNTIL(streams_counts(site->streams).queued_frames == 0);
    for (size_t i = 0; i < STREAMS; i++)
        TRY(hear_until(s, fds[i], "data: now\n\n", &heard));
    return OK;
}

/* ---- Order: what is held back, what is left out ---- */

typedef struct Backlog {
    Site site;
    Stream *stream;
} Backlog;

static Error *open_held(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *answer)
{
    Backlog *b = app;
    Stream *stream;

    (void)answer;
    TRY(stream_open(s, b->site.streams, rq, &(StreamOptions){.group = "g"}, &stream));
    broadcast(&b->site, "two", 2); /* comes while the backlog is still being read */
    broadcast(&b->site, "four", 4);
    for (int64_t position = 1; position <= 3; position++) {
        Frame *frame =
            frame_event("log", text(s, "%lld", (long long)position), BYTES("old"), position);
        stream_send(stream, frame);
        frame_drop(frame);
    }
    stream_go(stream);
    broadcast(&b->site, "three again", 3);
    broadcast(&b->site, "five", 5);
    return OK;
}

TEST(events_broadcast_during_the_backlog_follow_it_once_and_in_order)
{
    Backlog b = {0};
    HttpApp app = {.app = &b, .handle = open_held};
    const char *heard;
    int fd;

    scope_limit(s, 20 * US_PER_S);
    TRY(streams_open(s, &(StreamSettings){0}, &b.site.streams));
    TRY(http_server_open(s, &(HttpServerSettings){0}, &app, &b.site.server));
    TRY(dial(s, http_server_port(b.site.server), &fd));
    TRY(say(s, fd, STREAM_REQUEST));
    TRY(hear_until(s, fd, "five\n\n", &heard));
    CHECK_TEXT(
        strstr(heard, "event: "),
        "event: log\nid: 1\ndata: old\n\nevent: log\nid: 2\ndata: old\n\n"
        "event: log\nid: 3\ndata: old\n\nevent: log\ndata: four\n\nevent: log\ndata: five\n\n");
    return OK;
}

static Error *open_and_fail(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *answer)
{
    Backlog *b = app;
    Stream *stream;

    (void)answer;
    TRY(stream_open(s, b->site.streams, rq, &(StreamOptions){.group = "g"}, &stream));
    return fail(s, UNAVAILABLE, "the backlog cannot be read");
}

TEST(a_stream_that_never_went_on_its_way_is_closed)
{
    Backlog b = {0};
    HttpApp app = {.app = &b, .handle = open_and_fail};
    const char *heard;

    scope_limit(s, 20 * US_PER_S);
    TRY(streams_open(s, &(StreamSettings){0}, &b.site.streams));
    TRY(http_server_open(s, &(HttpServerSettings){0}, &app, &b.site.server));
    TRY(ask(s, http_server_port(b.site.server), STREAM_REQUEST, &heard));
    CHECK(text_ends(heard, "\r\n\r\n"));
    CHECK_EQ(streams_counts(b.site.streams).open, 0);
    return OK;
}

/* ---- Limits and the end ---- */

TEST(streams_over_the_limit_are_told_to_come_back)
{
    Site *site =
        given_site_with_streams(s, &(HttpServerSettings){0}, &(StreamSettings){.streams_max = 1});
    const char *answer;
    int fd;

    TRY(open_stream(s, site, &fd));
    TRY(ask(s, site->port, "GET /stream HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
            &answer));
    CHECK(text_starts(answer, "HTTP/1.1 429 "));
    CHECK_HAS(answer, "Retry-After: 1\r\n");
    return OK;
}

TEST(a_stop_says_goodbye_and_closes)
{
    Site *site = given_site(s, &(HttpServerSettings){0});
    Frame *bye = frame_event("bye", NULL, BYTES("{}"), 0);
    const char *heard;
    int first, second;

    TRY(open_stream(s, site, &first));
    TRY(open_stream(s, site, &second));
    streams_stop(site->streams, bye, US_PER_S);
    frame_drop(bye);
    TRY(hear_all(s, first, &heard));
    CHECK_TEXT(heard, "event: bye\ndata: {}\n\n");
    TRY(hear_all(s, second, &heard));
    CHECK_TEXT(heard, "event: bye\ndata: {}\n\n");
    TRY(ask(s, site->port, "GET /stream HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", &heard));
    CHECK(text_starts(heard, "HTTP/1.1 429 "));
    return OK;
}

/* ---- Many threads ---- */

static Error *broadcast_many(Scope *s, void *arg)
{
    for (int i = 0; i < 300; i++) {
        TRY(scope_check(s));
        broadcast(arg, "x", 0);
    }
    return OK;
}

TEST(broadcasts_from_several_threads_meet_clients_that_come_and_go)
{
    Site *site =
        given_site_with_streams(s, &(HttpServerSettings){0}, &(StreamSettings){.queue_max = 10000});
    Thread *threads[3];
    const char *heard;
    int stays;

    TRY(open_stream(s, site, &stays));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_start(s, "broadcaster", broadcast_many, site, &threads[i]));
    for (int i = 0; i < 50; i++) {
        SCOPE(client, s);
        int fd;
        TRY(open_stream(client, site, &fd));
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_wait(s, threads[i]));
    broadcast(site, "last", 0);
    TRY(hear_until(s, stays, "last\n\n", &heard));
    CHECK_EQ(count_of(heard, "data: x\n\n"), 900);
    UNTIL(streams_counts(site->streams).open == 1);
    return OK;
}

static Error *open_and_hand_on(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *answer)
{
    Backlog *b = app;
    Stream *stream;

    (void)answer;
    TRY(stream_open(s, b->site.streams, rq, &(StreamOptions){.group = "g"}, &stream));
    LOCKED (&b->site.mutex) {
        b->stream = stream_keep(stream);
        condition_wake_all(&b->site.changed);
    }
    return OK;
}

TEST(a_stream_that_somebody_keeps_may_go_later)
{
    Backlog b = {0};
    HttpApp app = {.app = &b, .handle = open_and_hand_on};
    const char *heard;
    int fd;

    scope_limit(s, 20 * US_PER_S);
    TRY(streams_open(s, &(StreamSettings){0}, &b.site.streams));
    TRY(http_server_open(s, &(HttpServerSettings){0}, &app, &b.site.server));
    TRY(dial(s, http_server_port(b.site.server), &fd));
    TRY(say(s, fd, STREAM_REQUEST));
    LOCKED (&b.site.mutex) {
        while (!b.stream)
            TRY(condition_wait(s, &b.site.changed, &b.site.mutex));
    }
    UNTIL(http_server_counts(b.site.server).connections == 0);
    CHECK(stream_is_open(b.stream));
    broadcast(&b.site, "kept back", 1);
    stream_go(b.stream);
    stream_drop(b.stream);
    return hear_until(s, fd, "kept back\n\n", &heard);
}
