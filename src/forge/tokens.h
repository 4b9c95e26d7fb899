/* The cache of tokens (forge.h). Of forge/ only. Whose they are is any text, kept as its hash. */
#pragma once

#include "forge/forge.h"

/* NULL when there is none that is still good; wiped with s. */
const char *token_find(Scope *s, ForgeTokens *tokens, const char *whose);
/* For us from now. */
void token_keep(ForgeTokens *tokens, const char *whose, const char *token, int64_t us);
void token_drop(ForgeTokens *tokens, const char *whose);

/* How far GitHub's clock is ahead of ours. */
int64_t tokens_skew(ForgeTokens *tokens);
void tokens_skew_set(ForgeTokens *tokens, int64_t us);
