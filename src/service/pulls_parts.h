/* The parts of pulls.h, for service/pulls*.c only. */
#pragma once

#include "git/merge.h"
#include "service/github_config.h"
#include "service/pulls.h"

/* All that a pull request of a run needs. */
typedef struct PullWork {
    App *app;
    const Caller *caller;
    Task task;
    Repo repo;
    Run run;
    Forge forge;
    ForgeName name; /* of the repository at the forge */
    Mirror *mirror; /* whose source is the forge, with a token */
    GitRepo *git;
    const char *base;   /* branch */
    const char *commit; /* the run's; NULL: none */
} PullWork;

/* INVALID as dursor always said: "Task not found: …", "Run not found: …", "Run has no working branch: …",
 * "Invalid GitHub URL: …". order->run_id NULL: no run. */
fallible pull_work_open(Scope *s, App *app, const Caller *caller, const PullOrder *order,
                        PullWork *out);
/* The run's commit, which must be there: INVALID "Run has no commits: …". */
fallible pull_work_commit(Scope *s, PullWork *w);

/* Something to be on a branch of the forge. */
typedef struct PullPush {
    const char *branch;
    const char *commit;
    const char *took;    /* the run's commit that the branch took last; NULL: not known */
    const char *message; /* of a commit that joins them; NULL: one that names them */
} PullPush;

/* Pushes, once: *head is where the branch is at the forge afterwards. */
fallible pull_push(Scope *s, PullWork *w, const PullPush *push, const char **head);

typedef struct PullText {
    const char *title;
    const char *body;
} PullText;

/* Written by the run's model when it has one, else from the run. In *out->body is what stands in dursor's
 * block: without markers. */
fallible pull_text_write(Scope *s, PullWork *w, PullText *out);

/* The template at a path, or the repository's default one; *out is NULL when there is none. */
fallible pull_template_read(Scope *s, PullWork *w, const char *path, const char **out);

/* A row from what the forge shows. */
Pull pull_of(const PullWork *w, const ForgePull *there);
fallible pull_store(Scope *s, PullWork *w, Pull *pull, const Intent *intent);
fallible pull_intend(Scope *s, PullWork *w, Intent *intent);
