/* Names of branches. Pure. */
#pragma once

#include "base/text.h"

enum {
    BRANCH_NAME_MAX = 200, /* bytes, so that "refs/heads/NAME.lock" fits a file name */
    BRANCH_PREFIX_MAX = 100,
    BRANCH_TAIL = 8, /* hex digits of the run's id */
};

/* By git-check-ref-format(1), and besides not "HEAD", no leading '-', no single component over 200
 * bytes. */
bool branch_valid(const char *name);
/* What a person typed, as a prefix: absent or blank is "dursor"; blanks at the ends go, runs of them
 * inside become '-', slashes at the ends go. INVALID when that cannot begin a branch's name. */
fallible branch_prefix(Scope *s, const char *typed, const char **out);
/* "<prefix>/<last 8 hex digits of the run's id>". */
const char *branch_name(Scope *s, const char *prefix, const char *run_id);
