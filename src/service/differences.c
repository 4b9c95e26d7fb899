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

static fallible load_both(Scope *s, App *app, const Caller *caller, const ChangeAsk *ask,
                          Loaded pair[2])
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, app->store, caller, &tx));
    TRY(load(s, tx, ask->run_id, &pair[0]));
    return load(s, tx, ask->against, &pair[1]);
}

/* What the repository knows of a run's commit; first parent NULL when it has none. */
typedef struct Place {
    GitRepo *repo;
    const char *commit, *parent;
} Place;

/* *found is false when this machine has no copy of the repository, or one without that commit. */
static fallible find_place(Scope *s, App *app, const Loaded *of, Place *out, bool *found)
{
    Place place = {.commit = of->run.commit_sha};
    GitCommitInfo info;

    *found = false;
    TRY(repo_look(s, app, &of->repo, &place.repo));
    if (!place.repo)
        return OK;
    Error *e = git_commit_info(s, place.repo, place.commit, &info);
    if (failed_as(e, MISSING))
        return OK;
    TRY(e);
    place.parent = info.parents.count ? info.parents.items[0] : NULL;
    *out = place;
    *found = true;
    return OK;
}

static fallible not_here(Scope *s, const char *what, const Repo *repo)
{
    return error_param(
        fail_code(s, CONFLICT, "repo_not_here",
                  "%s of %s is not on this server yet: ask one that has it, or start a run in "
                  "the repository here",
                  what, repo->repo_url),
        "repo", repo->repo_url);
}

static fallible get_place(Scope *s, App *app, const Loaded *of, Place *out)
{
    bool found;

    if (!of->run.commit_sha)
        return fail_code(s, CONFLICT, "run_without_changes",
                         "run %s has no commit: only its own change can be shown, if there is one",
                         of->run.id);
    TRY(find_place(s, app, of, out, &found));
    return found ? OK : not_here(s, text(s, "the result of run %s", of->run.id), &of->repo);
}

/* ---- Of one run ---- */

/* Files over a limit of the stored patch are known by name only. */
static fallible add_omitted(Scope *s, const Run *run, Change *change)
{
    size_t in_patch = change->files.count;

    EACH (const FileChange, file, &run->files_changed) {
        bool there = false;
        for (size_t i = 0; i < in_patch && !there; i++)
            there =
                text_equal(text_clean(s, bytes_of(change->files.items[i].path), NULL), file->path);
        if (!there)
            *list_add(s, &change->files) =
                (FileDiff){.path = file->path,
                           .old_path = file->old_path,
                           .status = name_find(file_status_names, file->status),
                           .added_lines = file->added_lines,
                           .removed_lines = file->removed_lines,
                           .binary = file->binary,
                           .omitted = true};
        TRY(scope_check(s));
    }
    change->is_cut = change->files.count > in_patch;
    return OK;
}

/* The stored patch is what was committed on the commit's first parent. */
static fallible own_change(Scope *s, App *app, const Caller *caller, const ChangeAsk *ask,
                           Change *out)
{
    Change change = {0};
    Bytes patch = {0};
    Loaded of;
    Place place;
    bool here = false;
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, app->store, caller, &tx));
        TRY(load(s, tx, ask->run_id, &of));
        TRY(run_patch_get(s, tx, of.run.id, &patch));
    }
    if (patch.size)
        TRY(patch_parse(s, patch, &change.files));
    if ((size_t)of.run.files_count > change.files.count)
        TRY(add_omitted(s, &of.run, &change));
    if (of.run.commit_sha)
        TRY(find_place(s, app, &of, &place, &here));
    change.head_sha = of.run.commit_sha;
    change.base_sha = here ? place.parent : NULL;
    *out = change;
    return OK;
}

/* ---- Between two runs ---- */

fallible change_load(Scope *s, App *app, const Caller *caller, const ChangeAsk *ask, Change *out)
{
    DiffLimits limits = {.bytes = CHANGE_PATCH_MAX};
    DiffResult found = {0};
    Loaded pair[2];
    Place to, from;

    if (text_empty(ask->against))
        return own_change(s, app, caller, ask, out);
    TRY(load_both(s, app, caller, ask, pair));
    if (!text_equal(pair[0].repo.id, pair[1].repo.id))
        return fail_code(s, INVALID, "runs_of_other_repos",
                         "runs %s and %s are of different repositories", ask->run_id, ask->against);
    TRY(get_place(s, app, &pair[0], &to));
    TRY(get_place(s, app, &pair[1], &from));
    DiffRange range = {from.commit, to.commit, limits};
    TRY(git_diff_between(s, to.repo, &range, &found));
    *out = (Change){range.from, range.to, found.files, !found.complete};
    return OK;
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

static bool looks_binary(Bytes content)
{
    return content.size && memchr(content.data, 0, content.size) != NULL;
}

static fallible read_text(Scope *s, GitRepo *repo, const TreeEntry *entry, RunFile *out)
{
    Bytes content;
    bool lossy;

    out->is_cut = out->size > CHANGE_TEXT_MAX;
    if (out->is_cut)
        return OK;
    TRY(git_read_blob(s, repo, entry->oid, CHANGE_TEXT_MAX, &content));
    out->is_binary = looks_binary(content);
    if (!out->is_binary)
        out->text = text_clean(s, content, &lossy);
    return OK;
}

fallible change_text(Scope *s, App *app, const Caller *caller, const FileAsk *ask, RunFile *out)
{
    TreeEntry entry;
    Place place;
    Loaded of;
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, app->store, caller, &tx));
        TRY(load(s, tx, ask->run_id, &of));
    }
    *out = (RunFile){.path = ask->path, .side = ask->old ? "old" : "new"};
    TRY(get_place(s, app, &of, &place));
    const char *commit = ask->old ? place.parent : place.commit;
    if (!commit)
        return fail(s, MISSING, "%s was not there", ask->path);
    TRY(git_entry(s, place.repo, commit, ask->path, &entry));
    if (entry.mode == MODE_TREE || entry.mode == MODE_SUBMODULE)
        return error_param(fail_code(s, INVALID, "not_a_file", "%s is not a file", ask->path),
                           "path", ask->path);
    TRY(git_blob_size(s, place.repo, entry.oid, &out->size));
    if (out->size < 0)
        return not_here(s, text(s, "the content of %s", ask->path), &of.repo);
    return read_text(s, place.repo, &entry, out);
}
