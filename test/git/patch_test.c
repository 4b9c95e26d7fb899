/* Reading unified diffs. */

#include "git/patch.h"
#include "git/patch_name.h"
#include "test/test.h"

static const char several[] =
    "diff --git a/kept.c b/kept.c\n"
    "index 1234567..89abcde 100644\n"
    "--- a/kept.c\n"
    "+++ b/kept.c\n"
    "@@ -1,3 +1,3 @@ int main\n"
    " a\n"
    "--- not a header\n"
    "+++ not one either\n"
    " c\n"
    "diff --git a/gone b/gone\n"
    "deleted file mode 100755\n"
    "index 1234567..0000000\n"
    "--- a/gone\n"
    "+++ /dev/null\n"
    "@@ -1 +0,0 @@\n"
    "-x\n"
    "\\ No newline at end of file\n"
    "diff --git a/fresh b/fresh\n"
    "new file mode 100644\n"
    "index 0000000..1234567\n"
    "--- /dev/null\n"
    "+++ b/fresh\n"
    "@@ -0,0 +1,2 @@\n"
    "+one\n"
    "+two\n"
    "diff --git a/old name b/new name\n"
    "similarity index 100%\n"
    "rename from old name\n"
    "rename to new name\n"
    "diff --git a/run.sh b/run.sh\n"
    "old mode 100644\n"
    "new mode 100755\n"
    "diff --git a/x.png b/x.png\n"
    "index 0000..1111 100644\n"
    "GIT binary patch\n"
    "literal 4\n"
    "LcmZQzWMT#Y01f~L\n"
    "\n"
    "literal 0\n"
    "HcmV?d00001\n"
    "\n"
    "diff --git \"a/\\346\\227\\245 \\\"q\\\".txt\" \"b/\\346\\227\\245 \\\"q\\\".txt\"\n"
    "new file mode 100644\n"
    "index 0000000..e69de29\n";

TEST(each_section_gives_its_file_with_status_and_counts)
{
    static const struct {
        const char *path;
        FileStatus status;
        int added, removed;
    } wanted[] = {{"kept.c", FILE_MODIFIED, 1, 1},   {"gone", FILE_DELETED, 0, 1},
                  {"fresh", FILE_ADDED, 2, 0},       {"new name", FILE_RENAMED, 0, 0},
                  {"run.sh", FILE_MODE, 0, 0},       {"x.png", FILE_MODIFIED, 0, 0},
                  {"日 \"q\".txt", FILE_ADDED, 0, 0}};
    FileDiffList files;

    TRY(patch_parse(s, BYTES(several), &files));
    CHECK_EQ(files.count, COUNT_OF(wanted));
    for (size_t i = 0; i < files.count; i++) {
        CHECK_TEXT(files.items[i].path, wanted[i].path);
        CHECK_EQ(files.items[i].status, wanted[i].status);
        CHECK_EQ(files.items[i].added_lines, wanted[i].added);
        CHECK_EQ(files.items[i].removed_lines, wanted[i].removed);
    }
    return OK;
}

TEST(modes_renames_and_binary_files_are_told)
{
    FileDiffList files;

    TRY(patch_parse(s, BYTES(several), &files));
    CHECK_EQ(files.items[0].old_mode, 0100644);
    CHECK_EQ(files.items[1].old_mode, 0100755);
    CHECK_EQ(files.items[1].new_mode, 0);
    CHECK_EQ(files.items[2].old_mode, 0);
    CHECK_TEXT(files.items[3].old_path, "old name");
    CHECK_EQ(files.items[4].new_mode, 0100755);
    CHECK(files.items[5].binary);
    return OK;
}

TEST(the_sections_together_are_the_whole_patch)
{
    FileDiffList files;
    Buffer whole = buffer_in(s);

    TRY(patch_parse(s, BYTES(several), &files));
    EACH (FileDiff, file, &files)
        buffer_bytes(&whole, file->patch);
    CHECK(bytes_equal(buffer_view(&whole), BYTES(several)));
    return OK;
}

TEST(a_plain_diff_and_text_around_it_are_understood)
{
    FileDiffList files;

    TRY(patch_parse(
        s,
        BYTES("From me\n\n--- a/x.c\t2024-01-01\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n"
              "+++ b/y\n@@ -0,0 +1 @@\n+z\n-- \n2.39\n"),
        &files));
    CHECK_EQ(files.count, 2);
    CHECK_TEXT(files.items[0].path, "x.c");
    CHECK_TEXT(files.items[1].path, "y");
    CHECK_EQ(files.items[1].removed_lines, 0);
    return OK;
}

TEST(broken_hunks_and_names_are_refused_with_their_line)
{
    static const char *const broken[] = {
        "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+b\nnonsense\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -x +1 @@\n-a\n+b\n",
        "diff --git a/x b/x\n--- a/x\nno plus\n",
        "diff --git \"a/x b/x\nold mode 100644\nnew mode 100755\n",
        "diff --git a/x b/yy\nold mode 100644\nnew mode 100755\n",
        "diff --git a/x b/x\nold mode wrong\n",
    };

    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        FileDiffList files;
        Error *e = patch_parse(s, bytes_of(broken[i]), &files);
        if (!failed_as(e, INVALID))
            return fail(s, BUG, "not refused: %s", broken[i]);
        CHECK_HAS(e->message, "line ");
    }
    return OK;
}

TEST(a_quoted_name_comes_back_as_it_was)
{
    static const char name[] = "tab\there \"quoted\" back\\slash \x01\x7f\xff 日本.txt";
    Buffer b = buffer_in(s);
    const char *back;

    patch_quote(&b, "", name);
    Bytes rest = buffer_view(&b);
    CHECK(patch_unquote(s, &rest, &back));
    CHECK_TEXT(back, name);
    CHECK_EQ(rest.size, 0);
    return OK;
}
