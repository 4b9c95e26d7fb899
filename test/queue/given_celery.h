/* Messages for tests: one as a stock client 5.6.3 sent it, and variations. */
#pragma once

#include "base/json.h"

extern const char stock_message[];

/* The path is keys with dots between: "properties.delivery_info.exchange". */
Bytes stock_without(Scope *s, const char *path);
/* With this JSON there. */
Bytes stock_with(Scope *s, const char *path, const char *json);
/* With that body, as base64. */
Bytes stock_with_body(Scope *s, const char *body);
/* The envelope with a text in the place of a top-level key. */
const char *stock_text(Scope *s, Bytes envelope, const char *key, const char *value);
/* Without headers, with that body. */
Bytes first_protocol(Scope *s, const char *body);
/* count zeros as a zlib stream, in base64. */
const char *deflated_zeros(Scope *s, size_t count);
/* All keys of an envelope in their order, and of its headers and properties. */
const char *keys_of(Scope *s, Bytes envelope);
