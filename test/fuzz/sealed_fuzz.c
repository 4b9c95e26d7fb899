/* Stored secrets of both forms: a sealed text and a Fernet token, whatever their bytes. */

#include "sys/crypto.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    const SealKey seal_key = {.version = 1, .bytes = {1}};
    const FernetKey key = {{1}, {1}};
    Bytes plain, sealed = {(const char *)data, size};
    const char *t;

    error_drop(seal_open(s, &seal_key, sealed, BYTES("place"), &plain), "only crashes count");
    error_drop(fernet_open(s, &key, text_of(s, sealed), &t), "only crashes count");
    error_drop(fernet_open(s, &key, base64url(s, sealed), &t), "only crashes count");
    return 0;
}
