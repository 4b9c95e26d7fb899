/* RSA by OpenSSL's EVP. */

#include "forge/github_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "forge/forge.h"
#include "sys/crypto.h"

enum { RSA_BITS_MIN = 2048 };

static void close_bio(void *bio)
{
    BIO_free(bio);
}

static void close_key(void *key)
{
    EVP_PKEY_free(key);
}

static void close_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static fallible not_a_key(Scope *s)
{
    return fail_code(
        s, INVALID, "private_key_invalid",
        "the private key of the GitHub App is none: give the .pem file that GitHub made "
        "(RSA, 2048 bits or more, without a passphrase), as it is or in base64");
}

/* None is ever asked for on the terminal. */
static int no_passphrase(char *out, int size, int writing, void *arg)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

static fallible open_key(Scope *s, const char *pem, EVP_PKEY **out)
{
    size_t size = strlen(pem);
    BIO *bio = size <= RSA_KEY_PEM_MAX ? BIO_new_mem_buf(pem, (int)size) : NULL;

    if (!bio)
        return not_a_key(s);
    scope_undo(s, close_bio, bio);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    if (!key)
        return not_a_key(s);
    scope_undo(s, close_key, key);
    if (EVP_PKEY_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_bits(key) < RSA_BITS_MIN)
        return not_a_key(s);
    *out = key;
    return OK;
}

Error *rsa_sign(Scope *s, const char *pem, Bytes message, Bytes *out)
{
    SCOPE(tmp, s);
    EVP_PKEY *key;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = 0;

    scope_undo(tmp, close_context, context);
    TRY(open_key(tmp, pem, &key));
    if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(context, NULL, &size, (const uint8_t *)message.data, message.size) != 1)
        return fail(s, BUG, "OpenSSL does not sign");
    char *signature = scope_alloc(s, size);
    if (EVP_DigestSign(context, (uint8_t *)signature, &size, (const uint8_t *)message.data,
                       message.size) != 1)
        return fail(s, BUG, "OpenSSL does not sign");
    *out = (Bytes){signature, size};
    return OK;
}

/* A PEM on one line, as some tools write it into the environment. */
static const char *line_feeds(Scope *s, const char *typed)
{
    Buffer b = buffer_in(s);

    for (const char *at = typed; *at; at++) {
        if (text_starts(at, "\\n")) {
            buffer_char(&b, '\n');
            at++;
        } else {
            buffer_char(&b, *at);
        }
    }
    return buffer_string(&b);
}

static bool not_space(char c)
{
    return c != ' ' && c != '\n' && c != '\r' && c != '\t';
}

static const char *without_spaces(Scope *s, const char *typed)
{
    Buffer b = buffer_in(s);

    for (const char *at = typed; *at; at++)
        if (not_space(*at))
            buffer_char(&b, *at);
    return buffer_string(&b);
}

Error *forge_private_key(Scope *s, const char *typed, const char **pem)
{
    SCOPE(tmp, s);
    EVP_PKEY *key;
    Bytes decoded;
    const char *found = typed;

    if (strlen(typed) > 2 * RSA_KEY_PEM_MAX)
        return not_a_key(s);
    if (base64_decode(tmp, without_spaces(tmp, typed), &decoded) && utf8_valid(decoded))
        found = text_of(tmp, decoded);
    else if (strstr(typed, "\\n"))
        found = line_feeds(tmp, typed);
    TRY(open_key(tmp, found, &key));
    *pem = secret_copy(s, bytes_of(found)).data;
    return OK;
}
