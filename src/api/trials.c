/* Routes that say before a run whether models and GitHub answer, and what runs may cost. */

#include "service/trials.h"

#include "api/api.h"
#include "service/estimates.h"
#include "service/models.h"
#include "store/tasks.h"

static fallible model_typed(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const ModelCreate *in = rq->body;
    LlmModel model = {.provider = in->provider,
                      .model_name = in->model_name,
                      .base_url = in->base_url,
                      .api_key = in->api_key};
    ModelTested tested;

    TRY(llm_model_check(s, &model));
    TRY(model_trial(s, api->app, &model, &tested));
    return answer(reply, &tested);
}

static fallible model_stored(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    LlmModel model;
    ModelTested tested;
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, api->app->store, rq->caller, &tx));
        TRY(model_open(s, api->app, tx, path_part(rq, "model_id"), &model));
    }
    TRY(model_trial(s, api->app, &model, &tested));
    return answer(reply, &tested);
}

static fallible github(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    GithubTested tested;

    TRY(github_trial(s, api->app, rq->caller, &tested));
    return answer(reply, &tested);
}

static fallible estimate(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Estimate made;

    TRY(estimate_make(s, api->app, rq->caller, rq->body, &made));
    return answer(reply, &made);
}

static fallible task_estimate(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const TaskEstimateAsk *in = rq->body;
    EstimateAsk ask = {.instruction = in->instruction,
                       .model_ids = in->model_ids,
                       .base_ref = in->base_ref,
                       .max_cost_usd = in->max_cost_usd};
    Estimate made;
    {
        SCOPE(tmp, s);
        Task task;
        Tx *tx;
        TRY(tx_read(tmp, api->app->store, rq->caller, &tx));
        TRY(task_get(s, tx, path_part(rq, "task_id"), &task));
        ask.repo_id = task.repo_id;
    }
    TRY(estimate_make(s, api->app, rq->caller, &ask, &made));
    return answer(reply, &made);
}

static const int missing[] = {404, 0};

const Route trial_routes[] = {
    {HTTP_POST, "/v1/models/test", model_typed, .in = &model_create_type, .out = &model_tested_type,
     .status = 200, .role = ROLE_ADMIN,
     .about = "Ask a model that is not stored for a few words, with that key."},
    {HTTP_POST, "/v1/models/{model_id}/test", model_stored, .out = &model_tested_type,
     .status = 200, .role = ROLE_DEVELOPER, .fails = missing,
     .about = "Ask a model for a few words."},
    {HTTP_POST, "/v1/github/test", github, .out = &github_tested_type, .status = 200,
     .role = ROLE_ADMIN, .about = "Ask GitHub who is calling, and what the access allows."},
    {HTTP_POST, "/v1/estimate", estimate, .in = &estimate_ask_type, .out = &estimate_type,
     .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "What a run of each model may use and cost; nothing is started."},
    {HTTP_POST, "/v1/tasks/{task_id}/estimate", task_estimate, .in = &task_estimate_ask_type,
     .out = &estimate_type, .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "The same for the next message of a task."},
    {0},
};
