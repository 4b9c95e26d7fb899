/* Deliveries of GitHub's webhooks (docs.github.com/webhooks) and of workflows: news about pull requests
 * and checks that would else be found by asking. */
#pragma once

#include "service/app.h"
#include "service/webhook_news.h"

enum { WEBHOOK_BYTES_MAX = 25 << 20 /* GitHub sends no more */ };

/* As it came. */
typedef struct Delivery {
    const char *id;        /* X-GitHub-Delivery */
    const char *event;     /* X-GitHub-Event */
    const char *signature; /* X-Hub-Signature-256 */
    Bytes body;
} Delivery;

/* UNIDENTIFIED, "Invalid signature", without DURSOR_WEBHOOK_SECRET as with a wrong signature. The same
 * delivery again changes nothing. */
fallible webhook_take(Scope *s, App *app, const Delivery *delivery, WebhookAnswer *out);

/* A workflow of one's own tells its results (webhook_news.h); it gives neither id nor event. Proven like
 * GitHub's. The same again changes nothing either. */
fallible webhook_take_ci(Scope *s, App *app, const Delivery *delivery, CiAnswer *out);
