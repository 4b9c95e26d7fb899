/* dursor openapi and dursor doctor: what this program is, and how it is here. */
#pragma once

#include "base/error.h"

fallible cli_openapi(Scope *s, int argc, char **argv);
/* Fails when something has to be mended. */
fallible cli_doctor(Scope *s, int argc, char **argv);
