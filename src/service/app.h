/* What a process is made of: the drivers its settings chose, opened once and shared by all threads. */
#pragma once

#include "bus/bus.h"
#include "forge/forge.h"
#include "git/mirror.h"
#include "llm/llm.h"
#include "llm/prices.h"
#include "model/settings.h"
#include "service/keys.h"
#include "store/store.h"

typedef struct App {
    const Settings *settings;
    Store *store;
    Bus *bus;
    const Mirrors *mirrors;
    HttpClient *http;
    ForgeTokens *forge_tokens;
    Llm *llm;
    const Prices *prices;
    Keys *keys;
    const char *demo_url; /* of the scripted models' server; NULL outside demo mode */
    Time started_at;
} App;

/* Opens everything that the settings name; the embedded default migrates its database first, after a
 * backup. Closed with s. */
fallible app_open(Scope *s, const Settings *settings, App **out);
/* <data>/secrets, mode 0700. */
const char *app_secrets_dir(Scope *s, const Settings *settings);
