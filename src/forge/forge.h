/* Where repositories live that take pull requests: GitHub, and servers that speak its REST API.
 *
 *     Forge forge = {&github_driver, access};
 *     TRY(forge.driver->pulls_of(s, &forge, &want, &pulls));   // look first
 *     TRY(forge.driver->pull_create(s, &forge, &want, &pull)); // then act
 *
 * A Forge belongs to the unit that opened it; its tokens (ForgeTokens) are one thread-safe cache of
 * the process. Calls carry no secret in their address, and errors name none. All lists are whole: every
 * page is read, up to FORGE_PAGES_MAX.
 *
 * How calls fail (kind, code):
 *   DENIED       forge_credentials (not accepted, with what to renew), forge_permission (which
 *                permission is missing), forge_archived, forge_sso, forge_protected
 *   MISSING      forge_hidden: absent, or not shown to this access, which GitHub does not tell apart
 *   INVALID      forge_branch_missing, forge_base_missing, forge_nothing_new, forge_refused
 *   CONFLICT     forge_pull_exists
 *   LIMITED      forge_limited, with the time to wait
 *   UNAVAILABLE, TIMEOUT, UPSTREAM as of net/http_client.h
 */
#pragma once

#include "model/pull_views.h"
#include "net/http_client.h"

enum {
    FORGE_PAGES_MAX = 100, /* of FORGE_PAGE rows */
    FORGE_PAGE = 100,
    FORGE_INSTALLATIONS_MAX = 100, /* of one app whose repositories are listed */
};

/* Tokens in memory until shortly before their end, by whose they are. Thread-safe. */
typedef struct ForgeTokens ForgeTokens;
fallible forge_tokens_open(Scope *s, ForgeTokens **out);

/* Whose access. With an app_id it is a GitHub App, else the personal token. Secrets: never logged. */
typedef struct ForgeAccess {
    const char *api_url; /* "https://api.github.com" or "https://HOST/api/v3" */
    HttpClient *http;
    ForgeTokens *tokens;
    const char *app_id;
    const char *private_key;     /* PEM */
    const char *installation_id; /* used when the owner has no installation of its own; may be NULL */
    const char *personal_token;
} ForgeAccess;

typedef struct ForgeDriver ForgeDriver;

typedef struct Forge {
    const ForgeDriver *driver;
    ForgeAccess access;
} Forge;

typedef struct ForgeName {
    const char *owner;
    const char *name;
} ForgeName;

typedef struct ForgeRepo {
    GithubRepo shown;
    bool archived;
    bool may_push;
} ForgeRepo;

/* A pull request there. */
typedef struct ForgePull {
    int64_t number;
    const char *url;
    const char *title;
    const char *body; /* NULL when empty */
    PullStatus status;
    const char *head; /* branch */
    const char *head_commit;
    const char *base;
} ForgePull;

typedef LIST_OF(ForgePull) ForgePullList;

/* Which pull request, or what it should become; NULL texts of an edit stay as they are. */
typedef struct ForgePullWant {
    ForgeName repo;
    int64_t number;
    const char *head; /* branch of the same repository */
    const char *base;
    const char *title;
    const char *body;
    bool draft; /* when it is created */
} ForgePullWant;

struct ForgeDriver {
    const char *name;
    /* A token for git over https to repositories of that owner. */
    fallible (*token)(Scope *s, const Forge *forge, const char *owner, const char **out);
    fallible (*repos)(Scope *s, const Forge *forge, GithubRepoList *out);
    fallible (*repo)(Scope *s, const Forge *forge, const ForgeName *name, ForgeRepo *out);
    fallible (*branches)(Scope *s, const Forge *forge, const ForgeName *name, TextList *out);
    fallible (*pull_create)(Scope *s, const Forge *forge, const ForgePullWant *want,
                            ForgePull *out);
    /* Of head, in any state, newest first. base may be NULL for any. */
    fallible (*pulls_of)(Scope *s, const Forge *forge, const ForgePullWant *want,
                         ForgePullList *out);
    fallible (*pull_get)(Scope *s, const Forge *forge, const ForgePullWant *want, ForgePull *out);
    fallible (*pull_edit)(Scope *s, const Forge *forge, const ForgePullWant *want, ForgePull *out);
};

extern const ForgeDriver github_driver;

/* "https://github.com" for "https://api.github.com", "https://HOST" for "https://HOST/api/v3". */
const char *forge_web_url(Scope *s, const char *api_url);
/* The PEM text of a private key given as PEM, as PEM with \n written out, or as base64 of PEM. INVALID
 * when it is no RSA private key of 2048 bits or more. */
fallible forge_private_key(Scope *s, const char *typed, const char **pem);
