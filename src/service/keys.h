/* The keys that seal what people entrust to the database (sys/crypto.h), versioned.
 *
 * DURSOR_ENCRYPTION_KEY gives version 1 by derivation; without it the first start makes a random key
 * in <data>/secrets/encryption-key. A Keys is thread-safe. */
#pragma once

#include "model/settings.h"
#include "sys/crypto.h"

typedef struct Keys Keys;

fallible keys_open(Scope *s, const Settings *settings, Keys **out);
/* Whether a start on this machine has made a key. */
bool keys_made(Scope *s, const Settings *settings);

/* What a sealed value is bound to: it opens nowhere else. */
typedef struct SealPlace {
    const char *tenant_id;
    const char *table;
    const char *row_id;
    const char *column;
} SealPlace;

fallible keys_seal(Scope *s, Keys *keys, const SealPlace *place, const char *secret, Bytes *out);
/* INVALID, code "key_mismatch", when it was sealed under another key. Wiped with s. */
fallible keys_unseal(Scope *s, Keys *keys, const SealPlace *place, Bytes sealed, const char **out);
