/* Scopes, undo, cancellation, lists. */

#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/id.h"
#include "test/test.h"

typedef LIST_OF(int) Ints;

static void note(void *what)
{
    Ints *ints = *(Ints **)what;

    ints->items[ints->count++] = (int)((Ints **)what)[1]->count;
}

TEST(undo_runs_newest_first_and_only_once)
{
    Ints order = {NEW_ARRAY(s, int, 4), 0, 4}, ids[3] = {{.count = 1}, {.count = 2}, {.count = 3}};
    {
        SCOPE(child, s);
        Ints *pairs[3][2] = {{&order, &ids[0]}, {&order, &ids[1]}, {&order, &ids[2]}};
        scope_undo(child, note, pairs[0]);
        undo_forget(scope_undo(child, note, pairs[1]));
        undo_now(scope_undo(child, note, pairs[2]));
        CHECK_EQ(order.count, 1);
    }
    CHECK_EQ(order.count, 2);
    CHECK_EQ(order.items[0], 3);
    CHECK_EQ(order.items[1], 1);
    return OK;
}

TEST(memory_is_zeroed_aligned_and_grows_with_its_content)
{
    char *small = scope_alloc(s, 3), *big = scope_alloc(s, 100000);

    CHECK_EQ((uintptr_t)small % 16, 0);
    CHECK_EQ(big[0] | big[99999], 0);
    big[99999] = 'x';
    for (size_t size = 100000; size < 3000000; size *= 3)
        big = scope_grow(s, big, size, size * 3);
    CHECK_EQ(big[99999], 'x');
    CHECK_EQ(big[2999999], 0);
    return OK;
}

TEST(a_list_keeps_what_was_added)
{
    Ints ints = {0};
    long sum = 0;

    for (int i = 0; i < 1000; i++)
        *list_add(s, &ints) = i;
    EACH (int, i, &ints) {
        if (*i == 500)
            break;
        sum += *i;
    }
    CHECK_EQ(ints.count, 1000);
    CHECK_EQ(sum, 499 * 500 / 2);
    EACH (int, none, &((Ints){0}))
        return fail(s, BUG, "an empty list had %d", *none);
    return OK;
}

static void *cancel_soon(void *cancel)
{
    cancel_now(cancel, "asked by the test");
    return NULL;
}

TEST(cancel_reaches_units_below_and_wakes_their_waits)
{
    UNIT(lower, scope_cancel(s), "lower");
    UNIT(lowest, scope_cancel(lower), "lowest");
    pthread_t thread;
    int ready;

    CHECK_EQ(pthread_create(&thread, NULL, cancel_soon, scope_cancel(lower)), 0);
    Error *e = scope_poll(lowest, NULL, 0, -1, &ready);
    pthread_join(thread, NULL);
    CHECK(failed_as(e, CANCELLED));
    CHECK_TEXT(e->message, "asked by the test");
    FAILS(CANCELLED, scope_check(lower));
    return scope_check(s);
}

static void *cancel_in_a_moment(void *cancel)
{
    struct timespec moment = {.tv_nsec = 20 * 1000 * 1000};

    nanosleep(&moment, NULL);
    cancel_now(cancel, "enough");
    return NULL;
}

TEST(a_wait_without_limit_ends_with_its_cancellation_also_when_no_descriptor_is_left)
{
    UNIT(u, NULL, "waits");
    struct rlimit before, no_more;
    pthread_t thread;
    int ready, next = dup(STDIN_FILENO);

    close(next);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    no_more = (struct rlimit){(rlim_t)next, before.rlim_max};
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &no_more), 0);
    CHECK_EQ(cancel_fd(scope_cancel(u)), -1);
    CHECK_EQ(pthread_create(&thread, NULL, cancel_in_a_moment, scope_cancel(u)), 0);
    Error *e = scope_poll(u, NULL, 0, -1, &ready);
    pthread_join(thread, NULL);
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK(failed_as(e, CANCELLED));
    return OK;
}

static bool readable(int fd)
{
    struct pollfd it = {.fd = fd, .events = POLLIN};

    return poll(&it, 1, 0) == 1;
}

static int fd_of_a_short_unit(Scope *s, bool cancelled)
{
    UNIT(short_one, scope_cancel(s), "short");
    int fd = cancel_fd(scope_cancel(short_one));

    if (cancelled)
        cancel_now(scope_cancel(short_one), "alone");
    return fd;
}

TEST(the_descriptor_of_a_unit_serves_the_next_one_unless_it_was_cancelled)
{
    UNIT(upper, scope_cancel(s), "upper");
    int first = fd_of_a_short_unit(upper, false);

    CHECK_EQ(fd_of_a_short_unit(upper, true), first);
    UNIT(next, scope_cancel(upper), "next");
    int fd = cancel_fd(scope_cancel(next));
    CHECK(!readable(fd));
    cancel_now(scope_cancel(upper), "all");
    CHECK(readable(fd));
    return OK;
}

TEST(a_unit_below_a_cancelled_one_is_born_cancelled)
{
    UNIT(upper, scope_cancel(s), "upper");
    cancel_now(scope_cancel(upper), "early");
    UNIT(late, scope_cancel(upper), "late");

    FAILS(CANCELLED, scope_sleep(late, 60 * 1000000LL));
    return OK;
}

TEST(a_deadline_can_only_get_shorter)
{
    SCOPE(child, s);
    scope_limit(child, 0);
    scope_limit(child, 1000000);

    FAILS(TIMEOUT, scope_sleep(child, 1000000));
    CHECK(scope_remaining(s) == INT64_MAX);
    return scope_check(s);
}

TEST(poll_tells_ready_descriptors_and_passed_time)
{
    int ends[2], ready;

    CHECK_EQ(pipe(ends), 0);
    struct pollfd fd = {.fd = ends[0], .events = POLLIN};
    TRY(scope_poll(s, &fd, 1, 1000, &ready));
    CHECK_EQ(ready, 0);
    CHECK_EQ(write(ends[1], "x", 1), 1);
    TRY(scope_poll(s, &fd, 1, -1, &ready));
    CHECK_EQ(ready, 1);
    CHECK(fd.revents & POLLIN);
    close(ends[0]);
    close(ends[1]);
    return OK;
}

TEST(ids_are_valid_ordered_and_end_differently)
{
    const char *first = id_new(s), *second = id_new(s);

    CHECK(id_valid(first));
    CHECK_EQ(first[14], '7');
    CHECK(!id_valid("0190163D-8694-739B-AEA5-966C26F8AD91"));
    CHECK(strncmp(first, second, 13) <= 0);
    CHECK(!text_equal(id_tail(s, first, 8), id_tail(s, second, 8)));
    CHECK_EQ(strlen(id_tail(s, first, 8)), 8);
    return OK;
}
