/* Scripts, known to servers by the SHA-1 of their text. */

#include <openssl/evp.h>

#include "net/redis_parts.h"

enum { SHA1_SIZE = 20, BEFORE_KEYS = 3 /* EVALSHA, sha1, number of keys */ };

RedisScript redis_script(const char *script)
{
    RedisScript out = {.text = script};
    unsigned char sum[SHA1_SIZE] = {0};
    UNIT(s, NULL, "script");

    if (EVP_Digest(script, strlen(script), sum, NULL, EVP_sha1(), NULL) == 1)
        memcpy(out.sha1, hex(s, (Bytes){(const char *)sum, sizeof sum}), 2 * SHA1_SIZE);
    return out; /* without a sum the server does not know it, and gets the text each time */
}

Bytes redis_number(Scope *s, int64_t number)
{
    return bytes_of(text(s, "%lld", (long long)number));
}

RedisCommand redis_eval(Scope *s, const RedisEval *eval)
{
    size_t count = BEFORE_KEYS + eval->key_count + eval->arg_count;
    Bytes *args = NEW_ARRAY(s, Bytes, count);

    args[0] = BYTES("EVALSHA");
    args[1] = (Bytes){eval->script->sha1, sizeof eval->script->sha1 - 1};
    args[2] = redis_number(s, (int64_t)eval->key_count);
    for (size_t i = 0; i < eval->key_count; i++)
        args[BEFORE_KEYS + i] = eval->keys[i];
    for (size_t i = 0; i < eval->arg_count; i++)
        args[BEFORE_KEYS + eval->key_count + i] = eval->args[i];
    return (RedisCommand){.args = args,
                          .count = count,
                          .key = eval->key_count ? BEFORE_KEYS : 0,
                          .repeatable = eval->repeatable,
                          .script = eval->script};
}
