/* Who dursor is at GitHub: an App with a signed claim and short-lived tokens of its installations, or a
 * person's token. Of forge/github*.c only.
 *
 * The claim (JWT, RS256): iat a minute ago, exp nine minutes ahead, iss the app's id
 * (docs.github.com, "Generating a JSON Web Token for a GitHub App"). When GitHub's clock is far from
 * ours, its Date header corrects the claim and it is sent once more. */
#pragma once

#include "forge/forge.h"

/* The signed claim of an app at that time. */
fallible github_claim(Scope *s, const ForgeAccess *access, Time now, const char **out);

/* A bearer token for what belongs to the owner (NULL: the app's own installation). */
fallible github_token(Scope *s, const Forge *forge, const char *owner, const char **out);
/* Forgets what was cached for that owner: GitHub no longer accepts it. */
void github_token_drop(Scope *s, const Forge *forge, const char *owner);
/* The logins whose repositories the app is installed on, with the ids of the installations. */
typedef struct Installation {
    const char *id;
    const char *login;
    bool suspended;
} Installation;
typedef LIST_OF(Installation) InstallationList;
fallible github_installations(Scope *s, const Forge *forge, InstallationList *out);
/* The token of one installation. */
fallible github_installation_token(Scope *s, const Forge *forge, const char *id, const char **out);
void github_installation_drop(Scope *s, const Forge *forge, const char *id);
