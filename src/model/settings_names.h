/* Names of variables, and those that are near to one. Part of settings.h. */
#pragma once

#include "model/env_file.h"
#include "model/settings.h"

/* Names the settings file; can itself only be set in the environment. */
#define ENV_FILE_VARIABLE "DURSOR_ENV_FILE"

/* The known variable that a mistyped name most likely means; NULL when none is near. */
const char *setting_near(Scope *s, const char *name);

/* Adds a sentence for each DURSOR_ variable that no row knows, and for each line of the file whose
 * name is near to a known one. Names that only the former dursor knew are left in peace. */
void settings_warn_of_names(Scope *s, const char *const *variables, const EnvEntryList *entries,
                            TextList *warnings);
