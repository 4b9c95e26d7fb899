/* dursor serve: API, page and workers in one process, until SIGINT or SIGTERM. */
#pragma once

#include "base/error.h"

fallible cli_serve(Scope *s, int argc, char **argv);
