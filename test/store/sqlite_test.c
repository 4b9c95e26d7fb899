/* What only a SQLite file has: a turn among processes, interrupted by their death. */

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "sys/file.h"
#include "sys/thread.h"
#include "test/store/drivers.h"

typedef Error *ChildWork(Scope *s, Given *g, int ready);

/* A process with a store of its own on the same file. It does its work and ends with 0, or 1 when
 * that failed; *pid is waited for by the caller. It tells through the pipe what it wants. */
static fallible given_child(Scope *s, Given *g, ChildWork *work, pid_t *pid, int *ready)
{
    int ends[2];

    if (pipe(ends) < 0)
        return fail(s, BUG, "no pipe");
    *pid = fork();
    if (*pid == 0) {
        Scope *own = unit_open(NULL, "child");
        Error *e = store_open(own, &g->options, &g->store);
        if (!e)
            e = work(own, g, ends[1]);
        if (e)
            fprintf(stderr, "child: %s\n", e->message);
        _exit(e ? 1 : 0);
    }
    close(ends[1]);
    *ready = ends[0];
    return OK;
}

static int ended_with(pid_t pid)
{
    int status = -1;

    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static fallible wait_ready(Scope *s, int fd)
{
    char byte;

    return read(fd, &byte, 1) == 1 ? OK : fail(s, BUG, "the child ended before it was ready");
}

enum { PROCESSES = 3, WRITES = 40 };

static Error *write_many(Scope *s, Given *g, int ready)
{
    (void)ready;
    for (int i = 0; i < WRITES; i++) {
        SCOPE(tmp, s);
        Thing thing = given_thing(tmp, random_hex(tmp, 8));
        TRY(IN_TX(tx_write(tx_scope, g->store, &local_caller, &tx), thing_put(s, tx, &thing)));
    }
    return OK;
}

FILE_TEST(processes_write_in_turn_and_lose_nothing)
{
    pid_t children[PROCESSES];
    int64_t count = 0;
    int ready;

    for (int i = 0; i < PROCESSES; i++) {
        TRY(given_child(s, g, write_many, &children[i], &ready));
        close(ready);
    }
    TRY(write_many(s, g, -1));
    for (int i = 0; i < PROCESSES; i++)
        CHECK_EQ(ended_with(children[i]), 0);
    TRY(READ(g, things_count(s, tx, &count)));
    CHECK_EQ(count, (PROCESSES + 1) * WRITES);
    return OK;
}

static Error *hold_the_turn(Scope *s, Given *g, int ready)
{
    Thing thing = given_thing(s, "of the dead");
    Tx *tx;

    TRY(tx_write(s, g->store, &local_caller, &tx));
    TRY(thing_put(s, tx, &thing));
    (void)!write(ready, "r", 1);
    return scope_sleep(s, 60 * US_PER_S);
}

FILE_TEST(a_killed_writer_leaves_nothing_and_nobody_waits_for_it)
{
    int64_t count = -1;
    pid_t child;
    int ready;

    TRY(given_child(s, g, hold_the_turn, &child, &ready));
    TRY(wait_ready(s, ready));
    kill(child, SIGKILL);
    CHECK_EQ(ended_with(child), 128 + SIGKILL);
    scope_limit(s, 2 * US_PER_S);
    TRY(WRITE(g, things_count(s, tx, &count)));
    CHECK_EQ(count, 0);
    close(ready);
    return OK;
}

FILE_TEST(a_writer_waits_for_another_process_until_its_deadline)
{
    UNIT(unit, NULL, "request");
    pid_t child;
    int ready;
    Tx *tx;

    TRY(given_child(s, g, hold_the_turn, &child, &ready));
    TRY(wait_ready(s, ready));
    scope_limit(unit, 100 * US_PER_MS);
    int64_t begun = clock_us();
    Error *e = tx_write(unit, g->store, &local_caller, &tx);
    kill(child, SIGKILL);
    (void)ended_with(child);
    close(ready);
    FAILS(TIMEOUT, e);
    CHECK_HAS(e->message, "waiting to write");
    CHECK(clock_us() - begun < US_PER_S);
    return OK;
}

static Error *commit_and_tell(Scope *s, Given *g, int ready)
{
    for (int i = 0;; i++) {
        SCOPE(tmp, s);
        Thing thing = given_thing(tmp, text(tmp, "%d", i));
        TRY(IN_TX(tx_write(tx_scope, g->store, &local_caller, &tx), thing_put(s, tx, &thing)));
        if (write(ready, "c", 1) != 1)
            return OK;
    }
}

FILE_TEST(what_a_process_said_it_committed_is_there_after_its_death)
{
    int64_t count = 0, told = 0;
    char bytes[4096];
    pid_t child;
    int ready;
    ssize_t n;

    TRY(given_child(s, g, commit_and_tell, &child, &ready));
    while (told < 50 && (n = read(ready, bytes, sizeof bytes)) > 0)
        told += n;
    kill(child, SIGKILL);
    (void)ended_with(child);
    while ((n = read(ready, bytes, sizeof bytes)) > 0)
        told += n;
    close(ready);
    TRY(READ(g, things_count(s, tx, &count)));
    CHECK(told >= 50);
    CHECK(count == told || count == told + 1);
    return OK;
}

static Error *write_one(Scope *s, Given *g, int ready)
{
    Thing thing = given_thing(s, "of the one that waited");

    (void)ready;
    return WRITE(g, thing_put(s, tx, &thing));
}

/* Until the other process is the next in turn. */
static fallible wait_for_waiter(Scope *s, const char *gate)
{
    for (;;) {
        FileLock *lock;
        TRY(file_try_lock(s, gate, LOCK_EXCLUSIVE, &lock));
        if (!lock)
            return OK;
        file_unlock(lock);
        TRY(scope_sleep(s, US_PER_MS));
    }
}

FILE_TEST(who_asks_again_at_once_comes_after_the_process_that_waits)
{
    const char *path = store_path(g->store);
    pid_t holder, waiter;
    int64_t count = 0;
    int ready, unused;

    scope_limit(s, 10 * US_PER_S);
    TRY(given_child(s, g, hold_the_turn, &holder, &ready));
    TRY(wait_ready(s, ready));
    TRY(given_child(s, g, write_one, &waiter, &unused));
    Error *e =
        wait_for_waiter(s, text(s, "%.*s/writer.next", (int)(strrchr(path, '/') - path), path));
    kill(holder, SIGKILL);
    (void)ended_with(holder);
    TRY(e);
    TRY(WRITE(g, things_count(s, tx, &count)));
    CHECK_EQ(ended_with(waiter), 0);
    CHECK_EQ(count, 1);
    close(ready);
    close(unused);
    return OK;
}

FILE_TEST(without_a_deadline_the_wait_for_the_turn_has_its_own)
{
    StoreOptions options = g->options;
    Store *other;
    Tx *holding, *waiting;

    options.busy_us = 100 * US_PER_MS;
    TRY(store_open(s, &options, &other));
    TRY(tx_write(s, g->store, &local_caller, &holding));
    FAILS(TIMEOUT, tx_write(s, other, &local_caller, &waiting));
    return OK;
}

FILE_TEST(the_database_is_for_its_owner_only)
{
    struct stat found;

    CHECK(stat(store_path(g->store), &found) == 0);
    CHECK_EQ(found.st_mode & 0777, 0600);
    return OK;
}

/* A program that is none of ours does not queue: it holds SQLite's own lock. */
FILE_TEST(another_program_is_waited_for)
{
    UNIT(unit, NULL, "request");
    sqlite3 *db;
    Tx *waiting;

    CHECK(sqlite3_open(store_path(g->store), &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
    scope_limit(unit, 100 * US_PER_MS);
    Error *e = tx_write(unit, g->store, &local_caller, &waiting);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(db);
    FAILS(TIMEOUT, e);
    return WRITE(g, thing_put(s, tx, &(Thing){.id = id_new(s), .colour = RED}));
}

static const Statement q_cap = {.name = "cap", .sqlite = "PRAGMA max_page_count = 1"};

/* The writer's connection may not grow the file, as if the disk had no room. */
FILE_TEST(a_full_disk_is_said_and_the_store_goes_on)
{
    char large[200 * 1000] = {0};
    Thing big = {.id = id_new(s), .data = {large, sizeof large}, .colour = RED};
    int64_t count = -1;

    TRY(WRITE(g, query_run(s, tx, &q_cap, NO_ARGS, NULL)));
    Error *e = WRITE(g, thing_put(s, tx, &big));
    FAILS(UNAVAILABLE, e);
    CHECK_TEXT(e->code, "disk_full");
    TRY(WRITE(g, things_count(s, tx, &count)));
    CHECK_EQ(count, 0);
    return OK;
}

TEST(a_file_that_is_no_database_is_said)
{
    const char *folder, *path;

    TRY(directory_temporary(s, "/tmp", "drivers", &folder));
    path = text(s, "%s/dursor.db", folder);
    TRY(file_create(s, path,
                    BYTES("this is a letter to my aunt, and longer than a page's header is; "
                          "really, it is quite long"),
                    0600));
    StoreOptions options = {.url = text(s, "sqlite://%s", path), .connections = 1};
    Store *store;
    FAILS(UPSTREAM, store_open(s, &options, &store));
    FAILS(UPSTREAM, store_migrate(s, &options, 0, NULL));
    return OK;
}

TEST(only_absolute_paths_and_known_databases_are_named)
{
    static const char *const wrong[] = {"sqlite:///",
                                        "sqlite:relative.db",
                                        "sqlite:///./x.db",
                                        "sqlite:///../x.db",
                                        "sqlite:///x.db?mode=ro",
                                        "mysql://x",
                                        "",
                                        NULL};
    Store *store;

    for (size_t i = 0; wrong[i]; i++)
        FAILS(INVALID, store_open(s, &(StoreOptions){.url = wrong[i]}, &store));
    return OK;
}
