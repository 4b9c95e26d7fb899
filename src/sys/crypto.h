/* Hashes, message codes and sealed secrets, all by OpenSSL. Nothing is loaded before its first use.
 *
 * A sealed text is
 *
 *     1 byte    0x01, this format
 *     4 bytes   version of the key, big-endian
 *     12 bytes  random nonce
 *     n bytes   ciphertext, AES-256-GCM
 *     16 bytes  tag
 *
 * and is bound to the first five bytes and to the associated data, which says where it belongs
 * ("tenant/table/row/column"): moved elsewhere it no longer opens. With random nonces one key may
 * seal 2^32 times (NIST SP 800-38D, 8.3).
 */
#pragma once

#include "base/text.h"

enum {
    SHA256_SIZE = 32,
    SEAL_KEY_SIZE = 32,
    SEAL_OVERHEAD = 1 + 4 + 12 + 16,
    SECRET_MAX = 1 << 20, /* bytes that are sealed at once */
};

typedef struct Sha256 {
    uint8_t bytes[SHA256_SIZE];
} Sha256;

Sha256 sha256(Bytes bytes);
const char *sha256_hex(Scope *s, Bytes bytes);
Sha256 hmac_sha256(Bytes key, Bytes message);
Bytes sha256_view(const Sha256 *sum);
/* In base64: only for protocols that ask for it (Content-MD5), never against an adversary. */
const char *md5_base64(Scope *s, Bytes bytes);

/* In parts. Closed with s; asked for its sum once. */
typedef struct Hash Hash;
Hash *hash_open(Scope *s);
void hash_add(Hash *hash, Bytes bytes);
Sha256 hash_sum(Hash *hash);

/* PBKDF2 with HMAC-SHA256. The result is wiped when s closes. */
Bytes pbkdf2_sha256(Scope *s, Bytes password, Bytes salt, int rounds, size_t size);

/* Memory for secrets: wiped when s closes. */
char *secret_alloc(Scope *s, size_t size);
/* A copy, with a NUL behind. */
Bytes secret_copy(Scope *s, Bytes bytes);

/* ---- Seals ---- */

typedef struct SealKey {
    uint32_t version;
    uint8_t bytes[SEAL_KEY_SIZE];
} SealKey;

fallible seal(Scope *s, const SealKey *key, Bytes plain, Bytes associated, Bytes *out);
/* The version of the key that opens it; INVALID when it is no sealed text. */
fallible seal_key_version(Scope *s, Bytes sealed, uint32_t *out);
/* INVALID when it was changed, cut, moved, or sealed with another key. *out is wiped with s. */
fallible seal_open(Scope *s, const SealKey *key, Bytes sealed, Bytes associated, Bytes *out);

/* ---- Fernet 0x80, the form in which the predecessor stored keys; only read ---- */

typedef struct FernetKey {
    uint8_t signing[16];
    uint8_t encryption[16];
} FernetKey;

/* From the text of DURSOR_ENCRYPTION_KEY: PBKDF2, 100,000 rounds, salt "dursor_salt_v1" (about
 * 30 ms). Wiped when s closes. */
const FernetKey *fernet_key(Scope *s, const char *key);
/* INVALID when the token is not valid for the key; the time stamp in it is not looked at. *out is
 * UTF-8 and wiped with s. */
fallible fernet_open(Scope *s, const FernetKey *key, const char *token, const char **out);
