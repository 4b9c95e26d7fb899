/* One request to GitHub's REST API, or all pages of a list. Of forge/github*.c only. */
#pragma once

#include "base/json.h"
#include "forge/forge.h"
#include "net/url.h"

typedef struct GithubCall {
    const char *method; /* NULL: GET */
    const char *path;   /* "/repos/o/r/pulls?state=all" */
    const char *bearer; /* secret */
    Bytes body;         /* JSON */
    const char *what;   /* "o/r", for sentences */
    const char *doing;  /* "creating the pull request" */
} GithubCall;

typedef struct GithubReply {
    json_t *json;
    Time date;          /* GitHub's clock; zero when it did not say */
    bool more;          /* there is a next page */
    const char *scopes; /* of a classic token, "repo, workflow"; NULL: not said */
} GithubReply;

/* Any status of 400 and above is an error (github_fault.h); *out then still has the date. A GET that
 * failed for a passing reason is asked again, twice. */
fallible github_call(Scope *s, const Forge *forge, const GithubCall *call, GithubReply *out);
/* The same as the App itself, with a signed claim in the place of call->bearer (github_auth.c). */
fallible github_call_as_app(Scope *s, const Forge *forge, const GithubCall *call, GithubReply *out);
/* What is at "key" of each page (NULL: the page itself), as one array. path has no per_page yet. */
fallible github_pages(Scope *s, const Forge *forge, const GithubCall *call, const char *key,
                      json_t **out);
