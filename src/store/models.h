/* Model profiles of the caller's tenant. Keys arrive and leave sealed (service/keys.h). */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* Fills created_at. The id must be there: the sealed key is bound to it. */
fallible model_profile_insert(Scope *s, Tx *tx, ModelProfile *profile);
fallible model_profile_get(Scope *s, Tx *tx, const char *id, ModelProfile *out);
/* Newest first. */
fallible model_profile_list(Scope *s, Tx *tx, Page *page, ModelProfileList *out);
/* MISSING when there is none. Runs keep their copy of its name. */
fallible model_profile_delete(Scope *s, Tx *tx, const char *id);
