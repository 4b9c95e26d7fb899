/* dursor web: the pages, and the API of another process behind them. */
#pragma once

#include "base/error.h"

fallible cli_web(Scope *s, int argc, char **argv);
