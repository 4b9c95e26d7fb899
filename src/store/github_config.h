/* The GitHub App that a tenant has stored; its private key is sealed (service/github_config.h). */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* *out is untouched when there is none. */
fallible github_config_find(Scope *s, Tx *tx, GithubConfig *out, bool *found);
/* Puts it in place of what was stored. */
fallible github_config_put(Scope *s, Tx *tx, const GithubConfig *config);
