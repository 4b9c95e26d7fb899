/* Text in a code fence that it cannot break out of: the fence is longer than any run of backticks
 * in it. */
#pragma once

#include "base/text.h"

/* ````info LF text LF ````; a missing last LF is added. */
void fence_add(Buffer *b, const char *info, Bytes text);
