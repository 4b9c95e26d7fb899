/* About how many tokens a text is, without a tokenizer: for budgets before a call, and for servers
 * that report no usage. */
#pragma once

#include "base/text.h"

int64_t estimate_tokens(Bytes utf8);
