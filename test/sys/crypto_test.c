/* Hashes against published vectors; seals against everything that may happen to them. */

#include "base/id.h"
#include "sys/crypto.h"
#include "test/test.h"

enum { KEY_VERSION = 7 };

static SealKey given_key(void)
{
    SealKey key = {.version = KEY_VERSION};

    random_bytes(key.bytes, sizeof key.bytes);
    return key;
}

/* FIPS 180-2, appendix B */
TEST(sha256_gives_the_published_sums)
{
    CHECK_TEXT(sha256_hex(s, BYTES("abc")),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_TEXT(sha256_hex(s, (Bytes){0}),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    return OK;
}

TEST(sha256_in_parts_is_the_same_sum)
{
    Hash *hash = hash_open(s);

    hash_add(hash, BYTES("a"));
    hash_add(hash, (Bytes){0});
    hash_add(hash, BYTES("bc"));
    Sha256 parts = hash_sum(hash), whole = sha256(BYTES("abc"));
    CHECK(bytes_equal(sha256_view(&parts), sha256_view(&whole)));
    return OK;
}

/* RFC 4231, cases 2 and 6 */
TEST(hmac_gives_the_published_codes)
{
    Sha256 code = hmac_sha256(BYTES("Jefe"), BYTES("what do ya want for nothing?"));
    CHECK_TEXT(hex(s, sha256_view(&code)),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    char key[131];
    memset(key, 0xaa, sizeof key);
    code = hmac_sha256((Bytes){key, sizeof key},
                       BYTES("Test Using Larger Than Block-Size Key - Hash Key First"));
    CHECK_TEXT(hex(s, sha256_view(&code)),
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    return OK;
}

TEST(hmac_takes_empty_keys_and_messages)
{
    Sha256 code = hmac_sha256((Bytes){0}, (Bytes){0});

    CHECK_TEXT(hex(s, sha256_view(&code)),
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    return OK;
}

/* RFC 7914, section 11 */
TEST(pbkdf2_gives_the_published_key)
{
    Bytes key = pbkdf2_sha256(s, BYTES("passwd"), BYTES("salt"), 1, 64);

    CHECK_TEXT(hex(s, key), "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacb"
                            "c49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
    return OK;
}

TEST(a_sealed_secret_opens_in_its_place)
{
    SealKey key = given_key();
    Bytes sealed, plain;
    uint32_t version;

    TRY(seal(s, &key, BYTES("sk-secret"), BYTES("local/models/1/key"), &sealed));
    CHECK_EQ(sealed.size, 9 + SEAL_OVERHEAD);
    CHECK(bytes_find(sealed, BYTES("secret"), 0) < 0);
    CHECK_EQ(sealed.data[0], 1);
    TRY(seal_key_version(s, sealed, &version));
    CHECK_EQ(version, KEY_VERSION);
    TRY(seal_open(s, &key, sealed, BYTES("local/models/1/key"), &plain));
    CHECK(bytes_equal(plain, BYTES("sk-secret")));
    CHECK_EQ(plain.data[plain.size], 0);
    return OK;
}

TEST(an_empty_secret_without_place_can_be_sealed)
{
    SealKey key = given_key();
    Bytes sealed, plain;

    TRY(seal(s, &key, (Bytes){0}, (Bytes){0}, &sealed));
    TRY(seal_open(s, &key, sealed, (Bytes){0}, &plain));
    CHECK_EQ(plain.size, 0);
    FAILS(INVALID, seal_open(s, &key, sealed, BYTES("place"), &plain));
    return OK;
}

TEST(the_same_secret_is_sealed_differently_each_time)
{
    SealKey key = given_key();
    Bytes a, b;

    TRY(seal(s, &key, BYTES("sk-secret"), BYTES("p"), &a));
    TRY(seal(s, &key, BYTES("sk-secret"), BYTES("p"), &b));
    CHECK(!bytes_equal(a, b));
    CHECK(memcmp(a.data + 5, b.data + 5, 12) != 0);
    return OK;
}

TEST(a_seal_with_any_bit_changed_does_not_open)
{
    SealKey key = given_key();
    Bytes sealed, plain = BYTES("untouched");

    TRY(seal(s, &key, BYTES("sk-secret"), BYTES("p"), &sealed));
    char *changed = scope_copy(s, sealed.data, sealed.size);
    for (size_t bit = 0; bit < sealed.size * 8; bit++) {
        changed[bit / 8] ^= (char)(1 << bit % 8);
        FAILS(INVALID, seal_open(s, &key, (Bytes){changed, sealed.size}, BYTES("p"), &plain));
        changed[bit / 8] ^= (char)(1 << bit % 8);
    }
    CHECK(bytes_equal(plain, BYTES("untouched")));
    return seal_open(s, &key, (Bytes){changed, sealed.size}, BYTES("p"), &plain);
}

TEST(a_cut_or_lengthened_seal_does_not_open)
{
    SealKey key = given_key();
    Bytes sealed, plain;

    TRY(seal(s, &key, BYTES("sk-secret"), BYTES("p"), &sealed));
    for (size_t size = 0; size < sealed.size; size++)
        FAILS(INVALID, seal_open(s, &key, (Bytes){scope_copy(s, sealed.data, size), size},
                                 BYTES("p"), &plain));
    char *longer = scope_alloc(s, sealed.size + 1);
    memcpy(longer, sealed.data, sealed.size);
    FAILS(INVALID, seal_open(s, &key, (Bytes){longer, sealed.size + 1}, BYTES("p"), &plain));
    return OK;
}

TEST(a_seal_does_not_open_elsewhere_or_with_another_key)
{
    SealKey key = given_key(), other = given_key(), newer = key;
    Bytes sealed, plain;

    newer.version++;
    TRY(seal(s, &key, BYTES("sk-secret"), BYTES("local/models/1/key"), &sealed));
    FAILS(INVALID, seal_open(s, &key, sealed, BYTES("local/models/2/key"), &plain));
    FAILS(INVALID, seal_open(s, &other, sealed, BYTES("local/models/1/key"), &plain));
    Error *e = seal_open(s, &newer, sealed, BYTES("local/models/1/key"), &plain);
    CHECK(failed_as(e, INVALID));
    CHECK_HAS(e->message, "key version 7, not 8");
    return OK;
}

TEST(a_secret_over_the_limit_is_not_sealed)
{
    SealKey key = given_key();
    Bytes sealed;
    size_t size = SECRET_MAX + 1;

    FAILS(TOO_LARGE, seal(s, &key, (Bytes){scope_alloc(s, size), size}, (Bytes){0}, &sealed));
    FAILS(TOO_LARGE, seal(s, &key, (Bytes){0}, (Bytes){scope_alloc(s, size), size}, &sealed));
    return seal(s, &key, (Bytes){scope_alloc(s, SECRET_MAX), SECRET_MAX}, (Bytes){0}, &sealed);
}

static void look(void *what)
{
    Bytes *seen = what;

    seen->size = (size_t)(memcmp(seen->data, "\0\0\0\0\0\0", 6) == 0);
}

TEST(a_secret_is_wiped_when_its_scope_closes)
{
    Bytes seen;

    {
        SCOPE(tmp, s);
        scope_undo(tmp, look, &seen); /* runs after the wiping, before the memory goes */
        seen.data = secret_copy(tmp, BYTES("secret")).data;
        CHECK(memcmp(seen.data, "secret", 7) == 0);
    }
    CHECK_EQ(seen.size, 1);
    return OK;
}
