/* Routes that say before a run whether models and GitHub answer, and what runs may cost. */

#include "api/api.h"
#include "model/trial_views.h"

static fallible not_yet(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    (void)api;
    (void)rq;
    (void)reply;
    return fail(s, UNSUPPORTED, "this version does not answer here");
}

static const int missing[] = {404, 0};

const Route trial_routes[] = {
    {HTTP_POST, "/v1/models/test", not_yet, .in = &model_create_type, .out = &model_tested_type,
     .status = 200, .role = ROLE_ADMIN,
     .about = "Ask a model that is not stored for a few words, with that key."},
    {HTTP_POST, "/v1/models/{model_id}/test", not_yet, .out = &model_tested_type, .status = 200,
     .role = ROLE_DEVELOPER, .fails = missing, .about = "Ask a model for a few words."},
    {HTTP_POST, "/v1/github/test", not_yet, .out = &github_tested_type, .status = 200,
     .role = ROLE_ADMIN, .about = "Ask GitHub who is calling, and what the access allows."},
    {HTTP_POST, "/v1/estimate", not_yet, .in = &estimate_ask_type, .out = &estimate_type,
     .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "What a run of each model may use and cost; nothing is started."},
    {HTTP_POST, "/v1/tasks/{task_id}/estimate", not_yet, .in = &task_estimate_ask_type,
     .out = &estimate_type, .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "The same for the next message of a task."},
    {0},
};
