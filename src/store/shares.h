/* Shared links of runs. What is stored of a token is its hash, so that who reads the database cannot open
 * a link. They go with their run. */
#pragma once

#include "model/share_views.h"
#include "store/store.h"

typedef struct ShareWant {
    const char *run_id;
    const char *token_hash; /* SHA-256 in hex */
    int64_t lasts_us;
} ShareWant;

/* MISSING when the tenant has no such run; CONFLICT, code "shares_full", when it has as many live ones as
 * it may. */
fallible share_insert(Scope *s, Tx *tx, const ShareWant *want, Share *out);
/* Newest first; those that ended longer ago than 30 days may be gone. */
fallible shares_of_run(Scope *s, Tx *tx, const char *run_id, ShareList *out);
/* Once more changes nothing. MISSING when the tenant has no such share. */
fallible share_revoke(Scope *s, Tx *tx, const char *id);

/* tx_system_read: the share whose token has that hash; not found when it has expired or was revoked. */
fallible share_find(Scope *s, Tx *tx, const char *token_hash, Share *out, bool *found);
