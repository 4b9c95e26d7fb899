/* dursor api: the API and its streams of one process among several on one database. */
#pragma once

#include "base/error.h"

fallible cli_api(Scope *s, int argc, char **argv);
