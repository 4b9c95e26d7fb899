/* Hashes, message codes, derived keys, and memory that is wiped. */

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "sys/crypto.h"

enum { MD5_SIZE = 16 };

/* OpenSSL fails here only without memory or when its installation is broken: both end the process,
 * as scope_alloc does, since a wrong hash must never be used. */
static void must(bool done)
{
    if (!done)
        abort();
}

Sha256 sha256(Bytes bytes)
{
    Sha256 sum;

    must(EVP_Q_digest(NULL, "SHA256", NULL, bytes.data, bytes.size, sum.bytes, NULL));
    return sum;
}

Bytes sha256_view(const Sha256 *sum)
{
    return (Bytes){(const char *)sum->bytes, SHA256_SIZE};
}

const char *sha256_hex(Scope *s, Bytes bytes)
{
    Sha256 sum = sha256(bytes);

    return hex(s, sha256_view(&sum));
}

const char *md5_base64(Scope *s, Bytes bytes)
{
    unsigned char sum[MD5_SIZE];

    must(EVP_Q_digest(NULL, "MD5", NULL, bytes.data, bytes.size, sum, NULL));
    return base64(s, (Bytes){(const char *)sum, sizeof sum});
}

Sha256 hmac_sha256(Bytes key, Bytes message)
{
    Sha256 sum;
    size_t size = 0;

    must(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key.size ? key.data : "", key.size,
                   (const unsigned char *)message.data, message.size, sum.bytes, SHA256_SIZE,
                   &size));
    must(size == SHA256_SIZE);
    return sum;
}

struct Hash {
    EVP_MD_CTX *context;
};

static void hash_close(void *what)
{
    Hash *hash = what;

    EVP_MD_CTX_free(hash->context);
}

Hash *hash_open(Scope *s)
{
    Hash *hash = NEW(s, Hash);

    hash->context = EVP_MD_CTX_new();
    must(hash->context && EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL));
    scope_undo(s, hash_close, hash);
    return hash;
}

void hash_add(Hash *hash, Bytes bytes)
{
    must(EVP_DigestUpdate(hash->context, bytes.data, bytes.size));
}

Sha256 hash_sum(Hash *hash)
{
    Sha256 sum;

    must(EVP_DigestFinal_ex(hash->context, sum.bytes, NULL));
    return sum;
}

typedef struct Secret {
    size_t size;
    char data[];
} Secret;

static void secret_wipe(void *what)
{
    Secret *secret = what;

    OPENSSL_cleanse(secret->data, secret->size);
}

char *secret_alloc(Scope *s, size_t size)
{
    Secret *secret = scope_alloc(s, sizeof(Secret) + size);

    secret->size = size;
    scope_undo(s, secret_wipe, secret);
    return secret->data;
}

Bytes secret_copy(Scope *s, Bytes bytes)
{
    char *data = secret_alloc(s, bytes.size + 1);

    if (bytes.size)
        memcpy(data, bytes.data, bytes.size);
    return (Bytes){data, bytes.size};
}

Bytes pbkdf2_sha256(Scope *s, Bytes password, Bytes salt, int rounds, size_t size)
{
    char *derived = secret_alloc(s, size);

    must(size < INT32_MAX && password.size < INT32_MAX && salt.size < INT32_MAX);
    must(PKCS5_PBKDF2_HMAC(password.size ? password.data : "", (int)password.size,
                           (const unsigned char *)salt.data, (int)salt.size, rounds, EVP_sha256(),
                           (int)size, (unsigned char *)derived));
    return (Bytes){derived, size};
}
