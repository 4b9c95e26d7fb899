/* dursor config: the settings in force, and where each was set.
 *
 *     dursor config             aligned lines: variable, value, origin
 *     dursor config --json      a list of {"variable","value","origin","about"}
 *     dursor config --example   the text of .env.example
 *
 * Secrets and passwords inside URLs are shown as ***. What is doubtful goes to standard error.
 */
#pragma once

#include "base/error.h"

/* argv[0] is the command's own name. INVALID for a wrong option or setting. */
fallible cli_config(Scope *s, int argc, char **argv);
