/* Pull requests from runs. Nothing here is done twice: each effect outside (push, pull request, text) is
 * an intent written before (store/intents.h), the forge is looked at before acting, and what is there is
 * adopted. So each call may be repeated after a crash at any point.
 *
 * They talk to the forge and to git, outside of transactions. Failures are those of forge/forge.h, of
 * git/mirror.h, and INVALID for rows that do not fit. */
#pragma once

#include "service/app.h"
#include "store/pulls.h"
#include "store/runs.h"
#include "store/tasks.h"

typedef struct PullOrder {
    const char *task_id;
    const char *run_id;
    const char *title; /* NULL: written by the run's model, or from its summary */
    const char *body;  /* likewise, within the repository's template */
    bool written;      /* a body that is absent is written as well; else it is the run's summary */
    const char *base;  /* NULL: the run's base branch, else the repository's default one */
    const char *template_path;
    bool draft;           /* when it is created */
    const char *checkout; /* the user's own, whose origin is the remote of a local repository */
} PullOrder;

/* Pushes the run's branch and makes its pull request, or adopts the open one it has. */
fallible pulls_create(Scope *s, App *app, const Caller *caller, const PullOrder *order, Pull *out);
/* Pushes, and says where a person makes it. */
fallible pulls_link(Scope *s, App *app, const Caller *caller, const PullOrder *order,
                    PullLink *out);
/* Takes in a pull request of the run's branch that somebody made by hand; out->number is 0 when there is
 * none. */
fallible pulls_sync(Scope *s, App *app, const Caller *caller, const PullOrder *order, Pull *out);

typedef struct PullTarget {
    const char *task_id;
    const char *pull_id;
    const PullUpdate *update; /* of pulls_update */
    PullTextMode mode;        /* of pulls_rewrite */
} PullTarget;

/* Brings a run's result into the pull request: forward when its branch continues it, else as a commit
 * on top that keeps what people added since. CONFLICT with code merge_conflict when both changed the
 * same. */
fallible pulls_update(Scope *s, App *app, const Caller *caller, const PullTarget *target,
                      Pull *out);
/* Writes title, description or both again; of a description only dursor's own block is replaced. */
fallible pulls_rewrite(Scope *s, App *app, const Caller *caller, const PullTarget *target,
                       Pull *out);
/* Takes in its state from the forge. */
fallible pulls_refresh(Scope *s, App *app, const Caller *caller, const PullTarget *target,
                       Pull *out);

/* Looks at open ones that nobody has told of for a minute; those of all tenants. */
fallible pulls_poll(Scope *s, App *app);

/* The repository's templates by path, the default one first. */
fallible pulls_templates(Scope *s, App *app, const Caller *caller, const char *repo_id,
                         TemplateNames *out);

/* A link that is made by a worker (job "pull_link"), since a model may write its text. */
fallible pulls_link_begin(Scope *s, App *app, Tx *tx, const PullOrder *order, const char **job_id);
/* MISSING, "Job not found". */
fallible pulls_link_job(Scope *s, Tx *tx, const char *job_id, PullLinkJob *out);
