/* How far an import has come: a row for each table of the file that is taken, moved in the transactions of
 * its rows, so that an import that was killed goes on where it stood. */
#pragma once

#include "store/import_rows.h"
#include "store/store.h"

fallible import_places(Scope *s, Tx *tx, const char *source, ImportPlaceList *out);
/* CONFLICT when somebody else began at the same time. */
fallible import_place_begin(Scope *s, Tx *tx, const ImportPlace *place);
/* CONFLICT when it no longer stands where it stood. */
fallible import_place_move(Scope *s, Tx *tx, const ImportPlace *from, const ImportPlace *to);
fallible imports_forget(Scope *s, Tx *tx, const char *source);
