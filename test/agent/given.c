/* The table of files, and answers applied to it. */

#include "test/agent/given.h"

static fallible given_read(Scope *s, void *self, const char *path, size_t most, SourceFile *out)
{
    const GivenFiles *files = self;
    const char *under = text(s, "%s/", path);

    *out = (SourceFile){0};
    EACH (const GivenFile, file, &files->files) {
        if (text_starts(file->path, under))
            out->kind = SOURCE_FOLDER;
        if (text_equal(file->path, path))
            *out = file->content.size > most ? (SourceFile){SOURCE_TOO_LARGE, {0}}
                                             : (SourceFile){file->kind, file->content};
    }
    return OK;
}

static const char *given_refused(Scope *s, void *self, const char *path)
{
    (void)s;
    (void)self;
    return text_matches(path, ".env*") || text_starts(path, ".git/") ? "it is forbidden" : NULL;
}

static fallible given_similar(Scope *s, void *self, const char *path, size_t count, TextList *out)
{
    const GivenFiles *files = self;
    const char *slash = strrchr(path, '/');

    EACH (const GivenFile, file, &files->files)
        if (text_ends(file->path, slash ? slash + 1 : path) && out->count < count)
            texts_add(s, out, file->path);
    return OK;
}

GivenFiles *given_files(Scope *s)
{
    GivenFiles *files = NEW(s, GivenFiles);

    files->source = (FileSource){files, given_read, given_refused, given_similar};
    return files;
}

void given_bytes(Scope *s, GivenFiles *files, const char *path, Bytes content)
{
    *list_add(s, &files->files) = (GivenFile){path, SOURCE_FILE, content};
}

void given_file(Scope *s, GivenFiles *files, const char *path, const char *content)
{
    given_bytes(s, files, path, bytes_of(content));
}

void given_kind(Scope *s, GivenFiles *files, const char *path, SourceKind kind)
{
    *list_add(s, &files->files) = (GivenFile){path, kind, {0}};
}

fallible answer_applied(Scope *s, GivenFiles *files, const char *answer, Applied *out)
{
    *out = (Applied){.draft = draft_open(s, &files->source, (DraftLimits){0})};
    edits_read(s, bytes_of(answer), &out->answer);
    out->faults = out->answer.faults;
    return draft_apply(s, out->draft, &out->answer.edits, &out->faults);
}

const char *draft_text(Scope *s, Draft *draft, const char *path)
{
    SourceFile file;
    Error *e = draft_read(s, draft, path, &file);

    if (e)
        return e->message;
    return file.kind == SOURCE_ABSENT ? NULL : text_of(s, file.content);
}

static const char *outcome(Scope *s, const Applied *applied)
{
    if (applied->faults.count)
        return text(s, "<%s>", name_of(fault_kind_names, applied->faults.items[0].kind));
    return draft_text(s, applied->draft, "a.txt");
}

const char *edited_bytes(Scope *s, Bytes before, const char *answer)
{
    GivenFiles *files = given_files(s);
    Applied applied;

    given_bytes(s, files, "a.txt", before);
    Error *e = answer_applied(s, files, answer, &applied);
    return e ? e->message : outcome(s, &applied);
}

const char *edited(Scope *s, const char *before, const char *answer)
{
    return edited_bytes(s, bytes_of(before), answer);
}

const char *edited_json(Scope *s, const char *before, const char *find, const char *replace)
{
    GivenFiles *files = given_files(s);
    EditList edits = {0};
    Applied applied = {0};

    given_file(s, files, "a.txt", before);
    *list_add(s, &edits) = (Edit){
        .op = EDIT_REPLACE, .path = "a.txt", .find = bytes_of(find), .replace = bytes_of(replace)};
    applied.draft = draft_open(s, &files->source, (DraftLimits){0});
    Error *e = draft_apply(s, applied.draft, &edits, &applied.faults);
    return e ? e->message : outcome(s, &applied);
}
