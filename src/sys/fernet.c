/* Fernet tokens, version 0x80: 0x80, 8 bytes of time, 16 bytes of IV, AES-128-CBC with PKCS#7, and
 * HMAC-SHA256 over all of that; base64url around it. */

#include "sys/cipher.h"
#include "sys/crypto.h"

enum {
    FERNET_VERSION = 0x80,
    ROUNDS = 100 * 1000,
    HEAD_SIZE = 1 + 8,
    BLOCK = 16, /* also the IV's size */
    TOKEN_MAX = 2 << 20,
};

const FernetKey *fernet_key(Scope *s, const char *key)
{
    Bytes derived =
        pbkdf2_sha256(s, bytes_of(key), BYTES("dursor_salt_v1"), ROUNDS, sizeof(FernetKey));

    return (const FernetKey *)(const void *)derived.data;
}

static Error *not_valid(Scope *s)
{
    return fail(s, INVALID,
                "the stored key cannot be opened: it was changed, or DURSOR_ENCRYPTION_KEY "
                "is not the one it was stored under");
}

static fallible decrypt(Scope *s, const FernetKey *key, const unsigned char *iv, Bytes cipher_text,
                        Bytes *out)
{
    Cipher cipher;
    int size = 0, rest = 0;
    unsigned char *plain = (unsigned char *)secret_alloc(s, cipher_text.size + BLOCK);

    TRY(cipher_open(s, "AES-128-CBC", &cipher));
    /* OpenSSL checks the padding strictly: 1 to 16, all bytes equal. */
    if (!EVP_CipherInit_ex2(cipher.context, cipher.algorithm, key->encryption, iv, 0, NULL) ||
        !EVP_CipherUpdate(cipher.context, plain, &size, (const unsigned char *)cipher_text.data,
                          (int)cipher_text.size) ||
        !EVP_CipherFinal_ex(cipher.context, plain + size, &rest))
        return not_valid(s);
    *out = (Bytes){(const char *)plain, (size_t)(size + rest)};
    return OK;
}

Error *fernet_open(Scope *s, const FernetKey *key, const char *token, const char **out)
{
    SCOPE(tmp, s);
    Bytes raw, plain;

    if (strlen(token) > TOKEN_MAX || !base64url_decode(tmp, token, &raw))
        return not_valid(s);
    if (raw.size < HEAD_SIZE + 2 * BLOCK + SHA256_SIZE ||
        (unsigned char)raw.data[0] != FERNET_VERSION)
        return not_valid(s);
    Bytes body = {raw.data, raw.size - SHA256_SIZE};
    Bytes code = {raw.data + body.size, SHA256_SIZE};
    Sha256 wanted = hmac_sha256((Bytes){(const char *)key->signing, sizeof key->signing}, body);
    if (!bytes_equal_secretly(sha256_view(&wanted), code))
        return not_valid(s);
    const unsigned char *iv = (const unsigned char *)raw.data + HEAD_SIZE;
    Bytes cipher_text = {raw.data + HEAD_SIZE + BLOCK, body.size - HEAD_SIZE - BLOCK};
    if (cipher_text.size % BLOCK)
        return not_valid(s);
    TRY(decrypt(tmp, key, iv, cipher_text, &plain));
    if (!utf8_valid(plain))
        return not_valid(s);
    *out = secret_copy(s, plain).data;
    return OK;
}
