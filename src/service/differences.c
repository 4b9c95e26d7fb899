/* Changes of runs, from stored patches and from git. */

#include "service/differences.h"

#include "git/diff.h"
#include "service/repos.h"
#include "store/repos.h"
#include "store/runs.h"
#include "store/tasks.h"

/* What is read of a run before git is asked. */
typedef struct Loaded {
    Run run;
    Repo repo;
} Loaded;

static fallible load(Scope *s, Tx *tx, const char *run_id, Loaded *out)
{
    Task task;

    TRY(run_get(s, tx, run_id, &out->run));
    TRY(task_get(s, tx, out->run.task_id, &task));
    return repo_get(s, tx, task.repo_id, &out->repo);
}

static fallible open_here(Scope *s, App *app, const Repo *repo, GitRepo **out)
{
    Mirror *mirror;

    TRY(repo_mirror_here(s, app, repo, &mirror));
    return git_open(s, mirror, out);
}

/* ---- Of one run ---- */

static fallible own_change(Scope *s, App *app, const Caller *caller, const ChangeAsk *ask,
                           Change *out)
{
    SCOPE(tmp, s);
    Bytes patch = {0};
    Run run;
    Tx *tx;

    TRY(tx_read(tmp, app->store, caller, &tx));
    TRY(run_get(s, tx, ask->run_id, &run));
    TRY(run_patch_get(s, tx, run.id, &patch));
    *out = (Change){.head_sha = run.commit_sha};
    return patch.size ? patch_parse(s, patch, &out->files) : OK;
}

/* ---- Between two runs ---- */

static fallible committed(Scope *s, const Run *run)
{
    if (run->commit_sha)
        return OK;
    return fail_code(s, CONFLICT, "run_without_changes",
                     "run %s has no result yet that could be compared", run->id);
}

static fallible change_between(Scope *s, App *app, const Loaded *run, const Loaded *against,
                               Change *out)
{
    DiffLimits limits = {.files = CHANGE_FILES_MAX, .bytes = CHANGE_PATCH_MAX};
    DiffRange range = {against->run.commit_sha, run->run.commit_sha, limits};
    DiffResult found = {0};
    GitRepo *repo;

    TRY(open_here(s, app, &run->repo, &repo));
    TRY(git_diff_between(s, repo, &range, &found));
    *out = (Change){range.from, range.to, found.files, !found.complete};
    return OK;
}

fallible change_load(Scope *s, App *app, const Caller *caller, const ChangeAsk *ask, Change *out)
{
    Loaded run, against;

    if (text_empty(ask->against))
        return own_change(s, app, caller, ask, out);
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, app->store, caller, &tx));
        TRY(load(s, tx, ask->run_id, &run));
        TRY(load(s, tx, ask->against, &against));
    }
    if (!text_equal(run.repo.id, against.repo.id))
        return fail_code(s, INVALID, "runs_of_other_repos",
                         "runs %s and %s are of different repositories", run.run.id,
                         against.run.id);
    TRY(committed(s, &run.run));
    TRY(committed(s, &against.run));
    return change_between(s, app, &run, &against, out);
}

/* ---- As shown ---- */

static const char *mode_text(Scope *s, unsigned mode)
{
    return mode ? text(s, "%06o", mode) : NULL;
}

static DiffFile shown_file(Scope *s, const FileDiff *file)
{
    bool lossy;

    return (DiffFile){
        .path = text_clean(s, bytes_of(file->path), &lossy),
        .old_path = file->old_path ? text_clean(s, bytes_of(file->old_path), &lossy) : NULL,
        .status = name_of(file_status_names, (int)file->status),
        .added_lines = file->added_lines,
        .removed_lines = file->removed_lines,
        .is_binary = file->binary,
        .old_mode = mode_text(s, file->old_mode),
        .new_mode = mode_text(s, file->new_mode),
    };
}

void change_files(Scope *s, const Change *change, RunFiles *out)
{
    out->base_sha = change->base_sha;
    out->head_sha = change->head_sha;
    out->is_cut = change->is_cut || change->files.count > CHANGE_FILES_MAX;
    EACH (const FileDiff, file, &change->files)
        if (out->files.count < CHANGE_FILES_MAX)
            *list_add(s, &out->files) = shown_file(s, file);
}

/* Whole sections, as many as fit: a cut one could not be read. */
void change_patch(Scope *s, const Change *change, const char *path, RunDiff *out)
{
    Buffer all = buffer_in(s);
    bool lossy;

    out->base_sha = change->base_sha;
    out->head_sha = change->head_sha;
    out->is_cut = change->is_cut && !path;
    EACH (const FileDiff, file, &change->files) {
        if (path && !text_equal(text_clean(s, bytes_of(file->path), &lossy), path))
            continue;
        if (all.size + file->patch.size > CHANGE_PATCH_MAX)
            out->is_cut = true;
        else
            buffer_bytes(&all, file->patch);
    }
    out->patch = text_clean(s, buffer_view(&all), &lossy);
}

/* ---- One file ---- */

static fallible commit_of(Scope *s, GitRepo *repo, const Run *run, bool old, const char **out)
{
    GitCommitInfo info;

    *out = run->commit_sha;
    if (!old)
        return OK;
    TRY(git_commit_info(s, repo, run->commit_sha, &info));
    *out = info.parents.count ? info.parents.items[0] : NULL;
    return OK;
}

static bool looks_binary(Bytes content)
{
    return content.size && memchr(content.data, 0, content.size) != NULL;
}

static fallible read_text(Scope *s, GitRepo *repo, const TreeEntry *entry, RunFile *out)
{
    Bytes content;
    bool lossy;

    TRY(git_blob_size(s, repo, entry->oid, &out->size));
    out->is_cut = out->size > CHANGE_TEXT_MAX;
    if (out->is_cut)
        return OK;
    TRY(git_read_blob(s, repo, entry->oid, CHANGE_TEXT_MAX, &content));
    out->size = (int64_t)content.size;
    out->is_binary = looks_binary(content);
    if (!out->is_binary)
        out->text = text_clean(s, content, &lossy);
    return OK;
}

fallible change_text(Scope *s, App *app, const Caller *caller, const FileAsk *ask, RunFile *out)
{
    const char *commit;
    TreeEntry entry;
    GitRepo *repo;
    Loaded of;
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, app->store, caller, &tx));
        TRY(load(s, tx, ask->run_id, &of));
    }
    *out = (RunFile){.path = ask->path, .side = ask->old ? "old" : "new"};
    TRY(committed(s, &of.run));
    TRY(open_here(s, app, &of.repo, &repo));
    TRY(commit_of(s, repo, &of.run, ask->old, &commit));
    if (!commit)
        return fail(s, MISSING, "%s was not there", ask->path);
    TRY(git_entry(s, repo, commit, ask->path, &entry));
    if (entry.mode == MODE_TREE || entry.mode == MODE_SUBMODULE)
        return fail_code(s, INVALID, "not_a_file", "%s is not a file", ask->path);
    return read_text(s, repo, &entry, out);
}
