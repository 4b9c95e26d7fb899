/* Locks: exclusion, waiting, and what a holder's death proves. */

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "sys/process.h"
#include "sys/thread.h"
#include "test/sys/given.h"

static fallible given_lock_path(Scope *s, const char **out)
{
    const char *dir;

    TRY(given_directory(s, &dir));
    *out = text(s, "%s/lock", dir);
    return OK;
}

TEST(a_lock_excludes_other_scopes_of_this_process)
{
    const char *path;
    FileLock *first, *second;

    TRY(given_lock_path(s, &path));
    TRY(file_try_lock(s, path, LOCK_EXCLUSIVE, &first));
    CHECK(first != NULL);
    TRY(file_try_lock(s, path, LOCK_EXCLUSIVE, &second));
    CHECK(!second);
    file_unlock(first);
    TRY(file_try_lock(s, path, LOCK_EXCLUSIVE, &second));
    CHECK(second != NULL);
    return OK;
}

TEST(shared_locks_go_together_and_exclude_an_exclusive_one)
{
    const char *path;
    FileLock *a, *b, *c;

    TRY(given_lock_path(s, &path));
    TRY(file_try_lock(s, path, LOCK_SHARED, &a));
    TRY(file_try_lock(s, path, LOCK_SHARED, &b));
    CHECK(a && b);
    TRY(file_try_lock(s, path, LOCK_EXCLUSIVE, &c));
    CHECK(!c);
    return OK;
}

TEST(a_lock_is_dropped_when_its_scope_closes)
{
    const char *path;
    FileLock *lock;

    TRY(given_lock_path(s, &path));
    {
        SCOPE(tmp, s);
        TRY(file_lock(tmp, path, LOCK_EXCLUSIVE, &lock));
    }
    TRY(file_try_lock(s, path, LOCK_EXCLUSIVE, &lock));
    CHECK(lock != NULL);
    return OK;
}

TEST(waiting_for_a_lock_ends_at_the_deadline)
{
    const char *path;
    FileLock *held, *wanted;

    TRY(given_lock_path(s, &path));
    TRY(file_lock(s, path, LOCK_EXCLUSIVE, &held));
    SCOPE(tmp, s);
    scope_limit(tmp, 50 * US_PER_MS);
    int64_t began = clock_us();
    Error *e = file_lock(tmp, path, LOCK_EXCLUSIVE, &wanted);
    CHECK(failed_as(e, TIMEOUT));
    CHECK_HAS(e->message, "waiting for the lock");
    CHECK(clock_us() - began >= 50 * US_PER_MS);
    return OK;
}

static Error *lock_and_leave(Scope *s, void *path)
{
    FileLock *lock;

    return file_lock(s, path, LOCK_EXCLUSIVE, &lock);
}

TEST(waiting_for_a_lock_ends_when_cancelled)
{
    const char *path;
    FileLock *held;
    Thread *waiter;

    TRY(given_lock_path(s, &path));
    TRY(file_lock(s, path, LOCK_EXCLUSIVE, &held));
    TRY(thread_start(s, "waiter", lock_and_leave, (void *)(uintptr_t)path, &waiter));
    TRY(scope_sleep(s, 20 * US_PER_MS));
    thread_cancel(waiter, "no longer wanted");
    FAILS(CANCELLED, thread_wait(s, waiter));
    return OK;
}

TEST(a_waiter_gets_the_lock_once_it_is_dropped)
{
    const char *path;
    FileLock *held;
    Thread *waiter;

    TRY(given_lock_path(s, &path));
    TRY(file_lock(s, path, LOCK_EXCLUSIVE, &held));
    TRY(thread_start(s, "waiter", lock_and_leave, (void *)(uintptr_t)path, &waiter));
    TRY(scope_sleep(s, 20 * US_PER_MS));
    file_unlock(held);
    return thread_wait(s, waiter);
}

/* Forks a holder and returns once it holds. */
static fallible given_holder(Scope *s, const char *path, int *holder)
{
    int ready[2];
    char byte;

    CHECK_EQ(pipe(ready), 0);
    *holder = fork();
    if (*holder == 0) {
        UNIT(u, NULL, "holder");
        FileLock *lock;
        if (file_lock(u, path, LOCK_EXCLUSIVE, &lock) || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    CHECK_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return OK;
}

TEST(a_lock_passes_on_when_its_holder_is_killed)
{
    const char *path;
    FileLock *lock;
    int holder;

    TRY(given_lock_path(s, &path));
    TRY(given_holder(s, path, &holder));
    TRY(file_try_lock(s, path, LOCK_EXCLUSIVE, &lock));
    CHECK(!lock);
    kill(holder, SIGKILL);
    scope_limit(s, 10 * US_PER_S);
    TRY(file_lock(s, path, LOCK_EXCLUSIVE, &lock));
    CHECK_EQ(waitpid(holder, NULL, 0), holder);
    return OK;
}

TEST(a_child_program_does_not_keep_a_lock_alive)
{
    const char *path;
    FileLock *lock, *again;
    Process *program;
    ProcessSpec spec = {.argv = TEXTS("sleep", "60"), .env = TEXTS("PATH=/usr/bin:/bin")};

    TRY(given_lock_path(s, &path));
    TRY(file_lock(s, path, LOCK_EXCLUSIVE, &lock));
    TRY(process_open(s, &spec, &program));
    file_unlock(lock);
    TRY(file_try_lock(s, path, LOCK_EXCLUSIVE, &again));
    CHECK(again != NULL);
    return OK;
}

TEST(a_lock_on_a_removed_file_is_not_taken_for_the_lock)
{
    const char *path;
    FileLock *old, *new;

    TRY(given_lock_path(s, &path));
    TRY(file_lock(s, path, LOCK_EXCLUSIVE, &old));
    TRY(file_remove(s, path));
    TRY(file_lock(s, path, LOCK_EXCLUSIVE, &new)); /* a new file, so a new lock */
    CHECK(new != NULL);
    FAILS(MISSING, file_lock(s, text(s, "%s-none/lock", path), LOCK_EXCLUSIVE, &new));
    return OK;
}
