/* Patches of commits: what they say, and that git applies them byte for byte. */

#include "test/git/given.h"

/* Fetches, and compares the commit before HEAD with HEAD. */
static fallible compare_last(Scope *s, Given *given, DiffResult *out)
{
    const char *before;

    TRY(given_fetch(s, given));
    TRY(given_sh(s, given->source, "git rev-parse HEAD~1", &before));
    return git_diff_between(s, given->repo, &(DiffRange){.from = before, .to = given->head}, out);
}

/* git applies the patch to the old commit, forwards and back, and gets the same trees. */
static fallible check_applies(Scope *s, Given *given, Bytes patch)
{
    TRY(file_write(s, text(s, "%s/p.diff", given->dir), patch, 0600));
    return sh(
        s, given->source,
        "git clean -qfdx; git checkout -q HEAD~1; git apply --index --whitespace=nowarn ../p.diff;"
        "test $(git write-tree) = $(git rev-parse main^{tree}); git apply --index -R "
        "--whitespace=nowarn ../p.diff;"
        "test $(git write-tree) = $(git rev-parse main~1^{tree}); git checkout -qf main");
}

static const FileDiff *of_path(const DiffResult *result, const char *path)
{
    EACH (const FileDiff, file, &result->files)
        if (text_equal(file->path, path))
            return file;
    return NULL;
}

/* Commits the outcome of two scripts, and returns what differs, having seen that it applies. */
static fallible differ(Scope *s, Given *given, const char *scripts[2], DiffResult *out)
{
    FileDiffList parsed;

    TRY(given_mirror(s, given));
    for (int i = 0; i < 2; i++)
        TRY(sh(s, given->source, text(s, "%s\ngit add -A; git commit -qm step", scripts[i])));
    TRY(compare_last(s, given, out));
    TRY(check_applies(s, given, out->patch));
    TRY(patch_parse(s, out->patch, &parsed));
    CHECK_EQ(parsed.count, out->files.count);
    for (size_t i = 0; i < parsed.count; i++) {
        const FileDiff *a = &parsed.items[i], *b = &out->files.items[i];
        CHECK_TEXT(a->path, b->path);
        CHECK_TEXT(a->old_path, b->old_path);
        CHECK_EQ(a->status, b->status);
        CHECK_EQ(a->added_lines, b->added_lines);
        CHECK_EQ(a->removed_lines, b->removed_lines);
        CHECK_EQ(a->binary, b->binary);
        CHECK(bytes_equal(a->patch, b->patch));
    }
    return OK;
}

TEST(changes_additions_and_deletions_are_counted)
{
    Given given;
    DiffResult diff;

    TRY(differ(s, &given,
               (const char *[]){"printf 'a\\nb\\nc\\n' > kept; echo x > gone",
                                "printf 'a\\nB\\nc\\nd\\n' > kept; rm gone; printf 'n\\n' > fresh"},
               &diff));
    CHECK_EQ(diff.files.count, 3);
    CHECK_EQ(of_path(&diff, "kept")->added_lines, 2);
    CHECK_EQ(of_path(&diff, "kept")->removed_lines, 1);
    CHECK_EQ(of_path(&diff, "gone")->status, FILE_DELETED);
    CHECK_EQ(of_path(&diff, "gone")->removed_lines, 1);
    CHECK_EQ(of_path(&diff, "fresh")->status, FILE_ADDED);
    CHECK_EQ(diff.added_lines, 3);
    CHECK_EQ(diff.removed_lines, 2);
    CHECK(diff.complete);
    CHECK_EQ(diff.patch.data[diff.patch.size - 1], '\n');
    return OK;
}

TEST(renames_are_found_with_and_without_a_change)
{
    Given given;
    DiffResult diff;

    TRY(differ(
        s, &given,
        (const char *[]){"seq 100 > pure; seq 200 300 > 'ch anged'; printf '#!/bin/sh\\n%s\\n' "
                         "\"$(seq 50)\" > tool",
                         "git mv pure moved; git mv 'ch anged' 'to here'; echo end >> 'to here';"
                         "git mv tool tool.sh; chmod +x tool.sh"},
        &diff));
    CHECK_EQ(diff.files.count, 3);
    CHECK_EQ(of_path(&diff, "moved")->status, FILE_RENAMED);
    CHECK_TEXT(of_path(&diff, "moved")->old_path, "pure");
    CHECK_EQ(of_path(&diff, "to here")->added_lines, 1);
    CHECK_TEXT(of_path(&diff, "to here")->old_path, "ch anged");
    CHECK_EQ(of_path(&diff, "tool.sh")->new_mode, MODE_EXECUTABLE);
    CHECK_EQ(of_path(&diff, "tool.sh")->old_mode, MODE_FILE);
    return OK;
}

TEST(binary_files_can_be_applied_again)
{
    Given given;
    DiffResult diff;

    TRY(differ(
        s, &given,
        (const char *[]){
            "(printf '\\0'; head -c 5000 /dev/urandom) > bin; head -c 100 /dev/urandom > gone.bin",
            "head -c 3000 /dev/urandom >> bin; rm gone.bin;"
            "(printf '\\0'; head -c 777 /dev/urandom) > new.bin"},
        &diff));
    CHECK(of_path(&diff, "bin")->binary);
    CHECK(of_path(&diff, "new.bin")->binary);
    CHECK_EQ(of_path(&diff, "bin")->added_lines, 0);
    CHECK_HAS(text_of(s, of_path(&diff, "bin")->patch), "GIT binary patch");
    return OK;
}

TEST(modes_links_and_empty_files_are_kept)
{
    Given given;
    DiffResult diff;

    TRY(differ(s, &given,
               (const char *[]){
                   "echo x > run; echo y > becomes; : > emptied",
                   "chmod +x run; rm becomes; ln -s target becomes; : > 'new empty'; rm emptied"},
               &diff));
    CHECK_EQ(of_path(&diff, "run")->status, FILE_MODE);
    CHECK_EQ(of_path(&diff, "run")->new_mode, MODE_EXECUTABLE);
    size_t becomes = 0;
    EACH (const FileDiff, file, &diff.files)
        becomes += text_equal(file->path, "becomes");
    CHECK_EQ(becomes, 2);
    return OK;
}

TEST(line_ends_are_kept_to_the_byte)
{
    Given given;
    DiffResult diff;

    TRY(differ(s, &given,
               (const char *[]){"printf 'a\\r\\nb\\r\\n' > crlf; printf 'a\\nb' > open; printf "
                                "'x\\n' > closed; printf 'a\\rb\\n' > cr",
                                "printf 'a\\r\\nB\\r\\n' > crlf; printf 'a\\nc' > open; printf 'x' "
                                "> closed; printf 'a\\rc\\n' > cr"},
               &diff));
    CHECK_EQ(of_path(&diff, "open")->added_lines, 1);
    CHECK_EQ(of_path(&diff, "open")->removed_lines, 1);
    CHECK_EQ(of_path(&diff, "crlf")->added_lines, 1);
    return OK;
}

TEST(lines_that_look_like_headers_are_content)
{
    Given given;
    DiffResult diff;

    TRY(differ(
        s, &given,
        (const char *[]){"printf -- '-- a\\n-- b\\nkeep\\n' > q.sql",
                         "printf -- '++ a\\nkeep\\n@@ -1 +1 @@\\ndiff --git a/x b/x\\n' > q.sql"},
        &diff));
    CHECK_EQ(diff.files.count, 1);
    CHECK_EQ(diff.added_lines, 3);
    CHECK_EQ(diff.removed_lines, 2);
    return OK;
}

TEST(names_of_all_kinds_survive)
{
    static const char make[] = "for f in 'a b' ' lead' 'trail ' 'q\"uote' 'back\\slash' '日本 "
                               "語.txt' \"$(printf 'tab\\there')\" "
                               "\"$(printf '\\377\\376')\" \"$(printf 'new\\nline')\" \"it's\" "
                               "'a/b c/d' '-dash' 'a ->b' '/dev/null '; do "
                               "case \"$f\" in /*) continue;; */*) mkdir -p -- \"$(dirname "
                               "\"$f\")\";; esac; echo $word >> \"./$f\"; done";
    Given given;
    DiffResult diff;

    TRY(differ(s, &given,
               (const char *[]){text(s, "word=one; %s", make), text(s, "word=two; %s", make)},
               &diff));
    CHECK_EQ(diff.files.count, 13);
    CHECK(of_path(&diff, "\xff\xfe") != NULL);
    CHECK(of_path(&diff, "new\nline") != NULL);
    CHECK(of_path(&diff, "trail ") != NULL);
    CHECK(of_path(&diff, "日本 語.txt") != NULL);
    return OK;
}

TEST(text_that_is_not_utf8_is_kept_as_bytes)
{
    Given given;
    DiffResult diff;

    TRY(differ(s, &given,
               (const char *[]){"printf 'caf\\351\\n' > latin", "printf 'caf\\350\\n' > latin"},
               &diff));
    CHECK_EQ(diff.files.items[0].added_lines, 1);
    CHECK(bytes_find(diff.patch, BYTES("+caf\xe8\n"), 0) >= 0);
    return OK;
}

TEST(a_submodule_moves_like_a_line)
{
    Given given;
    DiffResult diff;

    TRY(differ(s, &given,
               (const char *[]){
                   "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub; mkdir sub",
                   "git update-index --cacheinfo 160000,$(git rev-parse HEAD),sub; mkdir -p sub"},
               &diff));
    CHECK_EQ(diff.files.items[0].new_mode, MODE_SUBMODULE);
    return OK;
}

TEST(what_is_over_a_limit_is_named_and_left_out)
{
    Given given;
    DiffResult diff;
    const char *before;

    TRY(given_mirror(s, &given));
    TRY(sh(s, given.source, "seq 1000 > big; echo x > small; git add .; git commit -qm big"));
    TRY(given_fetch(s, &given));
    TRY(given_sh(s, given.source, "git rev-parse HEAD~1", &before));
    DiffRange range = {.from = before, .to = given.head, .limits.file_bytes = 100};
    TRY(git_diff_between(s, given.repo, &range, &diff));
    CHECK(!diff.complete);
    CHECK(of_path(&diff, "big")->omitted);
    CHECK_EQ(of_path(&diff, "big")->patch.size, 0);
    CHECK(!of_path(&diff, "small")->omitted);
    range.limits = (DiffLimits){.files = 1};
    FAILS(TOO_LARGE, git_diff_between(s, given.repo, &range, &diff));
    range.limits = (DiffLimits){.bytes = 200};
    TRY(git_diff_between(s, given.repo, &range, &diff));
    CHECK(!diff.complete);
    return OK;
}

TEST(the_first_commit_is_compared_with_nothing)
{
    Given given;
    DiffResult diff;

    TRY(given_mirror(s, &given));
    TRY(git_diff_between(s, given.repo, &(DiffRange){.to = given.head}, &diff));
    CHECK_EQ(diff.files.count, 2);
    CHECK_EQ(diff.added_lines, 5);
    return OK;
}
