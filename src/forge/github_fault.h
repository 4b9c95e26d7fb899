/* What GitHub's refusals mean, as kinds of failure with a sentence that says the next step. Pure. */
#pragma once

#include "base/json.h"
#include "net/http_client.h"

typedef struct GithubFault {
    const HttpReply *reply;
    json_t *body;      /* NULL when it was no JSON */
    const char *what;  /* "owner/name" */
    const char *doing; /* "creating the pull request" */
    Time date;         /* GitHub's clock */
} GithubFault;

/* Never NULL: the status is 300 or above. */
fallible github_fault(Scope *s, const GithubFault *fault) __attribute__((returns_nonnull));
