/* Threads, mutexes, conditions and events. */

#include <poll.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/time.h"
#include "sys/thread.h"
#include "test/test.h"

enum {
    THREADS = 8,
    ADDS = 20 * 1000,
    PASSES = 2000,
    PROMPT_US = 5 * 1000 * 1000, /* nobody measures here: only that it does not hang */
};

typedef struct Shared {
    Mutex mutex;
    Condition condition;
    int64_t count;
    int turn;
    int waiting;
    _Atomic int ended;
} Shared;

static Error *add(Scope *s, void *arg)
{
    Shared *shared = arg;

    (void)s;
    for (int i = 0; i < ADDS; i++)
        LOCKED (&shared->mutex)
            shared->count++;
    return OK;
}

TEST(a_mutex_lets_one_thread_in_at_a_time)
{
    Shared shared = {0};
    Thread *threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        TRY(thread_start(s, "adder", add, &shared, &threads[i]));
    for (int i = 0; i < THREADS; i++)
        TRY(thread_wait(s, threads[i]));
    CHECK_EQ(shared.count, THREADS * ADDS);
    return OK;
}

static fallible leave_by_failing(Scope *s, Shared *shared)
{
    LOCKED (&shared->mutex) {
        TRY(fail(s, CONFLICT, "out of here"));
    }
    return OK;
}

TEST(a_locked_block_is_unlocked_however_it_is_left)
{
    Shared shared = {0};

    FAILS(CONFLICT, leave_by_failing(s, &shared));
    LOCKED (&shared.mutex) {
        break;
    }
    CHECK_EQ(pthread_mutex_trylock(&shared.mutex.native), 0);
    CHECK_EQ(pthread_mutex_unlock(&shared.mutex.native), 0);
    return OK;
}

typedef struct Player {
    Shared *shared;
    int number;
} Player;

static Error *play(Scope *s, void *arg)
{
    const Player *player = arg;
    Shared *shared = player->shared;

    for (int i = 0; i < PASSES; i++) {
        LOCKED (&shared->mutex) {
            while (shared->turn != player->number)
                TRY(condition_wait(s, &shared->condition, &shared->mutex));
            shared->turn = (shared->turn + 1) % 2;
            condition_wake(&shared->condition);
        }
    }
    return OK;
}

TEST(a_condition_hands_a_turn_back_and_forth_without_loss)
{
    Shared shared = {0};
    Player players[2] = {{&shared, 0}, {&shared, 1}};
    Thread *threads[2];

    scope_limit(s, 60 * US_PER_S);
    for (int i = 0; i < 2; i++)
        TRY(thread_start(s, "player", play, &players[i], &threads[i]));
    for (int i = 0; i < 2; i++)
        TRY(thread_wait(s, threads[i]));
    CHECK_EQ(shared.turn, 0);
    return OK;
}

static Error *wait_for_ever(Scope *s, void *arg)
{
    Shared *shared = arg;

    LOCKED (&shared->mutex) {
        shared->waiting++;
        for (;;)
            TRY(condition_wait(s, &shared->condition, &shared->mutex));
    }
    return OK;
}

static fallible await_waiting(Scope *s, Shared *shared, int wanted)
{
    int waiting = 0;

    scope_limit(s, 20 * US_PER_S);
    while (waiting < wanted) {
        LOCKED (&shared->mutex)
            waiting = shared->waiting;
        TRY(scope_sleep(s, US_PER_MS));
    }
    return OK;
}

TEST(a_cancel_ends_a_wait_for_a_condition)
{
    Shared shared = {0};
    Thread *thread;

    TRY(thread_start(s, "waiter", wait_for_ever, &shared, &thread));
    TRY(await_waiting(s, &shared, 1));
    int64_t began = clock_us();
    thread_cancel(thread, "enough");
    Error *e = thread_wait(s, thread);
    CHECK(failed_as(e, CANCELLED));
    CHECK_TEXT(e->message, "enough");
    CHECK(clock_us() - began < PROMPT_US);
    return OK;
}

TEST(a_deadline_ends_a_wait_and_leaves_the_mutex_held)
{
    Shared shared = {0};
    SCOPE(tmp, s);

    scope_limit(tmp, 20 * US_PER_MS);
    mutex_lock(&shared.mutex);
    FAILS(TIMEOUT, condition_wait(tmp, &shared.condition, &shared.mutex));
    CHECK(pthread_mutex_trylock(&shared.mutex.native) != 0);
    mutex_unlock(&shared.mutex);
    CHECK(!shared.condition.first);
    return OK;
}

TEST(a_wait_of_limited_time_returns_without_a_failure)
{
    Shared shared = {0};
    int64_t began = clock_us();

    LOCKED (&shared.mutex)
        TRY(condition_wait_for(s, &shared.condition, &shared.mutex, 20 * US_PER_MS));
    CHECK(clock_us() - began >= 20 * US_PER_MS);
    return OK;
}

static Error *wait_once(Scope *s, void *arg)
{
    Shared *shared = arg;

    LOCKED (&shared->mutex) {
        shared->waiting++;
        while (!shared->turn)
            TRY(condition_wait(s, &shared->condition, &shared->mutex));
        shared->turn--;
        shared->ended++;
    }
    return OK;
}

/* One wake, for a waiter that is cancelled in the same moment: the other one must get it. */
TEST(a_wake_for_a_cancelled_waiter_goes_to_the_next)
{
    for (int i = 0; i < 50; i++) {
        SCOPE(turn, s);
        Shared shared = {0};
        Thread *first, *second;
        TRY(thread_start(turn, "first", wait_once, &shared, &first));
        TRY(await_waiting(turn, &shared, 1));
        TRY(thread_start(turn, "second", wait_once, &shared, &second));
        TRY(await_waiting(turn, &shared, 2));
        LOCKED (&shared.mutex) {
            shared.turn = 1;
            condition_wake(&shared.condition);
            thread_cancel(first, "at the same time");
        }
        Error *e = thread_wait(turn, first);
        if (e)
            TRY(thread_wait(turn, second));
        CHECK_EQ(atomic_load(&shared.ended), 1);
    }
    return OK;
}

TEST(all_waiters_can_be_woken_at_once)
{
    Shared shared = {0};
    Thread *threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        TRY(thread_start(s, "waiter", wait_once, &shared, &threads[i]));
    TRY(await_waiting(s, &shared, THREADS));
    LOCKED (&shared.mutex) {
        shared.turn = THREADS;
        condition_wake_all(&shared.condition);
    }
    for (int i = 0; i < THREADS; i++)
        TRY(thread_wait(s, threads[i]));
    CHECK_EQ(atomic_load(&shared.ended), THREADS);
    return OK;
}

TEST(a_wait_works_without_descriptors_to_spare)
{
    Shared shared = {.turn = 1};
    struct rlimit before, none;
    Thread *thread;

    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){STDERR_FILENO + 1, before.rlim_max};
    CHECK(cancel_fd(scope_cancel(s)) >= 0);
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    mutex_lock(&shared.mutex);
    Error *e = condition_wait(s, &shared.condition, &shared.mutex);
    mutex_unlock(&shared.mutex);
    setrlimit(RLIMIT_NOFILE, &before);
    TRY(e);
    TRY(thread_start(s, "waiter", wait_once, &shared, &thread));
    return thread_wait(s, thread);
}

static Error *count_end(Scope *s, void *arg)
{
    Shared *shared = arg;
    Error *e = scope_sleep(s, 60 * US_PER_S);

    shared->ended++;
    return e;
}

TEST(a_closing_scope_cancels_and_joins_its_threads)
{
    Shared shared = {0};

    {
        SCOPE(tmp, s);
        for (int i = 0; i < THREADS; i++)
            TRY(thread_start(tmp, "sleeper", count_end, &shared, NULL));
    }
    CHECK_EQ(atomic_load(&shared.ended), THREADS);
    return OK;
}

TEST(cancelling_a_unit_reaches_its_threads)
{
    Shared shared = {0};
    Thread *thread;
    UNIT(u, scope_cancel(s), "starter");

    TRY(thread_start(u, "sleeper", count_end, &shared, &thread));
    cancel_now(scope_cancel(u), "all of it");
    FAILS(CANCELLED, thread_wait(s, thread));
    CHECK_EQ(atomic_load(&shared.ended), 1);
    return OK;
}

static Error *fail_as_asked(Scope *s, void *arg)
{
    return fail(s, CONFLICT, "%s", (const char *)arg);
}

TEST(a_threads_failure_reaches_who_waits_for_it)
{
    Thread *thread;
    char reason[] = "for a reason";

    TRY(thread_start(s, "failing", fail_as_asked, reason, &thread));
    Error *e = thread_wait(s, thread);
    CHECK(failed_as(e, CONFLICT));
    CHECK_TEXT(e->message, "for a reason");
    e = thread_wait(s, thread); /* as often as one likes */
    CHECK(failed_as(e, CONFLICT));
    return OK;
}

TEST(a_stopped_thread_is_over_before_its_scope)
{
    Shared shared = {0};
    Thread *thread;

    TRY(thread_start(s, "sleeper", count_end, &shared, &thread));
    thread_stop(thread);
    CHECK_EQ(atomic_load(&shared.ended), 1);
    return OK;
}

static Error *tell_name_and_stack(Scope *s, void *arg)
{
    char name[16];
    pthread_attr_t attributes;
    size_t stack;

    CHECK_EQ(pthread_getname_np(pthread_self(), name, sizeof name), 0);
    CHECK_TEXT(name, "a-thread-with-a");
    CHECK_TEXT(scope_name(s), "a-thread-with-a-long-name");
    CHECK_EQ(pthread_getattr_np(pthread_self(), &attributes), 0);
    pthread_attr_getstacksize(&attributes, &stack);
    pthread_attr_destroy(&attributes);
    *(size_t *)arg = stack;
    return OK;
}

TEST(a_thread_has_its_name_and_a_small_stack)
{
    Thread *thread;
    size_t stack = 0;

    TRY(thread_start(s, "a-thread-with-a-long-name", tell_name_and_stack, &stack, &thread));
    TRY(thread_wait(s, thread));
    CHECK(stack >= THREAD_STACK && stack <= THREAD_STACK * 8 + 65536);
    return OK;
}

static Error *set_event(Scope *s, void *arg)
{
    (void)s;
    event_set(*(int *)arg);
    return OK;
}

TEST(an_event_wakes_a_poll_and_can_be_cleared)
{
    int event, ready;

    TRY(event_open(s, &event));
    CHECK(!event_clear(event));
    TRY(thread_start(s, "setter", set_event, &event, NULL));
    struct pollfd fd = {event, POLLIN, 0};
    TRY(scope_poll(s, &fd, 1, 10 * US_PER_S, &ready));
    CHECK_EQ(ready, 1);
    event_set(event);
    CHECK(event_clear(event));
    CHECK(!event_clear(event));
    return OK;
}
