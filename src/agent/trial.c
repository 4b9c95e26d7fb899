/* What each operation does to a file, and when it may not. */

#include "agent/trial.h"

#include "agent/place.h"
#include "agent/rewrite.h"

static void fault_set(EditFault *fault, FaultKind kind, const char *message)
{
    fault->kind = kind;
    fault->message = message;
}

DraftFile *draft_file(const Draft *draft, const char *path)
{
    for (size_t i = 0; i < draft->files.count; i++)
        if (text_equal(draft->files.items[i].path, path))
            return &draft->files.items[i];
    return NULL;
}

/* A parent that is no folder: a file, a symbolic link that would lead elsewhere, a submodule. */
static fallible parents_check(Scope *s, const Draft *draft, const char *path, EditFault *fault)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        const char *parent = text_of(s, (Bytes){path, (size_t)(slash - path)});
        const DraftFile *known = draft_file(draft, parent);
        SourceFile there = {known && known->is ? SOURCE_FILE : SOURCE_ABSENT, {0}};
        if (!known)
            TRY(draft->source->read(s, draft->source->self, parent, 0, &there));
        if (there.kind == SOURCE_ABSENT || there.kind == SOURCE_FOLDER)
            continue;
        const char *what = there.kind == SOURCE_SYMLINK     ? "a symbolic link"
                           : there.kind == SOURCE_SUBMODULE ? "a submodule"
                                                            : "a file";
        fault_set(fault, FAULT_REFUSED,
                  text(s, "%s is %s, so nothing can be under it.", parent, what));
        return OK;
    }
    return OK;
}

static void kind_check(Trial *trial, EditFault *fault)
{
    if (trial->kind == SOURCE_SYMLINK)
        fault_set(fault, FAULT_REFUSED, "it is a symbolic link, and these are not changed.");
    else if (trial->kind == SOURCE_SUBMODULE)
        fault_set(fault, FAULT_REFUSED, "it is a submodule, and these are not changed.");
    else if (trial->kind == SOURCE_FOLDER)
        fault_set(fault, FAULT_REFUSED, "it is a folder. Name a file in it.");
}

fallible trial_open(Scope *s, Draft *draft, const char *path, Trial *trial, EditFault *fault)
{
    const FileSource *source = draft->source;
    const char *refused = source->refused ? source->refused(s, source->self, path) : NULL;
    const DraftFile *known = draft_file(draft, path);
    SourceFile there = {0};

    *trial = (Trial){.path = path, .opened = path};
    if (refused) {
        fault_set(fault, FAULT_REFUSED, text(s, "this path is not to be changed: %s.", refused));
        return OK;
    }
    if (known) {
        trial->now = *known;
        trial->kind = !known->is          ? SOURCE_ABSENT
                      : known->executable ? SOURCE_EXECUTABLE
                                          : SOURCE_FILE;
        return OK;
    }
    TRY(parents_check(s, draft, path, fault));
    TRY(source->read(draft->s, source->self, path, draft->limits.file_bytes, &there));
    trial->kind = there.kind;
    trial->now = (DraftFile){.path = path,
                             .was = there.kind != SOURCE_ABSENT,
                             .is = there.kind != SOURCE_ABSENT,
                             .executable = there.kind == SOURCE_EXECUTABLE,
                             .content = there.content,
                             .base = there.content};
    if (!fault->kind)
        kind_check(trial, fault);
    return OK;
}

static bool binary(Bytes content)
{
    return content.size && memchr(content.data, 0, content.size);
}

static bool ascii(Bytes b)
{
    for (size_t i = 0; i < b.size; i++)
        if ((unsigned char)b.data[i] >= 0x80)
            return false;
    return true;
}

/* Text can be changed in a file only when its encoding is known, or does not matter. */
static bool text_check(const Draft *draft, const Trial *trial, const Edit *edit, EditFault *fault)
{
    Bytes content = trial->now.content;

    if (trial->kind == SOURCE_TOO_LARGE)
        fault_set(fault, FAULT_LIMIT,
                  text(draft->s, "the file is larger than %zu bytes, too large to be edited here.",
                       draft->limits.file_bytes));
    else if (binary(content))
        fault_set(fault, FAULT_ENCODING, "it is a binary file, and these are not edited.");
    else if (!utf8_valid(content) && (edit->op == EDIT_REWRITE || !ascii(edit->replace)))
        fault_set(fault, FAULT_ENCODING,
                  "the file is not UTF-8. Only replace edits with plain ASCII are safe in it.");
    return !fault->kind;
}

static void content_set(Scope *s, const Draft *draft, Trial *trial, const Document *d,
                        EditFault *fault)
{
    Bytes content = document_bytes(s, d);

    if (content.size > draft->limits.file_bytes) {
        fault_set(fault, FAULT_LIMIT,
                  text(s, "the file would have more than %zu bytes.", draft->limits.file_bytes));
    } else if (trial->now.is && bytes_equal(content, trial->now.content)) {
        fault_set(fault, FAULT_NO_CHANGE, "it changes nothing: the file already reads like this.");
    } else {
        trial->now.content = bytes_copy(draft->s, content);
        trial->now.is = true;
    }
}

static void replace(Scope *s, const Draft *draft, Trial *trial, const Edit *edit, EditFault *fault)
{
    PlaceState state = {trial->shift, trial->cursor};
    Document d;

    if (!text_check(draft, trial, edit, fault))
        return;
    document_read(s, trial->now.content, &d);
    const char *placeholder = placeholder_in(s, &d, edit->replace, edit->find);
    if (placeholder) {
        fault_set(fault, FAULT_ELIDED,
                  text(s, "\"%s\" stands for code that was left out. Write the code.",
                       text_trim(s, placeholder)));
        return;
    }
    if (!place_edit(s, &d, edit, &state, fault))
        return;
    content_set(s, draft, trial, &d, fault);
    trial->shift = state.shift;
    trial->cursor = state.cursor;
}

static void rewrite(Scope *s, const Draft *draft, Trial *trial, const Edit *edit, EditFault *fault)
{
    Document d;

    if (!text_check(draft, trial, edit, fault))
        return;
    document_read(s, trial->now.content, &d);
    if (document_rewrite(s, &d, edit->replace, trial->now.shrink_told, fault))
        content_set(s, draft, trial, &d, fault);
}

static void create(Scope *s, const Draft *draft, Trial *trial, const Edit *edit, EditFault *fault)
{
    Document d;

    if (trial->kind != SOURCE_ABSENT || (trial->now.is && trial->now.content.size)) {
        fault_set(fault, FAULT_EXISTS,
                  "the file exists. Use replace for a part of it, or rewrite for all of it.");
        return;
    }
    document_read(s, (Bytes){0}, &d);
    LineList lines = lines_of(s, edit->replace);
    document_splice(s, &d, 0, 0, &lines);
    content_set(s, draft, trial, &d, fault);
}

void trial_edit(Scope *s, const Draft *draft, Trial *trial, const Edit *edit, EditFault *fault)
{
    /* A rewrite of a missing file makes it, and so does a diff or block that has nothing to replace. */
    bool makes =
        edit->op == EDIT_CREATE ||
        (!trial->now.is && (edit->op == EDIT_REWRITE || (edit->lines && !edit->find.size)));

    if (makes)
        create(s, draft, trial, edit, fault);
    else if (!trial->now.is)
        fault_set(fault, FAULT_NO_FILE, "there is no such file.");
    else if (edit->op == EDIT_REPLACE)
        replace(s, draft, trial, edit, fault);
    else if (edit->op == EDIT_REWRITE)
        rewrite(s, draft, trial, edit, fault);
    else if (edit->op == EDIT_DELETE)
        trial->now.is = false;
}
