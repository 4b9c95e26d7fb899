/* Scopes: memory in chunks that are given back at once, and a stack of undo functions. */

#include "base/cancel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__SANITIZE_ADDRESS__)
#define EXACT_BLOCKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EXACT_BLOCKS 1
#endif
#endif
#ifndef EXACT_BLOCKS
#define EXACT_BLOCKS 0 /* under ASan each allocation is a block, so that overruns are seen */
#endif

enum {
    ALIGNMENT = 16,
    FIRST_CHUNK = 1024,
    CHUNK_MAX = 64 << 10,
    BIG = 16 << 10, /* from here on an allocation is a block of its own and can grow in place */
};

typedef struct Block {
    struct Block *next, *previous;
    size_t size;
    _Alignas(ALIGNMENT) char data[];
} Block;

struct Undo {
    void (*fn)(void *what);
    void *what;
    Undo *next;
};

typedef struct Unit {
    const char *name;
    Cancel *cancel;
    const ScopeField *fields;
} Unit;

struct Scope {
    Scope *parent; /* within the unit */
    Unit *unit;
    Block *blocks;
    char *free_from, *free_to; /* the rest of the newest chunk */
    size_t next_chunk;
    size_t bytes;
    int64_t deadline;
    Undo *undo;
    int children;
};

int64_t clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void *must(void *p)
{
    if (!p)
        abort(); /* out of memory ends the process; sizes from outside are limited before */
    return p;
}

static Block *block_add(Scope *s, size_t size)
{
    Block *b = must(calloc(1, sizeof *b + size));

    b->size = size;
    b->next = s->blocks;
    if (b->next)
        b->next->previous = b;
    s->blocks = b;
    s->bytes += size;
    return b;
}

static Scope *scope_begin(Scope *parent)
{
    Scope *s = must(calloc(1, sizeof *s));

    s->parent = parent;
    s->next_chunk = FIRST_CHUNK;
    s->deadline = parent ? parent->deadline : INT64_MAX;
    return s;
}

Scope *unit_open(Cancel *parent, const char *name)
{
    Scope *s = scope_begin(NULL);

    s->unit = NEW(s, Unit);
    s->unit->name = scope_copy(s, name, strlen(name) + 1);
    s->unit->cancel = cancel_open(parent);
    return s;
}

Scope *scope_child(Scope *parent)
{
    Scope *s = scope_begin(parent);

    s->unit = parent->unit;
    parent->children++;
    return s;
}

static void undo_all(Scope *s)
{
    while (s->undo) {
        Undo *undo = s->undo;
        s->undo = undo->next;
        if (undo->fn)
            undo->fn(undo->what);
    }
}

void scope_close(Scope *s)
{
    if (!s)
        return;
    assert(s->children == 0);
    undo_all(s);
    if (s->parent)
        s->parent->children--;
    else
        cancel_close(s->unit->cancel);
    for (Block *b = s->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(s);
}

void scope_close_at(Scope **s)
{
    scope_close(*s);
}

void *scope_alloc(Scope *s, size_t size)
{
    size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);

    if (rounded < size)
        abort();
    if (EXACT_BLOCKS || rounded >= BIG)
        return block_add(s, EXACT_BLOCKS ? size : rounded)->data;
    if ((size_t)(s->free_to - s->free_from) < rounded) {
        size_t chunk = s->next_chunk > rounded ? s->next_chunk : rounded;
        s->free_from = block_add(s, chunk)->data;
        s->free_to = s->free_from + chunk;
        if (s->next_chunk < CHUNK_MAX)
            s->next_chunk *= 2;
    }
    void *at = s->free_from;
    s->free_from += rounded;
    return at;
}

void *scope_alloc_array(Scope *s, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        abort();
    return scope_alloc(s, total);
}

static void *block_grow(Scope *s, void *data, size_t old_size, size_t new_size)
{
    Block *b = (Block *)(void *)((char *)data - offsetof(Block, data));

    b = must(realloc(b, sizeof *b + new_size));
    memset(b->data + old_size, 0, new_size - old_size);
    s->bytes += new_size - b->size;
    b->size = new_size;
    if (b->next)
        b->next->previous = b;
    if (b->previous)
        b->previous->next = b;
    else
        s->blocks = b;
    return b->data;
}

void *scope_grow(Scope *s, void *block, size_t old_size, size_t new_size)
{
    assert(new_size >= old_size);
    if (block && !EXACT_BLOCKS && old_size >= BIG)
        return block_grow(s, block, old_size, new_size);
    void *grown = scope_alloc(s, new_size);
    if (old_size)
        memcpy(grown, block, old_size);
    return grown;
}

void *scope_copy(Scope *s, const void *from, size_t size)
{
    void *copy = scope_alloc(s, size);

    if (size)
        memcpy(copy, from, size);
    return copy;
}

size_t scope_bytes(const Scope *s)
{
    return s->bytes;
}

Undo *scope_undo(Scope *s, void (*fn)(void *what), void *what)
{
    Undo *undo = NEW(s, Undo);

    *undo = (Undo){fn, what, s->undo};
    s->undo = undo;
    return undo;
}

void undo_forget(Undo *undo)
{
    undo->fn = NULL;
}

void undo_now(Undo *undo)
{
    void (*fn)(void *) = undo->fn;

    undo->fn = NULL;
    if (fn)
        fn(undo->what);
}

void scope_limit(Scope *s, int64_t us_from_now)
{
    int64_t now = clock_us(); /* read once: a later one would overflow what was checked with this */
    int64_t deadline = us_from_now > INT64_MAX - now ? INT64_MAX : now + us_from_now;

    if (deadline < s->deadline)
        s->deadline = deadline;
}

int64_t scope_remaining(const Scope *s)
{
    if (s->deadline == INT64_MAX)
        return INT64_MAX;
    int64_t left = s->deadline - clock_us();
    return left > 0 ? left : 0;
}

Cancel *scope_cancel(Scope *s)
{
    return s->unit->cancel;
}

Scope *scope_unit(Scope *s)
{
    while (s->parent)
        s = s->parent;
    return s;
}

void scope_field(Scope *s, const char *name, const char *value)
{
    Scope *home = scope_unit(s);
    ScopeField *field = NEW(home, ScopeField);

    *field = (ScopeField){name, value ? scope_copy(home, value, strlen(value) + 1) : "",
                          s->unit->fields};
    s->unit->fields = field;
}

const ScopeField *scope_fields(const Scope *s)
{
    return s->unit->fields;
}

const char *scope_name(const Scope *s)
{
    return s->unit->name;
}
