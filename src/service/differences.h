/* What a run changed: against its own start by the patch that was stored with it, against another run by
 * the repository here. Nothing is cloned or fetched for looking. */
#pragma once

#include "git/patch.h"
#include "model/difference_views.h"
#include "service/app.h"

enum {
    CHANGE_FILES_MAX = 3000,     /* that are listed */
    CHANGE_PATCH_MAX = 16 << 20, /* bytes that are shown at once */
    CHANGE_TEXT_MAX = 2 << 20,   /* bytes of one file's text */
    COMPARED_FILES_MAX = 20 * 1000,
};

typedef struct ChangeAsk {
    const char *run_id;
    const char *against; /* a run; NULL: what it started from */
} ChangeAsk;

typedef struct Change {
    const char *base_sha; /* NULL: nothing was committed, or not known on this machine */
    const char *head_sha; /* NULL: nothing was committed */
    FileDiffList files;   /* by path; their patches point into the whole */
    bool is_cut;          /* not all of it is there */
} Change;

/* MISSING; INVALID for runs of different repositories; CONFLICT with "run_without_changes" when one of two
 * runs has no commit, with "repo_not_here" while this machine does not have both commits; TOO_LARGE over
 * DIFF_FILES_MAX between two runs. */
fallible change_load(Scope *s, App *app, const Caller *caller, const ChangeAsk *ask, Change *out);
/* The first files with their patches, up to the limits; path NULL: all. */
void change_files(Scope *s, const Change *change, RunFiles *out);
void change_patch(Scope *s, const Change *change, const char *path, RunDiff *out);

typedef struct FileAsk {
    const char *run_id;
    const char *path;
    bool old; /* as the run found it, else as it left it */
} FileAsk;

/* MISSING also when the file was not there on that side. */
fallible change_text(Scope *s, App *app, const Caller *caller, const FileAsk *ask, RunFile *out);

/* Of out->task_id and out->message_id; NULL: the newest message that has runs. MISSING without such a task. */
fallible comparison_show(Scope *s, App *app, const Caller *caller, Comparison *out);
