/* Paths in a repository that a model may neither see nor change. Pure.
 *
 * ".git .env .env.* *.key *.pem *.secret" hold for the whole path and for each of its components,
 * whatever their case. ".git" also in the spellings that NTFS and HFS+ take for it ("git~1",
 * ".git " or ".git::$INDEX_ALLOCATION", letters with ignorable Unicode between). ".gitmodules" may
 * be read, not written.
 */
#pragma once

#include "base/text.h"

enum {
    TREE_PATH_MAX = 4096,     /* bytes of a path */
    TREE_PATH_DEPTH_MAX = 64, /* components */
    TREE_NAME_MAX = 255,      /* bytes of one component */
};

extern const char *const forbidden_patterns[]; /* NULL at the end */

/* Why the path may not be written, as a phrase ("is absolute"); NULL when it may. Covers forbidden
 * paths, absolute ones (also "~/"), "." and "..", empty components, backslashes, control characters,
 * trailing dots and blanks, .gitmodules, and what is too long or too deep. */
const char *path_refused(const char *path);
/* Why it may not be read into a prompt or found by search: the forbidden ones only. NULL when it may. */
const char *path_hidden(const char *path);
