/* dursor token: the bearer token with which programs reach the local server. */
#pragma once

#include "base/error.h"

fallible cli_token(Scope *s, int argc, char **argv);
