/* A copy of the embedded database as it is at one moment, while others write to it. */
#pragma once

#include "store/store.h"

/* UNSUPPORTED for PostgreSQL, whose own tools do this. The file must not exist. */
fallible store_copy(Scope *s, const Store *store, const char *path);
