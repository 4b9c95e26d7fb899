/* The texts of a JSON array of texts, joined by line feeds, without a tree of values in between: a
 * log of millions of lines is read in its own size.
 *
 * Kinder than RFC 8259 where a log needs it: bytes that are not UTF-8 and control characters are taken
 * as they are, a half of a surrogate pair is U+FFFD.
 */
#pragma once

#include "base/text.h"

/* False when it is anything else; out then holds a part. */
bool json_texts_join(Bytes json, Buffer *out);
