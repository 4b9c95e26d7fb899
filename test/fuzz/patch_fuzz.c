/* Unified diffs and the names in them. */

#include "git/forbidden.h"
#include "git/branch.h"
#include "git/patch.h"
#include "git/patch_name.h"
#include "test/fuzz/fuzz.h"

static void check_sections(Scope *s, Bytes bytes)
{
    FileDiffList files;
    Error *e = patch_parse(s, bytes, &files);
    const char *at = bytes.data;

    if (e) {
        error_drop(e, "no patch");
        return;
    }
    EACH (const FileDiff, file, &files) {
        FUZZ_CHECK(!text_empty(file->path) && file->status);
        FUZZ_CHECK(file->added_lines >= 0 && file->removed_lines >= 0);
        FUZZ_CHECK(file->patch.data >= at &&
                   file->patch.data + file->patch.size <= bytes.data + bytes.size);
        at = file->patch.data + file->patch.size;
        /* A section alone says the same. */
        FileDiffList alone;
        FUZZ_CHECK(!patch_parse(s, file->patch, &alone));
        FUZZ_CHECK(alone.count == 1 && text_equal(alone.items[0].path, file->path));
        FUZZ_CHECK(alone.items[0].added_lines == file->added_lines &&
                   alone.items[0].status == file->status);
    }
}

static void check_names(Scope *s, const char *name)
{
    Buffer b = buffer_in(s);
    const char *back;

    buffer_char(&b, '"');
    patch_quote(&b, "", name);
    buffer_char(&b, '"');
    Bytes quoted = buffer_view(&b);
    if (quoted.size > 3 && quoted.data[1] == '"') { /* it got quotes of its own */
        Bytes rest = {quoted.data + 1, quoted.size - 2};
        FUZZ_CHECK(patch_unquote(s, &rest, &back) && text_equal(back, name));
    }
    if (!path_refused(name))
        FUZZ_CHECK(!path_hidden(name) && name[0] != '/');
    if (branch_valid(name))
        FUZZ_CHECK(name[0] != '-' && !strstr(name, ".."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    Bytes bytes = bytes_copy(s, (Bytes){(const char *)data, size});

    check_sections(s, bytes);
    check_names(s, text_of(s, bytes));
    return 0;
}
