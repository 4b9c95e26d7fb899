/* Run branches as bundles; for backup*.c only. */
#pragma once

#include "service/backup.h"

/* Writes the branches of the mirror that its source has not to a new file; *made is false when there
 * are none. */
fallible branches_save(Scope *s, App *app, const char *repo_id, const char *file, bool *made);
/* Clones the repository again and puts the branches of the file into its mirror. */
fallible branches_load(Scope *s, App *app, const char *repo_id, const char *file);
