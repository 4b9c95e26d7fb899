/* What only blobs in files do: damage on disk, many writers, what a dead writer left. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "sys/thread.h"
#include "test/blob/given_blobs.h"

static const char *path_of(Scope *s, const GivenBlobs *g, const char *name)
{
    return text(s, "%s/store/data/%s%s@", g->folder, g->base, name);
}

static Error *a_flipped_byte_is_noticed(Scope *s, GivenBlobs *g)
{
    const char *t;

    TRY(given_blob(s, g, "a", "hello", NULL));
    int fd = open(path_of(s, g, "a"), O_WRONLY | O_CLOEXEC);
    CHECK(fd >= 0 && pwrite(fd, "j", 1, 0) == 1 && close(fd) == 0);
    Error *e = blob_text(s, g, "a", &t);
    CHECK(failed_as(e, UPSTREAM));
    CHECK_TEXT(e->code, BLOB_DAMAGED);
    TRY(given_blob(s, g, "a", "anew", NULL));
    return OK;
}

TEST(a_flipped_byte_of_a_blob_is_noticed)
{
    return blobs_in_files(s, a_flipped_byte_is_noticed);
}

static Error *a_cut_file_is_noticed(Scope *s, GivenBlobs *g)
{
    BlobInfo about;

    for (int size = 0; size < 5 + 512; size += 11) {
        TRY(given_blob(s, g, "a", "hello", NULL));
        CHECK(truncate(path_of(s, g, "a"), size) == 0);
        Error *e = blob_head(s, g->store, blob_called(s, g, "a"), &about);
        CHECK(failed_as(e, UPSTREAM));
        CHECK_TEXT(e->code, BLOB_DAMAGED);
    }
    return OK;
}

TEST(a_cut_file_of_a_blob_is_noticed)
{
    return blobs_in_files(s, a_cut_file_is_noticed);
}

enum { WRITERS = 4, ROUNDS = 40 };

static int number(const char *t)
{
    int64_t n;

    return text_integer(t, 0, 1000000, &n) ? (int)n : -1;
}

static Error *add_one(Scope *s, void *arg)
{
    GivenBlobs g = *(GivenBlobs *)arg;
    const char *t;

    for (int done = 0; done < ROUNDS;) {
        TRY(blob_text(s, &g, "count", &t));
        Error *e = given_blob(s, &g, "count", text(s, "%d", number(t) + 1), g.about.etag);
        if (failed_as(e, CONFLICT))
            continue;
        TRY(e);
        done++;
    }
    return OK;
}

static Error *no_count_is_lost(Scope *s, GivenBlobs *g)
{
    Thread *threads[WRITERS];
    const char *t;

    TRY(given_blob(s, g, "count", "0", BLOB_NEW));
    for (int i = 0; i < WRITERS; i++)
        TRY(thread_start(s, "writer", add_one, g, &threads[i]));
    for (int i = 0; i < WRITERS; i++)
        TRY(thread_wait(s, threads[i]));
    TRY(blob_text(s, g, "count", &t));
    CHECK_EQ(number(t), WRITERS * ROUNDS);
    return OK;
}

TEST(many_who_write_under_conditions_lose_nothing)
{
    return blobs_in_files(s, no_count_is_lost);
}

/* Folders come and go under the hands of writers of other names. */
static Error *come_and_go(Scope *s, void *arg)
{
    GivenBlobs g = *(GivenBlobs *)arg;
    const char *name = text(s, "deep/er/%s", random_hex(s, 4)), *t;

    for (int i = 0; i < ROUNDS; i++) {
        TRY(given_blob(s, &g, name, "x", BLOB_NEW));
        TRY(blob_text(s, &g, name, &t));
        TRY(remove_blob(s, &g, name, NULL));
    }
    return OK;
}

static Error *folders_may_go_meanwhile(Scope *s, GivenBlobs *g)
{
    Thread *threads[WRITERS];

    for (int i = 0; i < WRITERS; i++)
        TRY(thread_start(s, "writer", come_and_go, g, &threads[i]));
    for (int i = 0; i < WRITERS; i++)
        TRY(thread_wait(s, threads[i]));
    CHECK(!directory_exists(text(s, "%s/store/data/temp", g->folder)));
    return OK;
}

TEST(empty_folders_go_and_come_without_a_write_failing)
{
    return blobs_in_files(s, folders_may_go_meanwhile);
}

static Error *leftovers_are_swept(Scope *s, GivenBlobs *g)
{
    const char *old = text(s, "%s/store/writing/old", g->folder);
    const char *young = text(s, "%s/store/writing/young", g->folder);
    BlobStore *again;

    TRY(file_write(s, old, BYTES("x"), 0600));
    TRY(file_write(s, young, BYTES("x"), 0600));
    struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    CHECK(utimensat(AT_FDCWD, old, times, 0) == 0);
    TRY(blob_open(s, &g->options, &again));
    CHECK(!file_exists(old));
    CHECK(file_exists(young));
    return OK;
}

TEST(what_a_dead_writer_left_is_swept)
{
    return blobs_in_files(s, leftovers_are_swept);
}

TEST(an_address_that_is_no_path_is_refused)
{
    static const char *const bad[] = {
        "file:", "file://host/x", "file:///", "file:///a?b", "blobs", "", NULL};
    BlobStore *store;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        FAILS(INVALID, blob_open(s, &(BlobOptions){.url = bad[i]}, &store));
    return OK;
}
