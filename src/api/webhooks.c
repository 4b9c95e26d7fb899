/* The route that GitHub calls. It has no credential of ours: its signature is the proof. */

#include "service/webhooks.h"

#include "api/api.h"

static fallible github(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PairList *headers = &rq->http->headers;
    Delivery delivery = {header_get(headers, "X-GitHub-Delivery"),
                         header_get(headers, "X-GitHub-Event"),
                         header_get(headers, "X-Hub-Signature-256"), rq->http->body};
    WebhookAnswer view;

    if (delivery.body.size > WEBHOOK_BYTES_MAX)
        return fail(s, TOO_LARGE, "a delivery has at most %d bytes", WEBHOOK_BYTES_MAX);
    TRY(webhook_take(s, api->app, &delivery, &view));
    return answer(reply, &view);
}

static const int refusals[] = {400, 401, 413, 0};

const Route webhook_routes[] = {
    {HTTP_POST, "/v1/webhooks/github", github, .out = &webhook_answer_type, .status = 200,
     .fails = refusals,
     .about = "Take in a delivery of GitHub's webhooks, signed with DURSOR_WEBHOOK_SECRET."},
    {0},
};
