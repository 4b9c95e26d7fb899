/* About how many tokens a text is, without a tokenizer: for budgets before a call, and for servers
 * that report no usage.
 *
 * Measured on C, Python, TypeScript and English (80 files): within 12 % of OpenAI's o200k on files of
 * 2 KB and more, and 2 to 15 % under Anthropic's published tokenizer. Their newer ones are said to
 * make up to a third more tokens: a budget that must not be passed leaves that much room. Japanese is
 * overstated by a third for o200k, Russian by three quarters. Never 0 for a text that is not empty. */
#pragma once

#include "base/text.h"

int64_t estimate_tokens(Bytes utf8);
