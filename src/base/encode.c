/* Base64 (RFC 4648 §4, §5) and hex. */

#include "base/text.h"

static const char standard_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char hex_digits[] = "0123456789abcdef";

static const char *encode(Scope *s, Bytes bytes, const char *alphabet, bool padded)
{
    char *out = scope_alloc(s, (bytes.size + 2) / 3 * 4 + 1), *at = out;
    const unsigned char *in = (const unsigned char *)bytes.data;

    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i;
        uint32_t group = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                         (left > 2 ? in[i + 2] : 0);
        *at++ = alphabet[group >> 18];
        *at++ = alphabet[group >> 12 & 63];
        if (left > 1 || padded)
            *at++ = left > 1 ? alphabet[group >> 6 & 63] : '=';
        if (left > 2 || padded)
            *at++ = left > 2 ? alphabet[group & 63] : '=';
    }
    *at = 0;
    return out;
}

/* The size without padding, or SIZE_MAX when the padding is not what it has to be. */
static size_t unpadded(const char *t, bool padding_needed)
{
    size_t size = strlen(t), padding = 0;

    while (padding < size && padding < 3 && t[size - 1 - padding] == '=')
        padding++;
    size_t rest = (size - padding) % 4;
    if (rest == 1 || padding > 2)
        return SIZE_MAX;
    if ((padding || padding_needed) && size % 4 != 0)
        return SIZE_MAX;
    return size - padding;
}

static bool decode(Scope *s, const char *t, const char *alphabet, Bytes *bytes)
{
    size_t size = unpadded(t, alphabet == standard_alphabet);
    uint32_t group = 0;
    int bits = 0;

    if (size == SIZE_MAX)
        return false;
    char *out = scope_alloc(s, size / 4 * 3 + 4), *at = out;
    for (size_t i = 0; i < size; i++) {
        const char *digit = memchr(alphabet, t[i], 64);
        if (!digit)
            return false;
        group = group << 6 | (uint32_t)(digit - alphabet);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *at++ = (char)(group >> bits & 255);
        }
    }
    if (group & ((1U << bits) - 1))
        return false; /* bits that no encoder leaves */
    *bytes = (Bytes){out, (size_t)(at - out)};
    return true;
}

const char *base64(Scope *s, Bytes bytes)
{
    return encode(s, bytes, standard_alphabet, true);
}

const char *base64url(Scope *s, Bytes bytes)
{
    return encode(s, bytes, url_alphabet, false);
}

bool base64_decode(Scope *s, const char *t, Bytes *out)
{
    return decode(s, t, standard_alphabet, out);
}

bool base64url_decode(Scope *s, const char *t, Bytes *out)
{
    return decode(s, t, url_alphabet, out);
}

const char *hex(Scope *s, Bytes bytes)
{
    char *out = scope_alloc(s, bytes.size * 2 + 1);

    for (size_t i = 0; i < bytes.size; i++) {
        out[2 * i] = hex_digits[(unsigned char)bytes.data[i] >> 4];
        out[2 * i + 1] = hex_digits[bytes.data[i] & 15];
    }
    return out;
}

bool hex_decode(Scope *s, const char *t, Bytes *bytes)
{
    size_t size = strlen(t);
    char *out = scope_alloc(s, size / 2 + 1);

    if (size % 2)
        return false;
    for (size_t i = 0; i < size; i++) {
        const char *digit = memchr(hex_digits, t[i] | (t[i] >= 'A' && t[i] <= 'F' ? 32 : 0), 16);
        if (!digit)
            return false;
        out[i / 2] = (char)(out[i / 2] << 4 | (digit - hex_digits));
    }
    *bytes = (Bytes){out, size / 2};
    return true;
}
