/* The keys that seal secrets. */

#include "service/keys.h"

#include "base/id.h"
#include "service/app.h"
#include "sys/file.h"
#include "sys/thread.h"

enum {
    KEY_VERSION = 1,
    DERIVE_ROUNDS = 100 * 1000,
    KEY_FILE_MAX = 1024,
};

struct Keys {
    Mutex mutex;
    SealKey key;
    bool ready;
    const char *text; /* of the setting, derived at first use: it takes 30 ms */
};

static const char *own_key_path(Scope *s, const Settings *settings)
{
    return text(s, "%s/encryption-key", app_secrets_dir(s, settings));
}

bool keys_made(Scope *s, const Settings *settings)
{
    return file_exists(own_key_path(s, settings));
}

/* The random key of an installation that set none: 32 bytes in hex, made once, readable by one. */
static fallible own_key(Scope *s, const Settings *settings, SealKey *out)
{
    const char *path = own_key_path(s, settings);
    Bytes file, key;

    TRY(directory_make(s, app_secrets_dir(s, settings), 0700));
    if (!file_exists(path)) {
        Error *e =
            file_create(s, path, bytes_of(text(s, "%s\n", random_hex(s, SEAL_KEY_SIZE))), 0600);
        if (!failed_as(e, CONFLICT))
            TRY_WHILE(e, "making the encryption key");
    }
    TRY(file_read(s, path, KEY_FILE_MAX, &file));
    if (!hex_decode(s, text_trim(s, text_of(s, file)), &key) || key.size != SEAL_KEY_SIZE)
        return fail(
            s, INVALID,
            "%s is damaged: restore it from a backup, stored keys cannot be read without it", path);
    out->version = KEY_VERSION;
    memcpy(out->bytes, key.data, SEAL_KEY_SIZE);
    return OK;
}

Error *keys_open(Scope *s, const Settings *settings, Keys **out)
{
    Keys *keys = (Keys *)(void *)secret_alloc(s, sizeof *keys);

    keys->text = settings->encryption_key;
    if (text_empty(keys->text)) {
        SCOPE(tmp, s);
        TRY(own_key(tmp, settings, &keys->key));
        keys->ready = true;
    }
    *out = keys;
    return OK;
}

static SealKey key_now(Scope *s, Keys *keys)
{
    SealKey key;

    LOCKED (&keys->mutex) {
        if (!keys->ready) {
            Bytes derived = pbkdf2_sha256(s, bytes_of(keys->text), BYTES("dursor_seal_v1"),
                                          DERIVE_ROUNDS, SEAL_KEY_SIZE);
            keys->key.version = KEY_VERSION;
            memcpy(keys->key.bytes, derived.data, SEAL_KEY_SIZE);
            keys->ready = true;
        }
        key = keys->key;
    }
    return key;
}

static Bytes place_bytes(Scope *s, const SealPlace *place)
{
    return bytes_of(
        text(s, "%s/%s/%s/%s", place->tenant_id, place->table, place->row_id, place->column));
}

Error *keys_seal(Scope *s, Keys *keys, const SealPlace *place, const char *secret, Bytes *out)
{
    SealKey key = key_now(s, keys);

    return seal(s, &key, bytes_of(secret), place_bytes(s, place), out);
}

Error *keys_unseal(Scope *s, Keys *keys, const SealPlace *place, Bytes sealed, const char **out)
{
    SealKey key = key_now(s, keys);
    Bytes plain;
    Error *e = seal_open(s, &key, sealed, place_bytes(s, place), &plain);

    if (failed_as(e, INVALID))
        return fail_code(s, INVALID, "key_mismatch",
                         "the stored key of %s %s was sealed under another DURSOR_ENCRYPTION_KEY: "
                         "set that one, or store the "
                         "key again",
                         place->table, place->row_id);
    TRY(e);
    *out = plain.data;
    return OK;
}
