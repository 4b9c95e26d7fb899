/* Deliveries of GitHub's webhooks (docs.github.com/webhooks): news about pull requests and checks that
 * would else be found by asking. */
#pragma once

#include "service/app.h"
#include "store/webhooks.h"

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

/* ---- What a payload says. Pure ---- */

typedef struct WebhookNews {
    const char *repo_url; /* "https://github.com/o/r"; NULL: nothing for us */
    ForgePull pull;       /* of event pull_request; number 0: none */
    CheckResult check;    /* of events check_run and status; sha NULL: none */
} WebhookNews;

/* INVALID, "Invalid payload: …". */
fallible webhook_read(Scope *s, const char *event, Bytes body, WebhookNews *out);
