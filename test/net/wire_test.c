/* Connecting: which address is taken, and what ends the waiting. What is said over a wire is tried with Redis. */

#include <arpa/inet.h>
#include <unistd.h>

#include "net/wire_parts.h"
#include "sys/fault.h"
#include "sys/thread.h"
#include "test/net/given_peer.h"
#include "test/test.h"

static Address local(int port)
{
    Address a = {.size = sizeof a.at.v4};

    a.at.v4.sin_family = AF_INET;
    a.at.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.at.v4.sin_port = htons((uint16_t)port);
    return a;
}

/* Port 1 of loopback: nobody listens there. */
static const int refusing = 1;

static fallible port_reached(Scope *s, const Addresses *addresses, int *out)
{
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    int fd;

    TRY(wire_race(s, addresses, &fd));
    close_with(s, fd);
    if (getpeername(fd, (struct sockaddr *)&at, &size) < 0)
        return fail_errno(s, errno, "asking who the peer is");
    *out = ntohs(at.sin_port);
    return OK;
}

TEST(the_next_address_is_tried_when_one_refuses_or_is_silent)
{
    Peer *peer = given_peer(s, NULL);
    Addresses all = {.count = 3};
    int silent, reached;

    TRY(given_full_listener(s, &silent));
    all.items[0] = local(refusing), all.items[1] = local(silent), all.items[2] = local(peer->port);
    TRY(port_reached(s, &all, &reached));
    CHECK_EQ(reached, peer->port);
    all.count = 1;
    FAILS(UNAVAILABLE, port_reached(s, &all, &reached));
    return OK;
}

TEST(who_cannot_be_reached_in_time_is_named)
{
    WireTarget target = {.host = "127.0.0.1", .connect_us = 200 * US_PER_MS};
    Wire *wire;

    TRY(given_full_listener(s, &target.port));
    Error *e = wire_open(s, &target, &wire);
    FAILS(UNAVAILABLE, e);
    CHECK_TEXT(e->message, text(s, "127.0.0.1:%d: no connection within 200 ms", target.port));
    target.port = refusing;
    e = wire_open(s, &target, &wire);
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, "127.0.0.1:1: no connection could be made: connection refused");
    return OK;
}

static Error *open_slowly(Scope *s, void *target)
{
    Wire *wire;

    FAILS(CANCELLED, wire_open(s, target, &wire));
    return OK;
}

TEST(connecting_ends_at_once_with_its_unit)
{
    WireTarget target = {.host = "127.0.0.1"};
    Thread *thread;

    scope_limit(s, 20 * US_PER_S);
    TRY(given_full_listener(s, &target.port));
    TRY(thread_start(s, "slowly", open_slowly, &target, &thread));
    thread_cancel(thread, "not wanted any more");
    return thread_wait(s, thread);
}

/* Whether the name server says so or stays silent. */
TEST(looking_a_host_up_takes_no_longer_than_connecting_may)
{
    WireTarget target = {.host = "nobody.invalid", .port = 1, .connect_us = 300 * US_PER_MS};
    int64_t began = clock_us();
    Wire *wire;

    FAILS(UNAVAILABLE, wire_open(s, &target, &wire));
    CHECK(clock_us() - began < 4 * US_PER_S);
    return OK;
}

TEST(a_socket_that_is_not_there_is_named)
{
    WireTarget target = {.path = "/nonexistent/redis.sock"};
    Wire *wire;

    Error *e = wire_open(s, &target, &wire);
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, "/nonexistent/redis.sock: no connection could be made: ");
    target.path = text(s, "/%0200d", 1);
    FAILS(INVALID, wire_open(s, &target, &wire));
    return OK;
}
