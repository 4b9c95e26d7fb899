/* What a model was given, in a form that can be kept: bounded, and without contents of files. */
#pragma once

#include "model/context_views.h"

enum {
    GIVEN_JSON_MAX = 60 << 10, /* bytes of the whole */
    GIVEN_SYSTEM_MAX = 16 << 10,
    GIVEN_PROMPT_MAX = 32 << 10,
    GIVEN_FILES_MAX = 200,
};

/* JSON of at most GIVEN_JSON_MAX bytes: longer texts end early, files too many are left out, and is_cut
 * says so. */
const char *given_json(Scope *s, const RunContext *context);
