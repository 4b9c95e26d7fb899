/* Trying dursor without a key: scripted models in this process, and a sample repository. */
#pragma once

#include "service/app.h"

/* True while no provider's key is set. */
bool demo_wanted(const Settings *settings);
/* Starts the scripted model server and offers its models. Ends with s. */
fallible demo_open(Scope *s, App *app);
/* Makes the sample repository, if it is not there. */
fallible demo_repository(Scope *s, App *app, const char **path);
/* The same, and adds it, so that it can be chosen; a thread's function (sys/thread.h), arg is the App. */
Error *demo_offer(Scope *s, void *arg);
