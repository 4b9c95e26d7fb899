/* Growing arrays in a scope. A list type is named once, beside its element:
 *
 *     typedef LIST_OF(Run) RunList;
 *
 *     Run *run = list_add(s, &runs);       // a new zeroed last element
 *     EACH(Run, r, &runs)
 *         total += r->usage.output_tokens;
 *
 * Adding may move the elements: keep no pointer into a list that still grows.
 */
#pragma once

#include "base/scope.h"

#define LIST_OF(T)                                                                                 \
    struct {                                                                                       \
        T *items;                                                                                  \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }

/* The layout all lists share, for code that knows the element only by its size. */
typedef LIST_OF(void) List;
typedef LIST_OF(const char *) TextList;

void *list_add_sized(Scope *s, void *list, size_t size);
#define list_add(s, list)                                                                          \
    ((__typeof__((list)->items))list_add_sized(s, (list), sizeof *(list)->items))

#define EACH(T, item, list)                                                                        \
    for (__typeof__(list) item##_list = (list); item##_list; item##_list = NULL)                   \
        for (__typeof__(T) *item = item##_list->items,                                             \
                           *item##_end = item##_list->count ? item + item##_list->count : item;    \
             item != item##_end; item++)

/* Adds a copy of the text. */
void texts_add(Scope *s, TextList *list, const char *text);
bool texts_have(const TextList *list, const char *text);

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
