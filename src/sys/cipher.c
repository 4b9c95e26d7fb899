/* Ciphers are fetched at use: nothing is paid by who never seals, and the fetched ones are cached by
 * OpenSSL itself. */

#include "sys/cipher.h"

static void algorithm_free(void *algorithm)
{
    EVP_CIPHER_free(algorithm);
}

static void context_free(void *context)
{
    EVP_CIPHER_CTX_free(context);
}

Error *cipher_open(Scope *s, const char *name, Cipher *out)
{
    EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, name, NULL);

    if (!algorithm)
        return fail(s, UNSUPPORTED, "this OpenSSL has no %s", name);
    scope_undo(s, algorithm_free, algorithm);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (!context)
        return fail(s, UNAVAILABLE, "no memory for %s", name);
    scope_undo(s, context_free, context);
    *out = (Cipher){algorithm, context};
    return OK;
}
