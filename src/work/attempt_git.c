/* The git side of a run: where it starts, its commit, its branch, its diff. */

#include "git/merge.h"
#include "service/repos.h"
#include "work/attempt.h"
#include "work/patience.h"

static const char *result_branch(Scope *s, const Attempt *a)
{
    return text(s, "dursor-results/%s", a->run.id);
}

static GitPerson committer(const Attempt *a)
{
    const Settings *settings = a->app->settings;

    return (GitPerson){settings->git_author_name, settings->git_author_email, time_now()};
}

/* In the user's own repository the user is the author; dursor commits. */
static fallible author(Scope *s, const Attempt *a, GitPerson *out)
{
    LocalSource source = {0};

    *out = committer(a);
    if (!repo_url_local(&a->mirror->source))
        return OK;
    TRY(local_person(s, &a->app->mirrors->access, a->mirror->source.path, &source));
    if (source.name && source.email)
        *out = (GitPerson){source.name, source.email, out->at};
    return OK;
}

/* The line's head with the base as it was when the run was created; a moved base is merged in, never
 * dropped. */
static fallible find_start(Scope *s, Attempt *a)
{
    const char *base_name = a->run.base_ref ? a->run.base_ref : "the base";
    MergeResult merged = {0};

    a->start = a->line.head_commit ? a->line.head_commit : a->run.base_commit;
    if (!a->line.head_commit)
        return OK;
    MergeOrder order = {
        .ours = a->line.head_commit,
        .theirs = a->run.base_commit,
        .message = text(s, "Merge %s into %s", base_name, a->line.branch),
        .author = committer(a),
        .committer = committer(a),
        .ours_name = a->line.branch,
        .theirs_name = base_name,
    };
    TRY(git_merge_into(s, a->git, &order, &merged));
    if (merged.made)
        TRY(recording_log(
            s, a->rec,
            text(s, "merged %s (%.8s) into %s\n", base_name, a->run.base_commit, a->line.branch)));
    a->start = merged.commit;
    return OK;
}

/* A result of an attempt that died: its summary stands in its message. */
static fallible adopt(Scope *s, Attempt *a)
{
    GitCommitInfo info;

    TRY(git_branch_find(s, a->git, result_branch(s, a), &a->result));
    if (!a->result)
        return OK;
    TRY(git_commit_info(s, a->git, a->result, &info));
    if (!info.parents.count)
        return fail(s, BUG, "result %s has no parent", a->result);
    a->start = info.parents.items[0];
    const char *body = strstr(info.message, "\n\n");
    a->summary = text_trim(s, body ? body : info.message);
    return recording_log(s, a->rec,
                         "an earlier attempt had already committed: its result is taken\n");
}

static fallible open_mirror(Scope *s, Attempt *a)
{
    RepoUrl url;

    TRY(repo_url_parse(s, a->repo.repo_url, NULL, &url));
    if (!repo_url_local(&url))
        return repo_mirror(s, a->app, &a->repo, &a->mirror);
    return mirror_use(s, a->app->mirrors, a->repo.id, &url, &a->mirror);
}

Error *attempt_workspace(Scope *s, Attempt *a)
{
    TRY(recording_phase(s, a->rec, "preparing"));
    TRY(open_mirror(s, a));
    TRY(git_open(s, a->mirror, &a->git));
    TRY(git_branch_find(s, a->git, a->line.branch, &a->branch_at));
    TRY(adopt(s, a));
    return a->result ? OK : find_start(s, a);
}

static const char *message_of(Scope *s, const Attempt *a)
{
    Bytes rest = bytes_of(a->run.instruction), line = {0};

    while (bytes_line(&rest, &line) && text_empty(text_trim(s, text_of(s, line))))
        ;
    return commit_message(
        s, text(s, "%s\n\n%s", text_trim(s, text_of(s, line)), a->summary ? a->summary : ""));
}

Error *attempt_commit(Scope *s, Attempt *a, const TreeChangeList *changes)
{
    CommitResult made;
    CommitOrder order = {.parent = a->start,
                         .changes = *changes,
                         .message = message_of(s, a),
                         .committer = committer(a),
                         .branch = result_branch(s, a)};

    TRY(recording_phase(s, a->rec, "committing"));
    TRY(author(s, a, &order.author));
    Error *e = git_commit_changes(s, a->git, &order, &made);
    if (failed_as(e,
                  CONFLICT)) /* a worker that had lost the lease was faster: one result is enough */
        return adopt(s, a);
    TRY(e);
    a->result = made.changed ? made.commit : NULL;
    return OK;
}

/* ---- The end ---- */

static FileChangeList files_of(Scope *s, const DiffResult *diff)
{
    FileChangeList files = {0};

    EACH (FileDiff, f, &diff->files) {
        FileChange *file = list_add(s, &files);
        file->path = text_clean(s, bytes_of(f->path), NULL);
        file->old_path = f->old_path ? text_clean(s, bytes_of(f->old_path), NULL) : NULL;
        file->status = name_of(file_status_names, (int)f->status);
        file->added_lines = f->added_lines;
        file->removed_lines = f->removed_lines;
        file->binary = f->binary;
    }
    return files;
}

static fallible describe(Scope *s, Attempt *a, RunEnd *end)
{
    DiffRange range = {.from = a->start, .to = a->result};
    DiffResult diff = {0};

    *end = (RunEnd){.status = RUN_SUCCEEDED,
                    .summary = a->summary,
                    .warnings = a->warnings,
                    .commit_sha = a->result};
    if (!a->result)
        return OK;
    TRY(git_diff_between(s, a->git, &range, &diff));
    if (!diff.complete)
        *list_add(s, &end->warnings) =
            (Note){.code = "diff_shortened",
                   .text = "the diff is shortened: some files are too large to show"};
    end->files_changed = files_of(s, &diff);
    end->added_lines = diff.added_lines;
    end->removed_lines = diff.removed_lines;
    end->patch = diff.patch;
    return OK;
}

typedef struct Ending {
    const Attempt *attempt;
    const RunEnd *end;
    bool unsure; /* a try's commit was not answered */
} Ending;

/* Before anything is visible to others: is this still ours? */
static Error *check_fence(Scope *s, void *self)
{
    SCOPE(tmp, s);
    const Attempt *a = self;
    LeaseState state;
    Tx *tx;

    TRY(tx_write(tmp, a->app->store, &a->slot->caller, &tx));
    TRY(job_renew(tmp, tx, &a->slot->lease, a->slot->runner->options.lease_us, &state));
    TRY(tx_commit(tmp, tx));
    if (state.cancel_asked)
        return fail(s, CANCELLED, "canceled");
    return OK;
}

/* Somebody without a lease moved it meanwhile: the next attempt sees where it is. */
static fallible move_branch(Scope *s, const Attempt *a)
{
    Error *e = git_branch_set(s, a->git, a->line.branch, a->branch_at, a->result);

    if (failed_as(e, CONFLICT))
        return error_param(
            fail_code(s, UNAVAILABLE, "branch_moved", "branch %s moved meanwhile", a->line.branch),
            "branch", a->line.branch);
    return e;
}

static fallible is_ended(Scope *s, const Ending *ending, bool *out)
{
    SCOPE(tmp, s);
    const Attempt *a = ending->attempt;
    Run run;
    Tx *tx;

    TRY(tx_read(tmp, a->app->store, &a->slot->caller, &tx));
    TRY(run_get(tmp, tx, a->run.id, &run));
    *out = run.status == RUN_SUCCEEDED && text_equal(run.commit_sha, a->result);
    return tx_commit(tmp, tx);
}

static fallible end_rows(Scope *s, const Ending *ending)
{
    SCOPE(tmp, s);
    const Attempt *a = ending->attempt;
    LineStep step = {a->line.id, a->line.head_commit, a->result, a->run.base_commit};
    Tx *tx;

    TRY(tx_write(tmp, a->app->store, &a->slot->caller, &tx));
    if (a->result)
        TRY(line_advance(tmp, tx, &a->slot->lease, &step));
    TRY(run_finish(tmp, tx, &a->slot->lease, ending->end));
    TRY(job_succeed(tmp, tx, &a->slot->lease, NULL));
    return tx_commit(tmp, tx);
}

/* The lease ends with the run: who comes again after a commit without an answer may find neither. */
static Error *store_end(Scope *s, void *self)
{
    Ending *ending = self;
    bool ended = false;

    if (ending->unsure)
        TRY(is_ended(s, ending, &ended));
    Error *e = ended ? OK : end_rows(s, ending);
    ending->unsure |= e && text_equal(e->code, COMMIT_UNKNOWN);
    return e;
}

Error *attempt_finish(Scope *s, Attempt *a)
{
    RunEnd end;

    TRY(describe(s, a, &end));
    TRY(recording_phase(s, a->rec, "done"));
    TRY(recording_flush(s, a->rec));
    if (a->result) {
        TRY(patiently(s, check_fence, a));
        TRY(move_branch(s, a));
    }
    TRY(patiently(s, store_end, &(Ending){a, &end, false}));
    if (a->result)
        error_drop(git_branch_drop(s, a->git, result_branch(s, a), a->result),
                   "the run has ended; a left-over ref harms nobody");
    return OK;
}
