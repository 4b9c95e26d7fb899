/* Edits of an answer, file by file. */

#include "agent/draft.h"

#include "agent/trial.h"

enum { SIMILAR_PATHS = 3 };

typedef LIST_OF(Trial) TrialList;

Draft *draft_open(Scope *s, const FileSource *source, DraftLimits limits)
{
    Draft *draft = NEW(s, Draft);

    *draft = (Draft){.s = s, .source = source, .limits = limits};
    if (!draft->limits.files)
        draft->limits.files = DRAFT_FILES_MAX;
    if (!draft->limits.file_bytes)
        draft->limits.file_bytes = DRAFT_FILE_BYTES_MAX;
    if (!draft->limits.bytes)
        draft->limits.bytes = DRAFT_BYTES_MAX;
    return draft;
}

static void fault_add(Scope *s, EditFaultList *faults, const EditFault *fault)
{
    if (faults->count < EDIT_FAULTS_MAX)
        *list_add(s, faults) = *fault;
}

static Trial *trial_at(const TrialList *trials, const char *path)
{
    for (size_t i = 0; i < trials->count; i++)
        if (text_equal(trials->items[i].path, path))
            return &trials->items[i];
    return NULL;
}

static fallible trial_get(Scope *s, Draft *draft, TrialList *trials, const char *path,
                          EditFault *fault)
{
    Trial trial;

    if (trial_at(trials, path))
        return OK;
    TRY(trial_open(s, draft, path, &trial, fault));
    if (!fault->kind)
        *list_add(s, trials) = trial;
    return OK;
}

static bool same_edit(const Edit *a, const Edit *b)
{
    return a->op == b->op && text_equal(a->path, b->path) && text_equal(a->new_path, b->new_path) &&
           bytes_equal(a->find, b->find) && bytes_equal(a->replace, b->replace) &&
           a->occurrence == b->occurrence && a->line_hint == b->line_hint &&
           text_equal(a->anchor, b->anchor);
}

/* Models repeat themselves. An edit said twice is meant once. */
static bool said_before(const EditList *edits, const Edit *edit)
{
    for (const Edit *one = edits->items; one != edit; one++)
        if (same_edit(one, edit))
            return true;
    return false;
}

/* What an edit may not hold, wherever it goes. */
static void edit_check(const Edit *edit, EditFault *fault)
{
    Bytes parts[] = {edit->find, edit->replace};

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].size > EDIT_TEXT_MAX) {
            fault->kind = FAULT_LIMIT;
            fault->message = "find or replace is longer than 1 MiB.";
        } else if (parts[i].size && !utf8_valid(parts[i])) {
            fault->kind = FAULT_FORM;
            fault->message = "find or replace holds a NUL or bytes that are not UTF-8.";
        }
    }
}

static const char *path_check(Scope *s, const char *path, EditFault *fault)
{
    const char *why;
    const char *plain = draft_path(s, path, &why);

    if (plain)
        return plain;
    fault->kind = FAULT_REFUSED;
    fault->message = text(s, "the path cannot be used: %s.", why);
    return NULL;
}

/* Both ends of a rename are tried; the file keeps its content and mode. */
static fallible rename_try(Scope *s, Draft *draft, TrialList *trials, const Edit *edit,
                           EditFault *fault)
{
    const char *to = path_check(draft->s, edit->new_path, fault);

    if (!to)
        return OK;
    TRY(trial_get(s, draft, trials, to, fault));
    if (fault->kind)
        return OK;
    Trial *from = trial_at(trials, fault->path);
    Trial *target = trial_at(trials, to);
    if (from == target) {
        fault->kind = FAULT_NO_CHANGE;
        fault->message = "the new path is the old one.";
    } else if (!from->now.is) {
        fault->kind = FAULT_NO_FILE;
        fault->message = "there is no such file.";
    } else if (target->now.is) {
        fault->kind = FAULT_EXISTS;
        fault->message = text(s, "%s exists already.", to);
    } else if (from->kind == SOURCE_TOO_LARGE) {
        fault->kind = FAULT_LIMIT;
        fault->message = "the file is too large to be renamed here.";
    } else {
        target->now.is = true;
        target->now.content = from->now.content;
        target->now.executable = from->now.executable;
        target->now.from = from->now.from ? from->now.from : from->now.was ? from->path : NULL;
        target->opened = from->opened;
        target->failed = from->failed;
        from->now.is = false;
    }
    return OK;
}

static fallible suggest(Scope *s, const Draft *draft, EditFault *fault)
{
    const FileSource *source = draft->source;
    TextList similar = {0};

    if (fault->kind != FAULT_NO_FILE || !source->similar)
        return OK;
    TRY(source->similar(s, source->self, fault->path, SIMILAR_PATHS, &similar));
    if (similar.count)
        fault->message =
            text(s, "%s Did you mean %s?", fault->message, text_join(s, &similar, " or "));
    return OK;
}

static fallible edit_try(Scope *s, Draft *draft, TrialList *trials, const Edit *edit,
                         EditFault *fault)
{
    const char *path = path_check(draft->s, edit->path, fault);

    if (!path)
        return OK;
    fault->path = path;
    TRY(trial_get(s, draft, trials, path, fault));
    if (!fault->kind)
        edit_check(edit, fault);
    if (fault->kind)
        return OK;
    if (edit->op == EDIT_RENAME)
        TRY(rename_try(s, draft, trials, edit, fault));
    else
        trial_edit(s, draft, trial_at(trials, path), edit, fault);
    return suggest(s, draft, fault);
}

/* A fault spoils all that the answer does to the file, under each name it had. */
static void spoil(TrialList *trials, const char *path)
{
    const Trial *trial = trial_at(trials, path);

    if (!trial)
        return;
    const char *opened = trial->opened;
    EACH (Trial, t, trials)
        if (text_equal(t->opened, opened) || text_equal(t->path, opened))
            t->failed = true;
}

static bool differs(const DraftFile *file)
{
    return file->was != file->is || (file->is && !bytes_equal(file->content, file->base));
}

static void totals(const Draft *draft, size_t *files, size_t *bytes)
{
    *files = 0;
    *bytes = 0;
    EACH (const DraftFile, file, &draft->files) {
        *files += differs(file);
        *bytes += differs(file) && file->is ? file->content.size : 0;
    }
}

/* What was valid JSON has to stay that; files with comments never were. */
static const char *json_broken(Scope *s, const DraftFile *file)
{
    json_t *value;

    if (!file->was || !file->is || !text_ends(file->path, ".json"))
        return NULL;
    Error *before = json_parse(s, file->base, &value);
    Error *now = before ? NULL : json_parse(s, file->content, &value);
    error_drop(before, "it was none before");
    error_drop(now, "told to the model");
    return now ? text(s, "with these edits the file is no valid JSON any more: %s.", now->message)
               : NULL;
}

/* Keeps a tried file, if it is sound and the limits of the run allow it. */
static void keep(Scope *s, Draft *draft, const Trial *trial, EditFaultList *faults)
{
    const char *broken = json_broken(s, &trial->now);

    if (broken) {
        fault_add(s, faults, &(EditFault){FAULT_FORM, 0, trial->path, broken});
        return;
    }
    DraftFile *known = draft_file(draft, trial->path);
    DraftFile before = known ? *known : (DraftFile){0};
    size_t files;
    size_t bytes;

    if (!known)
        known = list_add(draft->s, &draft->files);
    *known = trial->now;
    totals(draft, &files, &bytes);
    if (files <= draft->limits.files && bytes <= draft->limits.bytes)
        return;
    if (before.path)
        *known = before;
    else
        draft->files.count--;
    fault_add(
        s, faults,
        &(EditFault){
            FAULT_LIMIT, 0, trial->path,
            files > draft->limits.files
                ? text(s, "a run may change %zu files, and this is one more.", draft->limits.files)
                : text(s, "a run may write %zu bytes, and this is over it.", draft->limits.bytes)});
}

/* Once told that a rewrite lost lines, the model may say that it is meant. */
static void remember_shrink(Draft *draft, const TrialList *trials, const EditFault *fault)
{
    const Trial *trial = fault->kind == FAULT_SHRUNK ? trial_at(trials, fault->path) : NULL;

    if (!trial)
        return;
    DraftFile *known = draft_file(draft, trial->path);
    if (!known) {
        known = list_add(draft->s, &draft->files);
        *known = trial->now;
        known->content = known->base;
        known->is = known->was;
    }
    known->shrink_told = true;
}

/* So many wrong edits are one wrong answer: none of it is kept. */
static fallible give_up(Scope *s, EditFaultList *faults)
{
    faults->items[faults->count - 1] = (EditFault){
        .kind = FAULT_FORM,
        .message =
            text(s,
                 "more than %d edits do not fit, so none of the answer was applied. Read the "
                 "files again and send fewer edits.",
                 EDIT_FAULTS_MAX)};
    return OK;
}

fallible draft_apply(Scope *s, Draft *draft, const EditList *edits, EditFaultList *faults)
{
    TrialList trials = {0};

    for (size_t i = 0; i < edits->count; i++) {
        const Edit *edit = &edits->items[i];
        EditFault fault = {.edit = (int64_t)i + 1, .path = edit->path};
        TRY(scope_check(s));
        if (said_before(edits, edit))
            continue;
        if (i < EDITS_MAX) {
            TRY(edit_try(s, draft, &trials, edit, &fault));
        } else {
            fault.kind = FAULT_LIMIT;
            fault.message = text(s, "one answer may hold %d edits.", EDITS_MAX);
        }
        if (!fault.kind)
            continue;
        if (fault.kind != FAULT_NO_CHANGE)
            spoil(&trials, fault.path);
        remember_shrink(draft, &trials, &fault);
        if (faults->count == EDIT_FAULTS_MAX)
            return give_up(s, faults);
        *list_add(s, faults) = fault;
        if (i >= EDITS_MAX)
            break;
    }
    EACH (const Trial, trial, &trials)
        if (!trial->failed)
            keep(s, draft, trial, faults);
    return OK;
}

fallible draft_read(Scope *s, Draft *draft, const char *path, SourceFile *out)
{
    const DraftFile *known = draft_file(draft, path);

    if (!known)
        return draft->source->read(s, draft->source->self, path, draft->limits.file_bytes, out);
    *out = (SourceFile){0};
    if (known->is)
        *out = (SourceFile){known->executable ? SOURCE_EXECUTABLE : SOURCE_FILE, known->content};
    return OK;
}

DraftFileList draft_changes(Scope *s, const Draft *draft)
{
    DraftFileList changes = {0};

    EACH (const DraftFile, file, &draft->files) {
        if (!differs(file))
            continue;
        size_t at = changes.count;
        list_add(s, &changes);
        while (at > 0 && strcmp(changes.items[at - 1].path, file->path) > 0) {
            changes.items[at] = changes.items[at - 1];
            at--;
        }
        changes.items[at] = *file;
    }
    return changes;
}
