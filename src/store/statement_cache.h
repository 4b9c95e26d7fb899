/* Prepared statements of one connection, found by their text. Not thread-safe: a connection is used
 * by one thread at a time. */
#pragma once

#include "store/store.h"

enum {
    STATEMENTS_MAX = 512, /* prepared on one connection; the binary has about a hundred */
};

typedef struct StatementSlot {
    const char *key; /* where the text is */
    const char *sql; /* what it was: another text may stand at that place later */
    void *prepared;  /* the driver's; NULL in a new slot */
} StatementSlot;

typedef struct StatementCache {
    Scope *s; /* of the texts and what the driver keeps with them; made at first use, below owner */
    Scope *owner;
    size_t count;
    StatementSlot slots[2 * STATEMENTS_MAX];
} StatementCache;

/* The slot of this text, or a new one; NULL when the cache is full. A slot whose text has changed is
 * given with its former prepared, for the driver to undo: *stale tells. */
StatementSlot *statement_slot(StatementCache *cache, const char *sql, bool *stale);
void statement_cache_clear(StatementCache *cache);
