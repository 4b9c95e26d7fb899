/* Rows of pull requests' surroundings. Part of store/rows.h. */
#pragma once

#include "model/pull_views.h"

/* An effect outside (store/intents.h). */
typedef struct Intent {
    const char *tenant_id;
    const char *key; /* "pull:TASK:BRANCH:BASE": what is to be there once */
    const char *kind;
    Json detail;
    Json result;
    const char *status; /* begun or done */
    int64_t tries;
    Time created_at;
    Time updated_at;
} Intent;

/* The GitHub App that a tenant has stored (store/github_config.h). */
typedef struct GithubConfig {
    const char *tenant_id;
    const char *app_id;
    const char *installation_id;
    Bytes private_key_sealed;
    Time created_at;
    Time updated_at;
} GithubConfig;

extern const Type intent_type, github_config_type;
