/* Keys that the predecessor stored: its vectors, and everything that must be refused. */

#include <openssl/evp.h>

#include "sys/crypto.h"
#include "test/test.h"

enum { VECTOR_SIZE = 89 };

typedef struct Vector {
    const char *key, *derived, *token, *plain;
} Vector;

static const Vector vectors[] = {
    {"correct horse battery staple",
     "0975483724991e0d097c8b8ac18743d4047a6d01d61c095afa1f480fbaf29b39",
     "gAAAAABpVbkAAAECAwQFBgcICQoLDA0OD2wWAvHDqqlaFVLeyMkU_"
     "uqsEVVWrTV7r9THR0QpTHYVDDKrgLjaUjEfnowJ4tEw9fTzDyizpeIVX6Ow8rabPwo=",
     "sk-test-0123456789"},
    {"test-encryption-key", "72c70357306af4c9bd6f3ca2a5c92327c7c8658fbef714b7c3851ba26544fe78",
     "gAAAAABlkgCAAAECAwQFBgcICQoLDA0OD_SWmVl73UWstkBqEH_sC0WbXpf3cl5QFpP-lhkYhfTSp_"
     "Wz63jLK1OiSIct2zjbsUWcdK0rAiPbUvRaEvxgBZY=",
     "sk-test-1234567890"},
};

TEST(tokens_of_the_predecessor_open)
{
    for (const Vector *v = vectors; v < vectors + COUNT_OF(vectors); v++) {
        const FernetKey *key = fernet_key(s, v->key);
        const char *plain;
        CHECK_TEXT(hex(s, (Bytes){(const char *)key, sizeof *key}), v->derived);
        TRY(fernet_open(s, key, v->token, &plain));
        CHECK_TEXT(plain, v->plain);
    }
    return OK;
}

static Bytes raw_token(Scope *s, const Vector *v)
{
    Bytes raw = {0};

    return base64url_decode(s, v->token, &raw) ? bytes_copy(s, raw) : raw;
}

static fallible opens(Scope *s, const FernetKey *key, Bytes raw)
{
    const char *plain;

    return fernet_open(s, key, base64url(s, raw), &plain);
}

TEST(a_token_with_any_bit_changed_is_refused)
{
    const FernetKey *key = fernet_key(s, vectors[0].key);
    Bytes raw = raw_token(s, &vectors[0]);
    char *at = (char *)(uintptr_t)raw.data;

    CHECK_EQ(raw.size, VECTOR_SIZE);
    for (size_t bit = 0; bit < raw.size * 8; bit++) {
        at[bit / 8] ^= (char)(1 << bit % 8);
        FAILS(INVALID, opens(s, key, raw));
        at[bit / 8] ^= (char)(1 << bit % 8);
    }
    return opens(s, key, raw);
}

TEST(a_cut_token_is_refused)
{
    const FernetKey *key = fernet_key(s, vectors[0].key);
    Bytes raw = raw_token(s, &vectors[0]);
    const char *plain;

    for (size_t size = 0; size < raw.size; size++)
        FAILS(INVALID, opens(s, key, (Bytes){raw.data, size}));
    for (size_t size = 0; size < strlen(vectors[0].token) - 1; size++)
        FAILS(INVALID, fernet_open(s, key, text(s, "%.*s", (int)size, vectors[0].token), &plain));
    return OK;
}

TEST(a_token_under_another_key_is_refused)
{
    const char *plain;

    FAILS(INVALID, fernet_open(s, fernet_key(s, vectors[1].key), vectors[0].token, &plain));
    FAILS(INVALID, fernet_open(s, fernet_key(s, ""), vectors[0].token, &plain));
    return OK;
}

TEST(what_is_no_token_is_refused)
{
    const FernetKey *key = fernet_key(s, vectors[0].key);
    const char *plain;

    FAILS(INVALID, fernet_open(s, key, "", &plain));
    FAILS(INVALID, fernet_open(s, key, "sk-plain-text", &plain));
    FAILS(INVALID, fernet_open(s, key, "gAAAAA==", &plain));
    FAILS(INVALID, fernet_open(s, key, text(s, "%s ", vectors[0].token), &plain));
    FAILS(INVALID,
          fernet_open(s, key, text(s, "%s%s", vectors[0].token, vectors[0].token), &plain));
    return OK;
}

/* Signs a body of our own making, so that only what lies behind the code's check can refuse it. */
static const char *signed_token(Scope *s, const FernetKey *key, Bytes cipher_text)
{
    Buffer b = buffer_in(s);

    buffer_char(&b, (char)0x80);
    for (int i = 0; i < 8 + 16; i++)
        buffer_char(&b, 0);
    buffer_bytes(&b, cipher_text);
    Sha256 code =
        hmac_sha256((Bytes){(const char *)key->signing, sizeof key->signing}, buffer_view(&b));
    buffer_bytes(&b, sha256_view(&code));
    return base64url(s, buffer_view(&b));
}

/* One block, without any padding of OpenSSL's. */
static fallible encrypted(Scope *s, const FernetKey *key, const char *block, Bytes *out)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char iv[16] = {0}, *to = scope_alloc(s, 32);
    int size = 0;
    bool done = EVP_EncryptInit_ex(context, EVP_aes_128_cbc(), NULL, key->encryption, iv) &&
                EVP_CIPHER_CTX_set_padding(context, 0) &&
                EVP_EncryptUpdate(context, to, &size, (const unsigned char *)block, 16);

    EVP_CIPHER_CTX_free(context);
    CHECK(done && size == 16);
    *out = (Bytes){(const char *)to, 16};
    return OK;
}

static fallible open_block(Scope *s, const FernetKey *key, const char *block, const char **plain)
{
    Bytes cipher_text;

    TRY(encrypted(s, key, block, &cipher_text));
    return fernet_open(s, key, signed_token(s, key, cipher_text), plain);
}

TEST(a_signed_token_with_wrong_padding_or_text_is_refused)
{
    const FernetKey *key = fernet_key(s, vectors[0].key);
    const char *plain;

    TRY(open_block(s, key, "abcdefghijklmn\2\2", &plain));
    CHECK_TEXT(plain, "abcdefghijklmn");
    FAILS(INVALID, open_block(s, key, "abcdefghijklmn\1\2", &plain));
    FAILS(INVALID, open_block(s, key, "abcdefghijklmno\0", &plain));
    FAILS(INVALID, open_block(s, key, "abcdefghijklmno\21", &plain));
    FAILS(INVALID, open_block(s, key, "abcdefghijklm\xff\2\2", &plain)); /* not UTF-8 */
    FAILS(INVALID, open_block(s, key, "abcdefghijklm\0\2\2", &plain));   /* NUL */
    return OK;
}

TEST(a_signed_token_of_broken_blocks_is_refused)
{
    const FernetKey *key = fernet_key(s, vectors[0].key);
    const char *plain;

    for (size_t size = 0; size < 48; size++)
        if (size % 16)
            FAILS(INVALID,
                  fernet_open(s, key, signed_token(s, key, (Bytes){scope_alloc(s, size), size}),
                              &plain));
    FAILS(INVALID, fernet_open(s, key, signed_token(s, key, (Bytes){0}), &plain));
    return OK;
}
