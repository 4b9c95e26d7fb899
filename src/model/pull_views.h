/* Pull requests and the access to the forge, as clients send and see them. Old keys and nulls are
 * kept (dursor's /prs and /github routes). */
#pragma once

#include "model/views.h"

enum {
    PULL_TITLE_MAX = 256,       /* characters that GitHub takes */
    PULL_BODY_MAX = 65536,      /* characters that GitHub takes */
    PULL_TITLE_WRITTEN_MAX = 50 /* characters of a title that dursor writes itself */
};

typedef enum PullStatus { PULL_OPEN = 1, PULL_MERGED, PULL_CLOSED } PullStatus;
typedef enum PullTextMode {
    PULL_TEXT_BOTH = 1,
    PULL_TEXT_DESCRIPTION,
    PULL_TEXT_TITLE
} PullTextMode;

extern const Name pull_status_names[], pull_text_mode_names[];

/* A row of prs. latest_commit is where its branch was at the forge when dursor last looked; the last
 * run whose result went into it is run_id with run_commit. */
typedef struct Pull {
    const char *id;
    const char *tenant_id;
    const char *task_id;
    int64_t number;
    const char *url;
    const char *branch;
    const char *base;
    const char *title;
    const char *body;
    const char *latest_commit;
    PullStatus status;
    const char *run_id;
    const char *run_commit;
    Time checked_at; /* when the forge was last asked about it */
    Time created_at;
    Time updated_at;
} Pull;

typedef LIST_OF(Pull) PullList;

typedef struct PullCreate {
    const char *selected_run_id;
    const char *title;
    const char *body;
    const char *base;          /* NULL: the run's */
    const char *template_path; /* of the repository; NULL: its default one, used without a body */
    bool draft;
} PullCreate;

/* For all that need no more than a run: auto, link, sync. */
typedef struct PullChoice {
    const char *selected_run_id;
    const char *template_path;
    bool draft;
} PullChoice;

typedef struct PullUpdate {
    const char *selected_run_id;
    const char *message;
} PullUpdate;

typedef struct PullTextQuery {
    PullTextMode mode;
} PullTextQuery;

typedef struct PullCreated {
    const char *pr_id;
    const char *url;
    const char *branch;
    int64_t number;
} PullCreated;

typedef struct PullLink {
    const char *url;
    const char *branch;
    const char *base;
} PullLink;

/* A list of none or one: JSON shows it as an object or null. */
typedef struct PullLinkJob {
    const char *job_id;
    const char *status; /* pending, completed, failed */
    Json result;        /* of PullLink */
    const char *error, *error_code;
    Json error_params;
} PullLinkJob;

typedef struct PullLinkBegun {
    const char *job_id;
    const char *status;
} PullLinkBegun;

typedef struct PullSynced {
    bool found;
    Json pr; /* of PullCreated */
} PullSynced;

typedef struct PullUpdated {
    const char *url;
    const char *latest_commit;
} PullUpdated;

/* ---- The forge ---- */

typedef struct GithubConfigView {
    const char *app_id;
    const char *app_id_masked;
    const char *installation_id;
    const char *installation_id_masked;
    bool has_private_key;
    bool is_configured;
    const char *source; /* env, db, or "token" for DURSOR_GIT_TOKEN; NULL: none */
} GithubConfigView;

typedef struct GithubConfigSave {
    const char *app_id;
    const char *installation_id;
    const char *private_key; /* PEM, or base64 of it; NULL keeps the stored one */
} GithubConfigSave;

/* A repository that the access reaches. */
typedef struct GithubRepo {
    int64_t id;
    const char *name;
    const char *full_name;
    const char *owner;
    const char *default_branch;
    bool private;
} GithubRepo;

typedef LIST_OF(GithubRepo) GithubRepoList;

typedef struct RepoSearchQuery {
    const char *search; /* a part of the name, any case; NULL: all */
} RepoSearchQuery;

typedef struct WebhookAnswer {
    const char *status; /* received, repeated or ignored */
    const char *event;
} WebhookAnswer;

typedef struct CiAnswer {
    const char *status; /* received or ignored */
    const char *reason; /* why it was ignored; else NULL */
    TextList failed_jobs;
} CiAnswer;

typedef struct TemplateNames {
    TextList templates;
    const char *default_template; /* NULL: none */
} TemplateNames;

extern const Type pull_type, pull_create_type, pull_choice_type, pull_update_type,
    pull_text_query_type, pull_created_type, pull_link_type, pull_link_job_type,
    pull_link_begun_type, pull_synced_type, pull_updated_type, github_config_view_type,
    github_config_save_type, github_repo_type, search_query_type, webhook_answer_type,
    ci_answer_type, template_names_type;
