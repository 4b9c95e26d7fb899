/* dursor import and dursor export: data in and out. */
#pragma once

#include "base/error.h"

/* Fails when rows were refused. */
fallible cli_import(Scope *s, int argc, char **argv);
fallible cli_export(Scope *s, int argc, char **argv);
