/* dursor backup and dursor restore: the whole state in one file. */
#pragma once

#include "base/error.h"

fallible cli_backup(Scope *s, int argc, char **argv);
fallible cli_restore(Scope *s, int argc, char **argv);
