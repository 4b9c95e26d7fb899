/* Changes of files and directories. */

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/time.h"
#include "sys/thread.h"
#include "sys/watch.h"
#include "test/sys/given.h"

enum { MANY = 500 };

static fallible changed(Scope *s, Watch *watch, bool *out)
{
    struct pollfd fd = {watch->fd, POLLIN, 0};
    int ready;

    TRY(scope_poll(s, &fd, 1, 0, &ready));
    *out = watch_drain(watch);
    return OK;
}

TEST(a_file_that_comes_changes_and_goes_is_noticed_each_time)
{
    const char *dir;
    Watch *watch;
    bool seen;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/db-wal", dir);
    TRY(watch_file(s, path, &watch));
    TRY(changed(s, watch, &seen));
    CHECK(!seen);
    for (int i = 0; i < 2; i++) {
        TRY(file_append(s, path, BYTES("x"), 0644));
        TRY(changed(s, watch, &seen));
        CHECK(seen);
    }
    TRY(file_remove(s, path));
    TRY(changed(s, watch, &seen));
    CHECK(seen);
    TRY(file_write(s, path, BYTES("replaced"), 0644));
    TRY(changed(s, watch, &seen));
    CHECK(seen);
    CHECK(!watch_drain(watch));
    return OK;
}

TEST(other_files_beside_a_watched_one_do_not_count)
{
    const char *dir;
    Watch *watch;
    bool seen;

    TRY(given_directory(s, &dir));
    TRY(watch_file(s, text(s, "%s/db-wal", dir), &watch));
    TRY(write_text(s, text(s, "%s/db", dir), "x"));
    TRY(write_text(s, text(s, "%s/db-wal2", dir), "x"));
    TRY(changed(s, watch, &seen));
    CHECK(!seen);
    return OK;
}

TEST(any_name_counts_in_a_watched_directory)
{
    const char *dir;
    Watch *watch;
    bool seen;

    TRY(given_directory(s, &dir));
    TRY(watch_directory(s, dir, &watch));
    TRY(directory_make(s, text(s, "%s/sub", dir), 0755));
    TRY(changed(s, watch, &seen));
    CHECK(seen);
    CHECK_EQ(rename(text(s, "%s/sub", dir), text(s, "%s/moved", dir)), 0);
    TRY(changed(s, watch, &seen));
    CHECK(seen);
    return OK;
}

TEST(many_changes_are_drained_at_once)
{
    const char *dir;
    Watch *watch;

    TRY(given_directory(s, &dir));
    TRY(watch_directory(s, dir, &watch));
    for (int i = 0; i < MANY; i++)
        TRY(file_append(s, text(s, "%s/%d", dir, i), BYTES("x"), 0644));
    CHECK(watch_drain(watch));
    CHECK(!watch_drain(watch));
    return OK;
}

static Error *write_later(Scope *s, void *path)
{
    TRY(scope_sleep(s, 20 * US_PER_MS));
    return file_append(s, path, BYTES("x"), 0644);
}

TEST(a_poll_wakes_for_a_change)
{
    const char *dir;
    Watch *watch;
    int ready;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/db-wal", dir);
    TRY(watch_file(s, path, &watch));
    TRY(thread_start(s, "writer", write_later, (void *)(uintptr_t)path, NULL));
    struct pollfd fd = {watch->fd, POLLIN, 0};
    TRY(scope_poll(s, &fd, 1, 10 * US_PER_S, &ready));
    CHECK_EQ(ready, 1);
    CHECK(watch_drain(watch));
    return OK;
}

TEST(a_place_that_does_not_exist_cannot_be_watched)
{
    Watch *watch;

    FAILS(MISSING, watch_file(s, "/no/such/file", &watch));
    FAILS(MISSING, watch_directory(s, "/no/such/directory", &watch));
    FAILS(MISSING, watch_directory(s, "/etc/passwd", &watch));
    FAILS(INVALID, watch_file(s, "/tmp/", &watch));
    return OK;
}
