/* What a process is made of: the drivers its settings chose, opened once and shared by all threads. */
#pragma once

#include <stdatomic.h>

#include "bus/bus.h"
#include "forge/forge.h"
#include "git/mirror.h"
#include "llm/llm.h"
#include "llm/prices.h"
#include "model/settings.h"
#include "queue/job_queue.h"
#include "service/keys.h"
#include "store/store.h"

typedef struct App {
    const Settings *settings;
    Store *store;
    Bus *bus;
    Celery *celery;     /* NULL: jobs do not travel */
    Redis *queue_redis; /* through which it does */
    CeleryKeys queue_keys;
    JobQueue *job_queue;
    Rates *rates; /* NULL: nothing is limited */
    const Mirrors *mirrors;
    HttpClient *http;
    ForgeTokens *forge_tokens;
    Llm *llm;
    const Prices *prices;
    Keys *keys;
    const char *demo_url; /* of the scripted models' server; NULL outside demo mode */
    Time started_at;
    atomic_bool draining; /* asked to stop: not ready, whatever else works */
} App;

/* Opens everything that the settings name; the embedded default migrates its database first, after a
 * backup. Closed with s. */
fallible app_open(Scope *s, const Settings *settings, App **out);
/* The same for one process of several that share the database: nothing is migrated (CONFLICT names the
 * command), and what all must agree on is not made up by the first. */
fallible app_join(Scope *s, const Settings *settings, App **out);
/* <data>/secrets, mode 0700. */
const char *app_secrets_dir(Scope *s, const Settings *settings);
