/* Keys and claims, by OpenSSL directly. */

#include "test/forge/given.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

Error *given_key(Scope *s, int bits, const char **pem)
{
    EVP_PKEY *key = EVP_RSA_gen((unsigned)bits);
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;

    CHECK(key && bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1);
    long size = BIO_get_mem_data(bio, &data);
    *pem = text_of(s, (Bytes){data, (size_t)size});
    BIO_free(bio);
    EVP_PKEY_free(key);
    return OK;
}

bool claim_verifies(Scope *s, const char *claim, const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const char *dot = strrchr(claim, '.');
    Bytes signature = {0};
    bool good = base64url_decode(s, dot + 1, &signature) &&
                EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(context, (const uint8_t *)signature.data, signature.size,
                                 (const uint8_t *)claim, (size_t)(dot - claim)) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    BIO_free(bio);
    return good;
}

const char *claim_text(Scope *s, const char *claim)
{
    TextList parts = text_split(s, claim, '.');
    Bytes out = {0};

    return parts.count == 3 && base64url_decode(s, parts.items[1], &out) ? text_of(s, out) : "";
}
