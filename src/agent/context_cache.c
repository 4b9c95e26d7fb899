/* Rankings by commit and instruction. A slot's memory is a unit of its own, touched only under the
 * mutex; readers copy. */

#include "agent/context.h"

#include "sys/thread.h"

typedef struct Slot {
    Scope *unit; /* NULL: free */
    const char *key;
    bool ready;    /* false: somebody is making it */
    uint64_t used; /* for finding the longest unused */
    Ranking ranking;
} Slot;

struct ContextCache {
    Mutex mutex;
    Condition changed;
    uint64_t clock;
    Slot slots[CONTEXT_CACHE_ENTRIES];
};

static void cache_close(void *what)
{
    ContextCache *cache = what;

    for (size_t i = 0; i < CONTEXT_CACHE_ENTRIES; i++)
        scope_close(cache->slots[i].unit);
}

ContextCache *context_cache_open(Scope *s)
{
    ContextCache *cache = NEW(s, ContextCache);

    scope_undo(s, cache_close, cache);
    return cache;
}

static Ranking ranking_copy(Scope *s, const Ranking *from)
{
    Ranking copy = *from;

    copy.tree = text_copy(s, from->tree);
    copy.files = (RankedPathList){0};
    EACH (const RankedPath, file, &from->files) {
        RankedPath *one = list_add(s, &copy.files);
        *one = *file;
        one->path = text_copy(s, file->path);
        one->why = text_copy(s, file->why);
    }
    return copy;
}

static Slot *slot_find(ContextCache *cache, const char *key)
{
    for (size_t i = 0; i < CONTEXT_CACHE_ENTRIES; i++)
        if (cache->slots[i].unit && text_equal(cache->slots[i].key, key))
            return &cache->slots[i];
    return NULL;
}

static void slot_free(Slot *slot)
{
    scope_close(slot->unit);
    *slot = (Slot){0};
}

/* A slot that is being made, or NULL when all are. */
static Slot *slot_begin(ContextCache *cache, const char *key)
{
    Slot *oldest = NULL;

    for (size_t i = 0; i < CONTEXT_CACHE_ENTRIES; i++) {
        Slot *slot = &cache->slots[i];
        if (slot->unit && !slot->ready)
            continue;
        if (!oldest || slot->used < oldest->used)
            oldest = slot;
    }
    if (!oldest)
        return NULL;
    slot_free(oldest);
    oldest->unit = unit_open(NULL, "context");
    oldest->key = text_copy(oldest->unit, key);
    return oldest;
}

static const char *key_of(Scope *s, const ContextQuestion *question)
{
    const TextList *patterns = question->forbidden;
    Buffer b = buffer_in(s);

    buffer_format(&b, "%s\n", question->commit);
    if (patterns)
        EACH (const char *, pattern, patterns)
            buffer_format(&b, "%s\n", *pattern);
    buffer_format(&b, "\n%s", question->instruction);
    return buffer_string(&b);
}

/* *mine is the slot to fill when it is not there yet; NULL, with *out set, when it is. */
static fallible cache_get(Scope *s, ContextCache *cache, const char *key, Slot **mine, Ranking *out)
{
    LOCKED (&cache->mutex) {
        Slot *slot = slot_find(cache, key);
        while (slot && !slot->ready) {
            TRY(condition_wait(s, &cache->changed, &cache->mutex));
            slot = slot_find(cache, key);
        }
        if (slot) {
            slot->used = ++cache->clock;
            *out = ranking_copy(s, &slot->ranking);
        }
        *mine = slot ? NULL : slot_begin(cache, key);
        if (!slot && !*mine)
            out->tree = NULL; /* all slots are being made: go without */
    }
    return OK;
}

static void cache_end(ContextCache *cache, Slot *slot, const Ranking *made)
{
    LOCKED (&cache->mutex) {
        if (made) {
            slot->ranking = ranking_copy(slot->unit, made);
            slot->used = ++cache->clock;
            slot->ready = true;
        } else {
            slot_free(slot);
        }
        condition_wake_all(&cache->changed);
    }
}

fallible context_ranking(Scope *s, ContextCache *cache, const ContextQuestion *question,
                         const CodeSource *code, Ranking *out)
{
    Ranking ranking = {0};
    Slot *mine = NULL;

    if (cache)
        TRY(cache_get(s, cache, key_of(s, question), &mine, &ranking));
    if (!cache || mine || !ranking.tree) {
        Error *e = rank_files(s, code, question->instruction, CONTEXT_TREE_TOKENS, &ranking);
        if (mine)
            cache_end(cache, mine, e ? NULL : &ranking);
        TRY(e);
    }
    *out = ranking;
    return OK;
}
