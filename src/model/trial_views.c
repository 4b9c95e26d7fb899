/* The tables of tests and estimates. */

#include "model/trial_views.h"

const Name estimate_basis_names[] = {{ESTIMATE_BY_SIZE, "size"}, {ESTIMATE_BY_RUNS, "runs"}, {0}};

const Type model_tested_type =
    TYPE(ModelTested, "Whether a model answers.", FIELD(ModelTested, ok, REQUIRED),
         FIELD(ModelTested, latency_ms, REQUIRED), FIELD(ModelTested, answered_by),
         FIELD(ModelTested, input_tokens, REQUIRED), FIELD(ModelTested, output_tokens, REQUIRED),
         FIELD(ModelTested, cost_usd), FIELD(ModelTested, code), FIELD(ModelTested, params),
         FIELD(ModelTested, error), FIELD(ModelTested, next_step));

const Type github_installation_type =
    TYPE(GithubInstallation, "Where the GitHub App is installed.",
         FIELD(GithubInstallation, account, REQUIRED), FIELD(GithubInstallation, id, REQUIRED),
         FIELD(GithubInstallation, repositories), FIELD(GithubInstallation, permissions),
         FIELD(GithubInstallation, missing, REQUIRED));

const Type github_tested_type =
    TYPE(GithubTested, "Whether GitHub answers, and what the access allows.",
         FIELD(GithubTested, ok, REQUIRED), FIELD(GithubTested, latency_ms, REQUIRED),
         FIELD(GithubTested, source), FIELD(GithubTested, login),
         LIST(GithubTested, installations, github_installation_type, REQUIRED),
         FIELD(GithubTested, scopes, REQUIRED), FIELD(GithubTested, missing, REQUIRED),
         FIELD(GithubTested, code), FIELD(GithubTested, params), FIELD(GithubTested, error),
         FIELD(GithubTested, next_step));

#define ASK_FIELDS(T)                                                                              \
    FIELD(T, instruction, REQUIRED, .least = 1, .most = INSTRUCTION_MAX),                          \
        FIELD(T, model_ids, REQUIRED, .least = 1, .most = RUNS_AT_ONCE_MAX),                       \
        FIELD(T, base_ref, 0, .most = NAME_MAX_BYTES),                                             \
        FIELD(T, max_cost_usd, 0, .about = "Of each run: no estimate goes over it.")

const Type estimate_ask_type = TYPE(EstimateAsk, "Runs that are being thought of.",
                                    FIELD(EstimateAsk, repo_id, REQUIRED), ASK_FIELDS(EstimateAsk));

const Type task_estimate_ask_type =
    TYPE(TaskEstimateAsk, "Runs that are being thought of in a task.", ASK_FIELDS(TaskEstimateAsk));

const Type model_estimate_type = TYPE(
    ModelEstimate, "What a run of a model may use.", FIELD(ModelEstimate, model_id, REQUIRED),
    ENUM(ModelEstimate, provider, provider_names, REQUIRED),
    FIELD(ModelEstimate, model_name, REQUIRED), FIELD(ModelEstimate, display_name),
    ENUM(ModelEstimate, basis, estimate_basis_names, REQUIRED),
    FIELD(ModelEstimate, earlier_runs, REQUIRED), FIELD(ModelEstimate, low_input_tokens, REQUIRED),
    FIELD(ModelEstimate, high_input_tokens, REQUIRED),
    FIELD(ModelEstimate, low_output_tokens, REQUIRED),
    FIELD(ModelEstimate, high_output_tokens, REQUIRED), FIELD(ModelEstimate, low_usd),
    FIELD(ModelEstimate, high_usd), FIELD(ModelEstimate, price_known, REQUIRED),
    FIELD(ModelEstimate, note), FIELD(ModelEstimate, note_code));

const Type estimate_type = TYPE(
    Estimate, "What runs may use and cost.", LIST(Estimate, models, model_estimate_type, REQUIRED),
    FIELD(Estimate, low_usd), FIELD(Estimate, high_usd), FIELD(Estimate, without_price, REQUIRED),
    FIELD(Estimate, repo_files, REQUIRED), FIELD(Estimate, repo_bytes, REQUIRED),
    FIELD(Estimate, repo_tokens, REQUIRED), FIELD(Estimate, context_tokens, REQUIRED),
    FIELD(Estimate, fits, REQUIRED), FIELD(Estimate, base_commit, REQUIRED),
    FIELD(Estimate, prices_date, REQUIRED));
