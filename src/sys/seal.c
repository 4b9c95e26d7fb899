/* AES-256-GCM; the form is described in crypto.h. */

#include "base/id.h"
#include "sys/cipher.h"
#include "sys/crypto.h"

enum {
    FORMAT = 1,
    HEAD_SIZE = 5, /* format and key version: authenticated beside the associated data */
    NONCE_SIZE = 12,
    TAG_SIZE = 16,
};

static const char not_ours[] = "the stored secret cannot be opened: it was changed, or belongs to "
                               "another place or key";

typedef struct Gcm {
    Cipher cipher;
    const unsigned char *key, *head, *nonce;
    Bytes associated;
} Gcm;

/* Starts the work and takes in what is only authenticated. */
static fallible gcm_begin(Scope *s, Gcm *gcm, int encrypt)
{
    EVP_CIPHER_CTX *context = gcm->cipher.context;
    int size;

    if (!EVP_CipherInit_ex2(context, gcm->cipher.algorithm, gcm->key, gcm->nonce, encrypt, NULL) ||
        !EVP_CipherUpdate(context, NULL, &size, gcm->head, HEAD_SIZE) ||
        (gcm->associated.size &&
         !EVP_CipherUpdate(context, NULL, &size, (const unsigned char *)gcm->associated.data,
                           (int)gcm->associated.size)))
        return fail(s, BUG, "AES-256-GCM does not start");
    return OK;
}

Error *seal(Scope *s, const SealKey *key, Bytes plain, Bytes associated, Bytes *out)
{
    SCOPE(tmp, s);
    int size;

    if (plain.size > SECRET_MAX || associated.size > SECRET_MAX)
        return fail(s, TOO_LARGE, "a secret of more than %d bytes is not sealed", SECRET_MAX);
    unsigned char *sealed = scope_alloc(s, SEAL_OVERHEAD + plain.size);
    unsigned char *nonce = sealed + HEAD_SIZE, *body = nonce + NONCE_SIZE;
    sealed[0] = FORMAT;
    for (int i = 0; i < 4; i++)
        sealed[1 + i] = (unsigned char)(key->version >> (24 - 8 * i));
    random_bytes(nonce, NONCE_SIZE);
    Gcm gcm = {.key = key->bytes, .head = sealed, .nonce = nonce, .associated = associated};
    TRY(cipher_open(tmp, "AES-256-GCM", &gcm.cipher));
    TRY(gcm_begin(s, &gcm, 1));
    EVP_CIPHER_CTX *context = gcm.cipher.context;
    if ((plain.size && !EVP_CipherUpdate(context, body, &size, (const unsigned char *)plain.data,
                                         (int)plain.size)) ||
        !EVP_CipherFinal_ex(context, body + plain.size, &size) ||
        !EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, body + plain.size))
        return fail(s, BUG, "AES-256-GCM does not seal");
    *out = (Bytes){(const char *)sealed, SEAL_OVERHEAD + plain.size};
    return OK;
}

Error *seal_key_version(Scope *s, Bytes sealed, uint32_t *out)
{
    const unsigned char *at = (const unsigned char *)sealed.data;
    uint32_t version = 0;

    if (sealed.size < SEAL_OVERHEAD || at[0] != FORMAT)
        return fail(s, INVALID, "the stored secret has no form that this version knows");
    for (int i = 0; i < 4; i++)
        version = version << 8 | at[1 + i];
    *out = version;
    return OK;
}

Error *seal_open(Scope *s, const SealKey *key, Bytes sealed, Bytes associated, Bytes *out)
{
    SCOPE(tmp, s);
    uint32_t version;
    int size = 0;

    TRY(seal_key_version(s, sealed, &version));
    if (version != key->version)
        return fail(s, INVALID, "the stored secret needs key version %u, not %u", version,
                    key->version);
    if (sealed.size > SECRET_MAX + SEAL_OVERHEAD || associated.size > SECRET_MAX)
        return fail(s, TOO_LARGE, "a secret has at most %d bytes", SECRET_MAX);
    const unsigned char *head = (const unsigned char *)sealed.data;
    const unsigned char *body = head + HEAD_SIZE + NONCE_SIZE;
    size_t plain_size = sealed.size - SEAL_OVERHEAD;
    /* Wiped with tmp when the tag does not fit; given out only when it does. */
    char *plain = secret_alloc(tmp, plain_size + 1);
    unsigned char tag[TAG_SIZE];
    memcpy(tag, body + plain_size, TAG_SIZE);
    Gcm gcm = {
        .key = key->bytes, .head = head, .nonce = head + HEAD_SIZE, .associated = associated};
    TRY(cipher_open(tmp, "AES-256-GCM", &gcm.cipher));
    TRY(gcm_begin(s, &gcm, 0));
    EVP_CIPHER_CTX *context = gcm.cipher.context;
    if ((plain_size &&
         !EVP_CipherUpdate(context, (unsigned char *)plain, &size, body, (int)plain_size)) ||
        !EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) ||
        !EVP_CipherFinal_ex(context, (unsigned char *)plain + size, &size))
        return fail(s, INVALID, "%s", not_ours);
    *out = secret_copy(s, (Bytes){plain, plain_size});
    return OK;
}
