/* What the tests of the forge share. */
#pragma once

#include "test/test.h"

/* A new RSA private key of that many bits, as PEM. */
fallible given_key(Scope *s, int bits, const char **pem);
/* Whether the signature of the claim was made with the key. */
bool claim_verifies(Scope *s, const char *claim, const char *pem);
/* What is in the claim's second part, as text. */
const char *claim_text(Scope *s, const char *claim);
