/* Depth is given up first, then the number of names shown per folder. */

#include "agent/tree_text.h"

#include <stdlib.h>

enum { DEPTH_MAX = 12 };

/* What a page shows of each folder. */
typedef struct Page {
    size_t depth; /* folders deeper than this count for the one above */
    size_t names; /* shown of one folder */
    size_t bytes_max;
} Page;

/* The folder of a path, cut to a depth; its size in bytes. The root is 0. */
static size_t folder_size(const char *path, size_t depth)
{
    size_t size = 0;
    size_t slashes = 0;

    for (size_t i = 0; path[i]; i++) {
        if (path[i] != '/')
            continue;
        if (slashes++ == depth)
            break;
        size = i;
    }
    return size;
}

static bool same_folder(const char *a, size_t size, const char *b, size_t depth)
{
    return folder_size(b, depth) == size && memcmp(a, b, size) == 0;
}

/* A folder's own files come before the folders in it. */
static int by_folder(const void *a, const void *b)
{
    const char *x = *(const char *const *)a;
    const char *y = *(const char *const *)b;

    while (*x && *x == *y) {
        x++;
        y++;
    }
    bool x_deeper = strchr(x, '/') != NULL;
    bool y_deeper = strchr(y, '/') != NULL;
    if (x_deeper != y_deeper)
        return x_deeper ? 1 : -1;
    if (*x == '/' || *y == '/')
        return *x == '/' ? -1 : 1;
    return (unsigned char)*x - (unsigned char)*y;
}

static TextList sorted(Scope *s, const TextList *paths)
{
    const char **items =
        paths->count ? scope_copy(s, paths->items, paths->count * sizeof *items) : NULL;

    if (items)
        qsort(items, paths->count, sizeof *items, by_folder);
    return (TextList){items, paths->count, paths->count};
}

/* A folder begins at item at; files straight in it are named, those below counted. */
static size_t folder_add(Buffer *b, const TextList *paths, size_t at, const Page *page)
{
    const char *first = paths->items[at];
    size_t size = folder_size(first, page->depth);
    size_t below = 0;
    size_t named = 0;
    size_t unnamed = 0;

    buffer_format(b, "%.*s/", (int)size, first);
    for (; at < paths->count && same_folder(first, size, paths->items[at], page->depth); at++) {
        const char *name = paths->items[at] + size + (size > 0);
        if (strchr(name, '/'))
            below++;
        else if (named < page->names) {
            buffer_format(b, " %s", name);
            named++;
        } else
            unnamed++;
    }
    if (unnamed)
        buffer_format(b, " … %zu more", unnamed);
    if (below)
        buffer_format(b, " (%zu files below)", below);
    buffer_char(b, '\n');
    return at;
}

/* False when the page is full before the end. */
static bool page_fill(Buffer *b, const TextList *paths, const Page *page)
{
    size_t at = 0;

    buffer_clear(b);
    while (at < paths->count && b->size <= page->bytes_max)
        at = folder_add(b, paths, at, page);
    if (at == paths->count && b->size <= page->bytes_max)
        return true;
    buffer_format(b, "… %zu more files\n", paths->count - at);
    return false;
}

const char *tree_text(Scope *s, const TextList *paths, int64_t tokens)
{
    static const size_t names[] = {200, 60, 20, 8};
    TextList ordered = sorted(s, paths);
    Buffer b = buffer_in(s);
    Page page = {.bytes_max = (size_t)(tokens > 0 ? tokens : 0) * 3};

    for (size_t n = 0; n < COUNT_OF(names); n++) {
        page.names = names[n];
        for (page.depth = n ? 3 : DEPTH_MAX; page.depth > (n == COUNT_OF(names) - 1 ? 0 : 2);
             page.depth--)
            if (page_fill(&b, &ordered, &page))
                return buffer_string(&b);
    }
    page_fill(&b, &ordered, &page);
    return buffer_string(&b);
}
