/* UUID version 7: 48 bits of milliseconds, then random bits. */

#include "base/id.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/time.h"

void random_bytes(void *out, size_t size)
{
    char *at = out;

    while (size) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno != EINTR)
            abort(); /* without random numbers nothing here is safe */
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
}

const char *id_new(Scope *s)
{
    unsigned char b[16];
    uint64_t ms = (uint64_t)(time_now().us / US_PER_MS);

    random_bytes(b, sizeof b);
    for (int i = 0; i < 6; i++)
        b[i] = (unsigned char)(ms >> (40 - 8 * i));
    b[6] = (unsigned char)(0x70 | (b[6] & 0x0f));
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
    return text(s, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
                b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                b[14], b[15]);
}

bool id_valid(const char *id)
{
    if (!id || strlen(id) != ID_SIZE)
        return false;
    for (int i = 0; i < ID_SIZE; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? id[i] != '-' : !strchr("0123456789abcdef", id[i]))
            return false;
    }
    return true;
}

const char *id_tail(Scope *s, const char *id, size_t count)
{
    Buffer digits = buffer_in(s);

    for (const char *c = id; *c; c++)
        if (*c != '-')
            buffer_char(&digits, *c);
    const char *all = buffer_string(&digits);
    return digits.size > count ? all + digits.size - count : all;
}

const char *random_hex(Scope *s, size_t count)
{
    char *bytes = scope_alloc(s, count);

    random_bytes(bytes, count);
    return hex(s, (Bytes){bytes, count});
}
