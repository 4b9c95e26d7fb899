/* The tables of pull requests and of the access to the forge. */

#include "model/pull_views.h"

const Name pull_status_names[] = {
    {PULL_OPEN, "open"}, {PULL_MERGED, "merged"}, {PULL_CLOSED, "closed"}, {0}};

const Name pull_text_mode_names[] = {{PULL_TEXT_BOTH, "both"},
                                     {PULL_TEXT_DESCRIPTION, "description"},
                                     {PULL_TEXT_TITLE, "title"},
                                     {0}};

const Type pull_type =
    TYPE(Pull, "A pull request of a task.", FIELD(Pull, id, REQUIRED),
         FIELD(Pull, tenant_id, NO_JSON), FIELD(Pull, task_id, REQUIRED),
         FIELD(Pull, number, REQUIRED), FIELD(Pull, url, REQUIRED), FIELD(Pull, branch, REQUIRED),
         FIELD(Pull, base), FIELD(Pull, title, REQUIRED), FIELD(Pull, body),
         FIELD(Pull, latest_commit, REQUIRED), ENUM(Pull, status, pull_status_names, REQUIRED),
         FIELD(Pull, run_id), FIELD(Pull, run_commit, NO_JSON), FIELD(Pull, checked_at, NO_JSON),
         FIELD(Pull, created_at, REQUIRED), FIELD(Pull, updated_at, REQUIRED));

#define RUN_FIELD(T) FIELD(T, selected_run_id, REQUIRED, .about = "The run whose result it shows.")
#define FORM_FIELD(T)                                                                              \
    FIELD(T, template_path, 0, .most = 4096, .about = "A template of the repository."),            \
        FIELD(T, draft, 0, .preset = "false",                                                      \
              .about = "Created as a draft. Who creates it by hand chooses there.")

const Type pull_create_type =
    TYPE(PullCreate, "A pull request with a given text.", RUN_FIELD(PullCreate),
         FIELD(PullCreate, title, REQUIRED, .least = 1, .most = 4 * PULL_TITLE_MAX),
         FIELD(PullCreate, body, 0, .most = 4 * PULL_BODY_MAX),
         FIELD(PullCreate, base, 0, .most = NAME_MAX_BYTES), FORM_FIELD(PullCreate));

const Type pull_choice_type =
    TYPE(PullChoice, "The run to show.", RUN_FIELD(PullChoice), FORM_FIELD(PullChoice));

const Type pull_update_type =
    TYPE(PullUpdate, "Another run's result for a pull request.", RUN_FIELD(PullUpdate),
         FIELD(PullUpdate, message, 0, .most = 4096));

const Type pull_text_query_type =
    TYPE(PullTextQuery, "What is written again.",
         ENUM(PullTextQuery, mode, pull_text_mode_names, 0, .preset = "both"));

const Type pull_created_type =
    TYPE(PullCreated, "A pull request that is there now.", FIELD(PullCreated, pr_id, REQUIRED),
         FIELD(PullCreated, url, REQUIRED), FIELD(PullCreated, branch, REQUIRED),
         FIELD(PullCreated, number, REQUIRED));

const Type pull_link_type =
    TYPE(PullLink, "Where a person creates it by hand.", FIELD(PullLink, url, REQUIRED),
         FIELD(PullLink, branch, REQUIRED), FIELD(PullLink, base, REQUIRED));

const Type pull_link_job_type = TYPE(
    PullLinkJob, "A link that is being made: pending, completed or failed.",
    FIELD(PullLinkJob, job_id, REQUIRED), FIELD(PullLinkJob, status, REQUIRED),
    FIELD(PullLinkJob, result, 0, .about = "url, branch and base, when completed."),
    FIELD(PullLinkJob, error), FIELD(PullLinkJob, error_code), FIELD(PullLinkJob, error_params));

const Type pull_link_begun_type =
    TYPE(PullLinkBegun, "A link that is going to be made.", FIELD(PullLinkBegun, job_id, REQUIRED),
         FIELD(PullLinkBegun, status, REQUIRED));

const Type pull_synced_type =
    TYPE(PullSynced, "Whether the branch has a pull request.", FIELD(PullSynced, found, REQUIRED),
         FIELD(PullSynced, pr, 0, .about = "pr_id, url, branch and number, when found."));

const Type pull_updated_type =
    TYPE(PullUpdated, "A pull request that shows another commit.",
         FIELD(PullUpdated, url, REQUIRED), FIELD(PullUpdated, latest_commit, REQUIRED));

const Type github_config_view_type =
    TYPE(GithubConfigView, "How GitHub is reached. The private key is never shown.",
         FIELD(GithubConfigView, app_id), FIELD(GithubConfigView, app_id_masked),
         FIELD(GithubConfigView, installation_id), FIELD(GithubConfigView, installation_id_masked),
         FIELD(GithubConfigView, has_private_key, REQUIRED),
         FIELD(GithubConfigView, is_configured, REQUIRED), FIELD(GithubConfigView, source));

const Type github_config_save_type =
    TYPE(GithubConfigSave, "A GitHub App to use.",
         FIELD(GithubConfigSave, app_id, REQUIRED, .least = 1, .most = 64),
         FIELD(GithubConfigSave, installation_id, REQUIRED, .least = 1, .most = 64),
         FIELD(GithubConfigSave, private_key, 0, .most = 32 << 10));

const Type github_repo_type =
    TYPE(GithubRepo, "A repository at GitHub.", FIELD(GithubRepo, id, REQUIRED),
         FIELD(GithubRepo, name, REQUIRED), FIELD(GithubRepo, full_name, REQUIRED),
         FIELD(GithubRepo, owner, REQUIRED), FIELD(GithubRepo, default_branch, REQUIRED),
         FIELD(GithubRepo, private, REQUIRED));

const Type search_query_type = TYPE(RepoSearchQuery, "A part of the name.",
                                    FIELD(RepoSearchQuery, search, 0, .most = NAME_MAX_BYTES));

const Type webhook_answer_type =
    TYPE(WebhookAnswer, "What became of a delivery.", FIELD(WebhookAnswer, status, REQUIRED),
         FIELD(WebhookAnswer, event));

const Type ci_answer_type =
    TYPE(CiAnswer, "What became of a workflow's results.", FIELD(CiAnswer, status, REQUIRED),
         FIELD(CiAnswer, reason), FIELD(CiAnswer, failed_jobs, REQUIRED));

const Type template_names_type =
    TYPE(TemplateNames, "The pull request templates of a repository.",
         FIELD(TemplateNames, templates, REQUIRED), FIELD(TemplateNames, default_template));
