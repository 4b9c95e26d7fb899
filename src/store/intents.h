/* Effects outside, by the letter of intent: the row is written before the effect, the remote is looked at
 * before acting, and what is found there is adopted. A crash in between leaves a row that is begun; doing
 * the same again finds it, and finds what came of it at the remote.
 *
 *     TRY(intent_begin(s, tx, &intent));         // committed before the effect
 *     …look at the remote; act only when it is not there…
 *     TRY(intent_end(s, tx, &intent, result));   // with the row that records the effect
 */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* Begun, also when it was done before: whether it still holds is for the remote to say. *intent becomes
 * the row. */
fallible intent_begin(Scope *s, Tx *tx, Intent *intent);
fallible intent_end(Scope *s, Tx *tx, const Intent *intent, Json result);
/* MISSING when it never began. */
fallible intent_get(Scope *s, Tx *tx, const char *key, Intent *out);
