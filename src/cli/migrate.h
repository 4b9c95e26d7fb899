/* dursor migrate: the database's schema. */
#pragma once

#include "base/error.h"

fallible cli_migrate(Scope *s, int argc, char **argv);
