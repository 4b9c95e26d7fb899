/* Settings files: NAME=VALUE lines, as shells and dotenv libraries write them.
 *
 *     # a comment
 *     export DURSOR_PORT=8000          # the rest of a bare value's line may be a comment
 *     GREETING='kept as it is, # too'
 *     KEY="with \n \t \" \\ \$, and
 *     over several lines"
 *
 * A byte order mark and CR before LF are dropped, blanks around '=' too. Nothing is expanded: '$' is
 * an ordinary character. Of two lines for one name the later one counts.
 */
#pragma once

#include "base/text.h"

enum { ENV_NAME_MAX = 128 }; /* bytes */

typedef struct EnvEntry {
    const char *name;
    const char *value;
    int line; /* counted from 1 */
} EnvEntry;

typedef LIST_OF(EnvEntry) EnvEntryList;

/* INVALID names the line and what is wrong with it, never its text, which may be a secret. */
fallible env_file_parse(Scope *s, Bytes bytes, EnvEntryList *out);
/* NULL when no line has that name. */
const EnvEntry *env_entry_find(const EnvEntryList *entries, const char *name);
