/* What deliveries say of pull requests and checks. Pure. */
#pragma once

#include "forge/forge.h"
#include "store/pulls.h"
#include "store/webhooks.h"

enum { CHECK_NAME_MAX = 200, CHECK_WORD_MAX = 40 /* characters; longer ones are cut */ };

typedef struct WebhookNews {
    PullPlace at; /* repo_url NULL: nothing for us. number 0: whose branch is at the checks' commit */
    ForgePull pull;   /* how it is now; number 0: not told */
    CheckNews checks; /* sha NULL: none */
} WebhookNews;

/* A delivery of GitHub: pull_request, check_run, check_suite, workflow_run and status; others hold
 * nothing for us (docs.github.com/webhooks/webhook-events-and-payloads). INVALID, "Invalid payload: …". */
fallible webhook_read(Scope *s, const char *event, Bytes body, WebhookNews *out);

/* What a workflow of one's own tells, as dursor always described it:
 *
 *     {"event": …, "repository": "owner/name", "ref": …, "sha": …, "pr_number": 7 or null,
 *      "workflow_run_id": 1, "conclusion": "failure", "jobs": {"test": "failure"}}
 *
 * web is where "owner/name" lives: "https://github.com". A conclusion that the jobs do not account for
 * stands beside them, under the event's name. INVALID likewise. */
fallible webhook_read_ci(Scope *s, const char *web, Bytes body, WebhookNews *out);
