/* The routes that GitHub and its workflows call. They have no credential of ours: the signature is the
 * proof. */

#include "service/webhooks.h"

#include "api/api.h"

static fallible delivery_of(Scope *s, const Request *rq, Delivery *out)
{
    const PairList *headers = &rq->http->headers;

    *out =
        (Delivery){header_get(headers, "X-GitHub-Delivery"), header_get(headers, "X-GitHub-Event"),
                   header_get(headers, "X-Hub-Signature-256"), rq->http->body};
    if (out->body.size > WEBHOOK_BYTES_MAX)
        return fail(s, TOO_LARGE, "a delivery has at most %d bytes", WEBHOOK_BYTES_MAX);
    return OK;
}

static fallible github(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Delivery delivery;
    WebhookAnswer view;

    TRY(delivery_of(s, rq, &delivery));
    TRY(webhook_take(s, api->app, &delivery, &view));
    return answer(reply, &view);
}

static fallible ci(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Delivery delivery;
    CiAnswer view;

    TRY(delivery_of(s, rq, &delivery));
    TRY(webhook_take_ci(s, api->app, &delivery, &view));
    return answer(reply, &view);
}

static const int refusals[] = {400, 401, 413, 0};

const Route webhook_routes[] = {
    {HTTP_POST, "/v1/webhooks/github", github, .out = &webhook_answer_type, .status = 200,
     .fails = refusals,
     .about = "Take in a delivery of GitHub's webhooks, signed with DURSOR_WEBHOOK_SECRET."},
    {HTTP_POST, "/v1/webhooks/ci", ci, .out = &ci_answer_type, .status = 200, .fails = refusals,
     .about = "Take in the results that a workflow tells, signed like GitHub's deliveries."},
    {0},
};
