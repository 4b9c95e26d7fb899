/* Text and bytes in a scope.
 *
 * Text is a NUL-terminated const char *; bytes may hold anything and carry their length. What comes
 * from outside becomes text only through text_clean or a check with utf8_valid.
 */
#pragma once

#include <stdarg.h>
#include <string.h>

#include "base/error.h"
#include "base/list.h"

typedef struct Bytes {
    const char *data;
    size_t size;
} Bytes;

#define BYTES(literal) ((Bytes){literal, sizeof(literal) - 1})
Bytes bytes_of(const char *text); /* NULL gives no bytes */
Bytes bytes_copy(Scope *s, Bytes bytes);
bool bytes_equal(Bytes a, Bytes b);
/* Equal in a time that does not tell where they differ. */
bool bytes_equal_secretly(Bytes a, Bytes b);
/* Where needle begins in hay at or after from; -1 when nowhere. */
ptrdiff_t bytes_find(Bytes hay, Bytes needle, size_t from);
/* Takes the next line (without its LF, a CR kept) off the front; false at the end. */
bool bytes_line(Bytes *rest, Bytes *line);

const char *text(Scope *s, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
const char *text_v(Scope *s, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
const char *text_copy(Scope *s, const char *t); /* NULL stays NULL */
const char *text_of(Scope *s, Bytes bytes);     /* bytes up to the first NUL */
bool text_equal(const char *a, const char *b);  /* NULL equals only NULL */
bool text_empty(const char *t);                 /* NULL or "" */
bool text_starts(const char *t, const char *prefix);
bool text_ends(const char *t, const char *suffix);
const char *text_trim(Scope *s, const char *t);
const char *text_lower(Scope *s, const char *t); /* ASCII only */
const char *text_join(Scope *s, const TextList *parts, const char *between);
/* Empty parts are kept; an empty text gives one empty part. */
TextList text_split(Scope *s, const char *t, char at);
/* The whole text is a decimal number within min..max. */
bool text_integer(const char *t, int64_t min, int64_t max, int64_t *out);
/* Shell pattern with * ? [set]; * also matches '/'. */
bool text_matches(const char *t, const char *pattern);
/* The first count characters (not bytes), with "..." behind when cut. */
const char *text_head(Scope *s, const char *t, size_t count);

bool utf8_valid(Bytes bytes); /* strict; NUL is not valid here */
/* Bad bytes and NUL become U+FFFD. *lossy, which may be NULL, tells whether any did. */
const char *text_clean(Scope *s, Bytes bytes, bool *lossy);
size_t utf8_columns(const char *t); /* width on a terminal; wide characters count 2 */

/* Standard alphabet with padding / URL alphabet without; decoding is strict. */
const char *base64(Scope *s, Bytes bytes);
const char *base64url(Scope *s, Bytes bytes);
bool base64_decode(Scope *s, const char *t, Bytes *out);
bool base64url_decode(Scope *s, const char *t, Bytes *out); /* padding allowed */
const char *hex(Scope *s, Bytes bytes);
bool hex_decode(Scope *s, const char *t, Bytes *out);

/* A growing run of bytes. Always has a NUL behind its last byte. */
typedef struct Buffer {
    Scope *s;
    char *data;
    size_t size;
    size_t capacity;
} Buffer;

Buffer buffer_in(Scope *s);
void buffer_add(Buffer *b, const void *data, size_t size);
void buffer_char(Buffer *b, char c);
void buffer_text(Buffer *b, const char *t);
void buffer_bytes(Buffer *b, Bytes bytes);
void buffer_int(Buffer *b, int64_t value); /* in decimal */
void buffer_format(Buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_clear(Buffer *b); /* keeps the memory */
/* Drops the first size bytes. */
void buffer_drop(Buffer *b, size_t size);
Bytes buffer_view(const Buffer *b);
/* The content as text; the buffer may go on growing only if the text is no longer used. */
const char *buffer_string(Buffer *b);
