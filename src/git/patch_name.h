/* File names in patches, as git quotes them (core.quotePath): for patch*.c and diff*.c only. */
#pragma once

#include "base/text.h"

/* The name behind "--- " or "+++ ": without "a/" or "b/", without what stands behind a tab. *absent
 * tells "/dev/null". False when its quotes are broken. */
bool patch_side_name(Scope *s, Bytes line, const char **name, bool *absent);
/* The two names behind "diff --git ". False when they cannot be told apart. */
bool patch_head_names(Scope *s, Bytes line, const char **old_name, const char **new_name);
/* A whole line that is one name, quoted or not: behind "rename from ". */
bool patch_plain_name(Scope *s, Bytes line, const char **name);
/* Adds prefix and name, in quotes when the name needs them. */
void patch_quote(Buffer *b, const char *prefix, const char *name);
