/* Answers of models: whatever is read must keep its promises, and be applied to files without harm. The
 * input is a file, a NUL, and the answer to be applied to it (a.txt). */

#include "agent/draft.h"
#include "test/fuzz/fuzz.h"

static Error *read_file(Scope *s, void *self, const char *path, size_t most, SourceFile *out)
{
    const Bytes *content = self;
    (void)s;

    *out = (SourceFile){0};
    if (text_equal(path, "a.txt"))
        *out = content->size > most ? (SourceFile){SOURCE_TOO_LARGE, {0}}
                                    : (SourceFile){SOURCE_FILE, *content};
    if (text_equal(path, "link"))
        out->kind = SOURCE_SYMLINK;
    return OK;
}

static const char *refused(Scope *s, void *self, const char *path)
{
    (void)s;
    (void)self;
    return text_starts(path, ".git") ? "it is forbidden" : NULL;
}

static void check_edits(const EditAnswer *answer)
{
    FUZZ_CHECK(answer->edits.count <= EDITS_MAX);
    FUZZ_CHECK(answer->faults.count <= EDIT_FAULTS_MAX + 1);
    FUZZ_CHECK(answer->form || !answer->edits.count);
    EACH (const Edit, edit, &answer->edits) {
        FUZZ_CHECK(edit->path && edit->op >= EDIT_REPLACE && edit->op <= EDIT_REWRITE);
        FUZZ_CHECK(edit->op != EDIT_RENAME || edit->new_path);
    }
    EACH (const EditFault, fault, &answer->faults)
        FUZZ_CHECK(fault->kind && fault->message);
}

static void check_changes(Scope *s, const Draft *draft, Bytes before)
{
    DraftFileList changes = draft_changes(s, draft);

    EACH (const DraftFile, file, &changes) {
        const char *why;
        FUZZ_CHECK(text_equal(draft_path(s, file->path, &why), file->path));
        FUZZ_CHECK(!text_starts(file->path, ".git") && !text_starts(file->path, "link/"));
        FUZZ_CHECK(!text_equal(file->path, "link"));
        FUZZ_CHECK(file->content.size <= DRAFT_FILE_BYTES_MAX);
        if (text_equal(file->path, "a.txt") && file->is)
            FUZZ_CHECK(!bytes_equal(file->content, before));
        if (file->is && file->was && utf8_valid(before) && before.size)
            FUZZ_CHECK(!file->content.size || utf8_valid(file->content));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    Bytes all = {(const char *)data, size};
    const char *nul = size ? memchr(data, 0, size) : NULL;
    Bytes file = {all.data, nul ? (size_t)(nul - all.data) : 0};
    Bytes answer_text = nul ? (Bytes){nul + 1, all.size - file.size - 1} : all;
    FileSource source = {&file, read_file, refused, NULL};
    EditFaultList faults = {0};
    EditAnswer answer;

    edits_read(s, answer_text, &answer);
    check_edits(&answer);
    Draft *draft = draft_open(s, &source, (DraftLimits){0});
    FUZZ_CHECK(!draft_apply(s, draft, &answer.edits, &faults));
    EACH (const EditFault, fault, &faults)
        FUZZ_CHECK(fault->kind && fault->message);
    check_changes(s, draft, file);
    return 0;
}
