/* Edits of an answer: applied, or sent back with what is wrong. Faults go back up to a number of
 * times; then the files are asked for whole, once; then the run fails, and says which and why. */

#include <string.h>

#include "agent/show.h"
#include "agent/talk.h"

int64_t talk_repairs(const Talk *t)
{
    return t->task->settings.repairs > 0 ? t->task->settings.repairs : AGENT_REPAIRS_MAX;
}

/* Sending the edit again can help. */
static bool repairable(FaultKind kind)
{
    return kind != FAULT_NO_CHANGE && kind != FAULT_REFUSED && kind != FAULT_LIMIT &&
           kind != FAULT_ENCODING;
}

static bool faulty(const EditFaultList *faults, const char *path)
{
    EACH (const EditFault, fault, faults)
        if (fault->kind != FAULT_NO_CHANGE && text_equal(fault->path, path))
            return true;
    return false;
}

static void forget(TextList *paths, const char *path)
{
    size_t kept = 0;

    for (size_t i = 0; i < paths->count; i++)
        if (!text_equal(paths->items[i], path))
            paths->items[kept++] = paths->items[i];
    paths->count = kept;
}

static const char *plain_path(Scope *s, const char *path)
{
    const char *why;
    const char *plain = draft_path(s, path, &why);

    return plain ? plain : path;
}

/* The paths of the answer whose edits are in the draft now. */
static TextList applied(Talk *t, const EditAnswer *answer, const EditFaultList *faults)
{
    TextList paths = {0};

    EACH (const Edit, edit, &answer->edits) {
        const char *path = plain_path(t->s, edit->path);
        if (!faulty(faults, path) && !texts_have(&paths, path))
            texts_add(t->s, &paths, path);
    }
    return paths;
}

static void pending_update(Talk *t, const TextList *applied_now, const EditFaultList *faults)
{
    EACH (const char *, path, applied_now)
        forget(&t->pending, *path);
    EACH (const EditFault, fault, faults)
        if (repairable(fault->kind) && fault->path && !texts_have(&t->pending, fault->path))
            texts_add(t->s, &t->pending, fault->path);
}

static fallible tell_edit(Talk *t, const char *code, const char *path, const char *why)
{
    return tell_warning(&t->teller,
                        &(Note){.code = code,
                                .params = tell_param(&t->teller, "path", path),
                                .text = text(t->s, "%s was not changed: %s", path, why)});
}

static fallible warn(Talk *t, const EditFaultList *faults)
{
    EACH (const EditFault, fault, faults) {
        const char *path = fault->path ? fault->path : "an edit";
        if (fault->kind == FAULT_REFUSED)
            TRY(tell_edit(t, "edit_path_refused", path, fault->message));
        if (fault->kind == FAULT_LIMIT || fault->kind == FAULT_ENCODING)
            TRY(tell_edit(t, "edit_refused", path, fault->message));
    }
    return OK;
}

static void faults_add(Buffer *b, const EditFaultList *faults)
{
    EACH (const EditFault, fault, faults) {
        if (fault->edit)
            buffer_format(b, "- edit %lld", (long long)fault->edit);
        else
            buffer_text(b, "- the answer");
        if (fault->path)
            buffer_format(b, ", %s", fault->path);
        buffer_format(b, ": %s\n", fault->message);
    }
}

static const char *outcome_text(Talk *t, const TextList *applied_now, const EditFaultList *faults)
{
    Buffer b = buffer_in(t->s);

    if (applied_now->count)
        buffer_format(&b, "Applied: %s.\n", text_join(t->s, applied_now, ", "));
    if (faults->count) {
        buffer_text(&b, "Not applied:\n");
        faults_add(&b, faults);
    }
    if (t->pending.count)
        buffer_format(&b,
                      "Nothing of that answer was applied to these files: %s. Send all edits of "
                      "these files again, "
                      "corrected, and no edit that is applied already. If one is not needed after "
                      "all, leave it out and "
                      "say so in the summary.\n",
                      text_join(t->s, &t->pending, ", "));
    else if (faults->count)
        buffer_text(&b, "Send what is still needed, or call it done.\n");
    return buffer_string(&b);
}

/* The last resort: the whole file, from its present content. */
static fallible whole_text(Talk *t, const char *told, const char **out)
{
    Buffer b = buffer_in(t->s);

    buffer_format(&b,
                  "%s\nThis did not work %lld times. Send each of these files whole instead%s. "
                  "They read now:\n",
                  told, (long long)t->repairs,
                  t->form == ASK_TOOLS ? ", with op rewrite" : ", in a fence with its path above");
    EACH (const char *, path, &t->pending) {
        SourceFile file;
        TRY(draft_read(t->s, t->draft, *path, &file));
        if (file.kind == SOURCE_FILE || file.kind == SOURCE_EXECUTABLE)
            show_file(&b, &(ShowRange){.path = *path}, file.content,
                      t->task->settings.output_tokens > 0 ? t->task->settings.output_tokens
                                                          : AGENT_OUTPUT_TOKENS);
    }
    *out = buffer_string(&b);
    return OK;
}

static fallible unusable(Talk *t, const EditFaultList *faults)
{
    Buffer all = buffer_in(t->s);
    const EditFault *last = faults->count ? &faults->items[faults->count - 1] : NULL;

    faults_add(&all, faults);
    TRY(tell_log(&t->teller,
                 text(t->s, "[these edits could not be applied:]\n%s", buffer_string(&all))));
    Bytes first_line = bytes_of(last ? last->message : "it sent none");
    Bytes line;
    if (!bytes_line(&first_line, &line))
        line = first_line;
    return error_param(
        fail_code(t->s, UPSTREAM, "edits_unusable",
                  "the model's edits could not be applied after %lld repairs: %s%s%.*s",
                  (long long)t->repairs, last && last->path ? last->path : "",
                  last && last->path ? ": " : "", (int)line.size, line.data),
        "repairs", text(t->s, "%lld", (long long)t->repairs));
}

/* Sends the faults back, as long as that is allowed. */
static fallible repair(Talk *t, const EditFaultList *faults, const char **told)
{
    t->repairs++;
    if (t->repairs <= talk_repairs(t))
        return tell_phase(&t->teller, "repairing");
    if (!t->pending.count) { /* what is left is refused for good, or names no file */
        t->done = draft_changes(t->s, t->draft).count > 0;
        return t->done
                   ? tell_warning(&t->teller, &(Note){.code = "edits_left_out",
                                                      .text = "some edits could not be read or are "
                                                              "refused; the others were made"})
                   : unusable(t, faults);
    }
    if (t->whole_asked)
        return unusable(t, faults);
    t->whole_asked = true;
    TRY(tell_phase(&t->teller, "repairing"));
    return whole_text(t, *told, told);
}

static bool any_repairable(const EditFaultList *faults)
{
    EACH (const EditFault, fault, faults)
        if (fault->kind != FAULT_NO_CHANGE)
            return true;
    return false;
}

/* Left out after it was asked for again: the model's decision, which the user is to know of. */
static fallible left_out(Talk *t)
{
    EACH (const char *, path, &t->pending)
        TRY(tell_warning(
            &t->teller,
            &(Note){.code = "edit_left_out",
                    .params = tell_param(&t->teller, "path", *path),
                    .text = text(t->s,
                                 "an edit of %s did not fit, and the model left it out afterwards",
                                 *path)}));
    t->pending.count = 0;
    return OK;
}

fallible talk_edits(Talk *t, EditAnswer *answer, bool more, const char **told)
{
    EditFaultList faults = answer->faults;
    bool asked_again = t->pending.count > 0;

    TRY(tell_phase(&t->teller, "applying"));
    TRY(draft_apply(t->s, t->draft, &answer->edits, &faults));
    TextList now = applied(t, answer, &faults);
    pending_update(t, &now, &faults);
    TRY(warn(t, &faults));
    TRY(tell_log(&t->teller,
                 text(t->s, "[applied: %s; faults: %zu]",
                      now.count ? text_join(t->s, &now, ", ") : "nothing", faults.count)));
    t->record.form = answer->form;
    t->record.edits += answer->edits.count;
    EACH (const EditFault, fault, &faults)
        *list_add(t->s, &t->record.faults) = *fault;
    if (!text_empty(answer->summary))
        t->summary = answer->summary;
    *told = outcome_text(t, &now, &faults);
    if (any_repairable(&faults))
        return repair(t, &faults, told);
    if (more)
        return OK;
    bool nothing = faults.count && !draft_changes(t->s, t->draft).count;
    if (nothing && t->repairs < talk_repairs(t))
        return repair(t, &faults, told);
    if (asked_again)
        TRY(left_out(t));
    t->done = true;
    return OK;
}
