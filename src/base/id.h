/* Identifiers: UUIDs of version 7 (RFC 9562), ordered by time, in lower case with hyphens. */
#pragma once

#include "base/text.h"

enum { ID_SIZE = 36 };

const char *id_new(Scope *s);
bool id_valid(const char *id); /* any UUID version, lower case */
/* The last count hex digits: the random end, different even for ids of one millisecond. */
const char *id_tail(Scope *s, const char *id, size_t count);
void random_bytes(void *out, size_t size);
/* count random bytes in hex. */
const char *random_hex(Scope *s, size_t count);
