/* What is said before money is spent: whether a model or GitHub answers, and what runs may cost. */
#pragma once

#include "model/views.h"

/* ---- Tests ---- */

/* A failed test is an answer, not an error of the request. */
typedef struct ModelTested {
    bool ok;
    int64_t latency_ms;      /* until the answer's end, or the failure */
    const char *answered_by; /* the model, as its provider names it */
    int64_t input_tokens, output_tokens;
    OptReal cost_usd;
    const char *code; /* of docs/errors.md */
    Json params;      /* for the translation of code */
    const char *error;
    const char *next_step;
} ModelTested;

typedef struct GithubInstallation {
    const char *account;
    int64_t id;
    const char *repositories; /* all, selected */
    Json permissions;         /* {"contents": "write", …} */
    TextList missing;         /* permissions that dursor needs and this lacks: "contents: write" */
} GithubInstallation;

typedef LIST_OF(GithubInstallation) GithubInstallationList;

typedef struct GithubTested {
    bool ok;
    int64_t latency_ms;
    const char *source; /* env, db, token; NULL: nothing is set */
    const char *login;  /* of the App or of the token's user */
    GithubInstallationList installations;
    TextList scopes;  /* of a classic token */
    TextList missing; /* scopes that dursor needs and a classic token lacks: "repo" */
    const char *code;
    Json params; /* for the translation of code */
    const char *error;
    const char *next_step;
} GithubTested;

/* ---- Estimates ---- */

typedef struct EstimateAsk {
    const char *repo_id;
    const char *instruction;
    TextList model_ids;
    const char *base_ref;
    OptReal max_cost_usd; /* of each run */
} EstimateAsk;

typedef struct TaskEstimateAsk {
    const char *instruction;
    TextList model_ids;
    const char *base_ref;
    OptReal max_cost_usd;
} TaskEstimateAsk;

typedef enum EstimateBasis { ESTIMATE_BY_SIZE = 1, ESTIMATE_BY_RUNS } EstimateBasis;
extern const Name estimate_basis_names[];

typedef struct ModelEstimate {
    const char *model_id;
    Provider provider;
    const char *model_name;
    const char *display_name;
    EstimateBasis basis;
    int64_t earlier_runs; /* of this model on this repository, that ended well */
    int64_t low_input_tokens, high_input_tokens;
    int64_t low_output_tokens, high_output_tokens;
    OptReal low_usd, high_usd; /* absent: no price is known */
    bool price_known;
    const char *note; /* English: what makes it doubtful; NULL: nothing */
    const char *note_code;
} ModelEstimate;

typedef LIST_OF(ModelEstimate) ModelEstimateList;

typedef struct Estimate {
    ModelEstimateList models;  /* in the order asked */
    OptReal low_usd, high_usd; /* of those with a price; absent when none has one */
    int64_t without_price;     /* models */
    int64_t repo_files;        /* of the base commit */
    int64_t repo_bytes;
    int64_t repo_tokens;
    int64_t context_tokens; /* what a run may be shown at most */
    bool fits;              /* the whole repository could be shown */
    const char *base_commit;
    const char *prices_date;
} Estimate;

extern const Type model_tested_type, github_installation_type, github_tested_type,
    estimate_ask_type, task_estimate_ask_type, model_estimate_type, estimate_type;
