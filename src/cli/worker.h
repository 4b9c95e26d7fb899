/* dursor worker: jobs of one process among several on one database. */
#pragma once

#include "base/error.h"

fallible cli_worker(Scope *s, int argc, char **argv);
