/* Who is calling, and what that access allows: for testing it. */
#pragma once

#include "forge/forge.h"
#include "model/trial_views.h"

/* An App with its installations, or the user of a token. */
fallible github_who(Scope *s, const Forge *forge, GithubTested *out);
