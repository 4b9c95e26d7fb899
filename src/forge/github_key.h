/* The private key of a GitHub App. Of forge/ only. */
#pragma once

#include "base/text.h"

enum { RSA_KEY_PEM_MAX = 16 << 10 /* bytes */ };

/* RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2), by OpenSSL. */
fallible rsa_sign(Scope *s, const char *pem, Bytes message, Bytes *out);
