/* Open addressing by the address of the text; texts are compared when an address is met again. */

#include "store/statement_cache.h"

static size_t place_of(const char *sql)
{
    return ((uintptr_t)sql >> 3) * 0x9e3779b97f4a7c15ULL >> 40;
}

StatementSlot *statement_slot(StatementCache *cache, const char *sql, bool *stale)
{
    size_t size = COUNT_OF(cache->slots), i = place_of(sql) % size;

    *stale = false;
    while (cache->slots[i].key && cache->slots[i].key != sql)
        i = (i + 1) % size;
    StatementSlot *slot = &cache->slots[i];
    if (slot->key && text_equal(slot->sql, sql))
        return slot;
    if (!slot->key && cache->count == STATEMENTS_MAX)
        return NULL;
    if (!cache->s)
        cache->s = scope_child(cache->owner);
    *stale = slot->key != NULL;
    cache->count += !*stale;
    slot->key = sql;
    slot->sql = text_copy(cache->s, sql);
    return slot;
}

void statement_cache_clear(StatementCache *cache)
{
    scope_close(cache->s);
    *cache = (StatementCache){.owner = cache->owner};
}
