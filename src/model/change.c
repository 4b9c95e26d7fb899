/* Changes that name only some members. */

#include "model/change.h"

static void clear(const Field *f, void *object)
{
    switch (f->kind) {
    case FIELD_TEXT:
        *MEMBER(const char *, object, f) = NULL;
        return;
    case FIELD_BOOL:
        *MEMBER(bool, object, f) = false;
        return;
    case FIELD_ENUM:
        *MEMBER(int, object, f) = 0;
        return;
    case FIELD_OPT_INT:
        *MEMBER(OptInt, object, f) = (OptInt){0};
        return;
    case FIELD_OPT_REAL:
        *MEMBER(OptReal, object, f) = (OptReal){0};
        return;
    case FIELD_TEXTS:
    case FIELD_ENUMS:
    case FIELD_LIST:
        *MEMBER(List, object, f) = (List){0};
        return;
    default:
        return; /* numbers, times and objects are always something */
    }
}

fallible change_parse(Scope *s, Bytes body, json_t **out)
{
    return json_parse(s, body, out);
}

bool change_has(json_t *change, const char *name)
{
    return json_object_get(change, name) != NULL;
}

void change_clear_nulls(json_t *change, const Type *type, void *now)
{
    for (const Field *f = type->fields; f->name; f++)
        if (json_is_null(json_object_get(change, f->name)))
            clear(f, now);
}

fallible change_apply(Scope *s, json_t *change, const Type *type, void *now)
{
    /* Reading appends to lists: what was there has to go first. */
    for (const Field *f = type->fields; f->name; f++)
        if (json_is_array(json_object_get(change, f->name)))
            clear(f, now);
    return json_read_value(s, change, type, now);
}
