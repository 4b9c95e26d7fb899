/* What a user prefers; of the caller only. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* All absent when nothing was ever saved. */
fallible preferences_get(Scope *s, Tx *tx, Preferences *out);
/* The same for a change: who comes next waits until this transaction ends. */
fallible preferences_open(Scope *s, Tx *tx, Preferences *out);
fallible preferences_save(Scope *s, Tx *tx, const Preferences *preferences);
