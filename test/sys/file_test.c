/* Files: limits, replacing, appending, names. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/fault.h"
#include "test/sys/given.h"

TEST(a_file_reads_back_as_it_was_written)
{
    const char *dir;
    Bytes got;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/a", dir);
    TRY(file_write(s, path, BYTES("a\0b\n"), 0640));
    TRY(file_read(s, path, 4, &got));
    CHECK(bytes_equal(got, BYTES("a\0b\n")));
    CHECK_EQ(got.data[got.size], 0);
    return OK;
}

TEST(a_file_gets_the_wanted_mode_whatever_the_umask)
{
    const char *dir;
    struct stat about;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/a", dir);
    mode_t before = umask(077);
    Error *e = file_write(s, path, BYTES("x"), 0664);
    umask(before);
    TRY(e);
    CHECK_EQ(stat(path, &about), 0);
    CHECK_EQ(about.st_mode & 0777, 0664);
    return OK;
}

TEST(a_file_over_the_limit_is_not_read)
{
    const char *dir;
    Bytes got;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/a", dir);
    TRY(write_text(s, path, "12345"));
    FAILS(TOO_LARGE, file_read(s, path, 4, &got));
    TRY(file_read(s, path, 5, &got));
    CHECK_EQ(got.size, 5);
    return OK;
}

TEST(a_file_that_hides_its_size_is_read_whole_and_limited)
{
    Bytes got;

    TRY(file_read(s, "/proc/self/status", 1 << 20, &got));
    CHECK(bytes_find(got, BYTES("VmRSS:"), 0) > 0);
    FAILS(TOO_LARGE, file_read(s, "/proc/self/status", 10, &got));
    return OK;
}

TEST(only_regular_files_are_read_and_a_pipe_does_not_block)
{
    const char *dir;
    Bytes got;

    TRY(given_directory(s, &dir));
    const char *pipe = text(s, "%s/pipe", dir);
    CHECK_EQ(mkfifo(pipe, 0600), 0);
    FAILS(INVALID, file_read(s, pipe, 10, &got));
    FAILS(INVALID, file_read(s, dir, 10, &got));
    FAILS(INVALID, file_read(s, "/dev/zero", 10, &got));
    return OK;
}

TEST(a_failure_names_the_path_and_the_cause)
{
    Bytes got;
    Error *e = file_read(s, "/nowhere/at all", 10, &got);

    CHECK(failed_as(e, MISSING));
    CHECK_TEXT(e->message, "reading /nowhere/at all: no such file or directory");
    return OK;
}

TEST(writing_leaves_no_temporary_file_behind_even_when_it_fails)
{
    const char *dir;
    TextList names;

    TRY(given_directory(s, &dir));
    TRY(directory_make(s, text(s, "%s/taken", dir), 0755));
    TRY(write_text(s, text(s, "%s/a", dir), "x"));
    FAILS(INVALID, write_text(s, text(s, "%s/taken", dir), "x"));
    FAILS(INVALID, write_text(s, text(s, "%s/", dir), "x"));
    TRY(directory_list(s, dir, &names));
    CHECK_TEXT(text_join(s, &names, " "), "a taken");
    return OK;
}

TEST(a_reader_never_sees_half_of_a_replaced_file)
{
    const char *dir;
    Bytes old;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/a", dir);
    TRY(write_text(s, path, "old"));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    close_with(s, fd);
    TRY(write_text(s, path, "new and longer"));
    char buffer[16];
    CHECK_EQ(read(fd, buffer, sizeof buffer), 3); /* the old file, untouched */
    TRY(file_read(s, path, 100, &old));
    CHECK(bytes_equal(old, BYTES("new and longer")));
    return OK;
}

TEST(creating_a_file_that_is_there_is_a_conflict_and_changes_nothing)
{
    const char *dir, *got;
    TextList names;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/key", dir);
    TRY(file_create(s, path, BYTES("first"), 0600));
    FAILS(CONFLICT, file_create(s, path, BYTES("second"), 0600));
    TRY(read_text(s, path, &got));
    CHECK_TEXT(got, "first");
    TRY(directory_list(s, dir, &names));
    CHECK_EQ(names.count, 1);
    return OK;
}

TEST(appending_adds_and_creates)
{
    const char *dir, *got;
    int64_t size;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/log", dir);
    TRY(file_append(s, path, BYTES("a\n"), 0600));
    TRY(file_append(s, path, BYTES("b\n"), 0600));
    TRY(read_text(s, path, &got));
    CHECK_TEXT(got, "a\nb\n");
    TRY(file_size(s, path, &size));
    CHECK_EQ(size, 4);
    return OK;
}

TEST(removing_a_file_twice_is_fine_and_a_directory_is_not_a_file)
{
    const char *dir;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/a", dir);
    TRY(write_text(s, path, "x"));
    CHECK(file_exists(path));
    TRY(file_remove(s, path));
    TRY(file_remove(s, path));
    CHECK(!file_exists(path));
    FAILS(INVALID, file_remove(s, dir));
    return OK;
}

TEST(the_real_path_has_no_links_in_it)
{
    const char *dir, *real, *wanted;

    TRY(given_directory(s, &dir));
    TRY(directory_make(s, text(s, "%s/a/b", dir), 0755));
    CHECK_EQ(symlink("a", text(s, "%s/link", dir)), 0);
    TRY(file_real_path(s, text(s, "%s/link/./b/../b", dir), &real));
    TRY(file_real_path(s, text(s, "%s/a/b", dir), &wanted));
    CHECK_TEXT(real, wanted);
    FAILS(MISSING, file_real_path(s, text(s, "%s/none", dir), &real));
    return OK;
}

TEST(directories_are_made_with_all_above_them_and_again)
{
    const char *dir;
    struct stat about;

    TRY(given_directory(s, &dir));
    const char *deep = text(s, "%s/a/b//c/", dir);
    TRY(directory_make(s, deep, 0750));
    TRY(directory_make(s, deep, 0750));
    CHECK_EQ(stat(text(s, "%s/a/b", dir), &about), 0);
    CHECK_EQ(about.st_mode & 0777, 0750);
    TRY(write_text(s, text(s, "%s/file", dir), ""));
    FAILS(CONFLICT, directory_make(s, text(s, "%s/file/below", dir), 0750));
    FAILS(INVALID, directory_make(s, "", 0750));
    return OK;
}

TEST(a_temporary_directory_goes_with_its_scope)
{
    const char *dir, *path;

    TRY(given_directory(s, &dir));
    {
        SCOPE(tmp, s);
        TRY(directory_temporary(tmp, dir, "work", &path));
        path = text_copy(s, path);
        CHECK(text_starts(path, text(s, "%s/work-", dir)));
        TRY(write_text(tmp, text(tmp, "%s/x", path), "x"));
    }
    CHECK(!file_exists(path));
    FAILS(MISSING, directory_temporary(s, text(s, "%s/none", dir), "work", &path));
    return OK;
}

TEST(a_filesystem_tells_its_free_space)
{
    int64_t free = -1;

    TRY(disk_free(s, "/tmp", &free));
    CHECK(free > 0);
    FAILS(MISSING, disk_free(s, "/no/such/place", &free));
    return OK;
}
