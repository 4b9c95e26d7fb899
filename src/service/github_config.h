/* How GitHub is reached, for a tenant: the App of the settings, else the App it has stored, else the
 * token DURSOR_GIT_TOKEN when that is for the same host. All values come from one of them, never mixed. */
#pragma once

#include "forge/forge.h"
#include "git/mirror.h"
#include "service/app.h"
#include "store/intents.h"
#include "store/repos.h"

fallible github_config_view(Scope *s, App *app, Tx *tx, GithubConfigView *out);
/* Checks the key and seals it. INVALID when the first one comes without a key, or the settings name an
 * App already. */
fallible github_config_save(Scope *s, App *app, Tx *tx, const GithubConfigSave *in,
                            GithubConfigView *out);

/* INVALID, "GitHub App not configured", code "github_not_configured", with what to set. */
fallible github_open(Scope *s, App *app, const Caller *caller, Forge *out);

/* Whether the address is one of this GitHub's, and then whose and which. */
bool github_name(Scope *s, const Settings *settings, const RepoUrl *url, ForgeName *out);
/* "https://github.com/owner/name". */
const char *github_address(Scope *s, const Settings *settings, const ForgeName *name);

/* Mirrors that reach the address with the App's token where one is needed and to be had; else those
 * of the process. */
fallible github_mirrors(Scope *s, App *app, const Caller *caller, const RepoUrl *url,
                        const Mirrors **out);
/* The same with that access, which must be there. */
fallible github_mirrors_with(Scope *s, App *app, const Forge *forge, const char *owner,
                             const Mirrors **out);
