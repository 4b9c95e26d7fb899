/* One symmetric cipher call, for seal.c and fernet.c only. */
#pragma once

#include <openssl/evp.h>

#include "base/text.h"

/* name as EVP_CIPHER_fetch takes it. Freed with s. */
typedef struct Cipher {
    EVP_CIPHER *algorithm;
    EVP_CIPHER_CTX *context;
} Cipher;

fallible cipher_open(Scope *s, const char *name, Cipher *out);
