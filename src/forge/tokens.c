/* Tokens of a process: a small table under a mutex, the oldest entry making room. */

#include "forge/tokens.h"

#include "sys/crypto.h"
#include "sys/thread.h"

enum { TOKENS_MAX = 128, TOKEN_BYTES_MAX = 1024 };

typedef struct Entry {
    Sha256 whose;
    char token[TOKEN_BYTES_MAX];
    int64_t until; /* clock_us; 0: free */
} Entry;

struct ForgeTokens {
    Mutex mutex;
    int64_t skew_us;
    Entry entries[TOKENS_MAX];
};

Error *forge_tokens_open(Scope *s, ForgeTokens **out)
{
    *out = (ForgeTokens *)(void *)secret_alloc(s, sizeof **out); /* wiped at the end */
    memset(*out, 0, sizeof **out);
    return OK;
}

static Entry *entry_of(ForgeTokens *tokens, const Sha256 *whose)
{
    for (size_t i = 0; i < TOKENS_MAX; i++)
        if (tokens->entries[i].until &&
            memcmp(&tokens->entries[i].whose, whose, sizeof *whose) == 0)
            return &tokens->entries[i];
    return NULL;
}

static Entry *entry_free(ForgeTokens *tokens)
{
    Entry *first = &tokens->entries[0];

    for (size_t i = 0; i < TOKENS_MAX; i++)
        if (tokens->entries[i].until < first->until)
            first = &tokens->entries[i];
    return first;
}

const char *token_find(Scope *s, ForgeTokens *tokens, const char *whose)
{
    Sha256 key = sha256(bytes_of(whose));
    const char *found = NULL;

    LOCKED (&tokens->mutex) {
        const Entry *entry = entry_of(tokens, &key);
        if (entry && entry->until > clock_us())
            found = secret_copy(s, bytes_of(entry->token)).data;
    }
    return found;
}

void token_keep(ForgeTokens *tokens, const char *whose, const char *token, int64_t us)
{
    Sha256 key = sha256(bytes_of(whose));
    size_t size = strlen(token);

    if (size >= TOKEN_BYTES_MAX || us <= 0)
        return; /* asked for anew each time */
    LOCKED (&tokens->mutex) {
        Entry *entry = entry_of(tokens, &key);
        entry = entry ? entry : entry_free(tokens);
        entry->whose = key;
        memcpy(entry->token, token, size + 1);
        entry->until = clock_us() + us;
    }
}

void token_drop(ForgeTokens *tokens, const char *whose)
{
    Sha256 key = sha256(bytes_of(whose));

    LOCKED (&tokens->mutex) {
        Entry *entry = entry_of(tokens, &key);
        if (entry)
            *entry = (Entry){0};
    }
}

int64_t tokens_skew(ForgeTokens *tokens)
{
    int64_t skew = 0;

    LOCKED (&tokens->mutex)
        skew = tokens->skew_us;
    return skew;
}

void tokens_skew_set(ForgeTokens *tokens, int64_t us)
{
    LOCKED (&tokens->mutex)
        tokens->skew_us = us;
}
