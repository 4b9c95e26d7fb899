/* Growing arrays. */

#include "base/list.h"

#include <string.h>

#include "base/text.h"

enum { LIST_FIRST = 8 };

void *list_add_sized(Scope *s, void *any, size_t size)
{
    List *list = any;

    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : LIST_FIRST;
        list->items = scope_grow(s, list->items, list->capacity * size, capacity * size);
        list->capacity = capacity;
    }
    return (char *)list->items + size * list->count++;
}

void texts_add(Scope *s, TextList *list, const char *t)
{
    *list_add(s, list) = text_copy(s, t);
}

bool texts_have(const TextList *list, const char *t)
{
    EACH (const char *, item, list)
        if (text_equal(*item, t))
            return true;
    return false;
}
