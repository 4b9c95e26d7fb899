/* Names with values in the order they came: headers, query parameters. Header names compare without
 * regard to case, parameters with it. */
#pragma once

#include "base/text.h"

typedef struct Pair {
    const char *name;
    const char *value;
} Pair;

typedef LIST_OF(Pair) PairList;

/* Both texts are kept, not copied. */
void pairs_add(Scope *s, PairList *pairs, const char *name, const char *value);
/* The first value; NULL when there is none. */
const char *pairs_get(const PairList *pairs, const char *name);
const char *header_get(const PairList *headers, const char *name);
size_t header_count(const PairList *headers, const char *name);

/* Visible ASCII of RFC 9110 "token"; a value without control bytes (a tab is allowed). */
bool header_name_valid(const char *name);
bool header_value_valid(const char *value);
