/* Field tables: names, look-up, scalars as text. */

#include "base/table.h"

#include <stdio.h>
#include <stdlib.h>

const char *name_of(const Name *names, int value)
{
    for (; names->name; names++)
        if (names->value == value)
            return names->name;
    return NULL;
}

int name_find(const Name *names, const char *name)
{
    for (; names->name; names++)
        if (text_equal(names->name, name))
            return names->value;
    return 0;
}

const Field *type_field(const Type *type, const char *name)
{
    for (const Field *f = type->fields; f->name; f++)
        if (text_equal(f->name, name))
            return f;
    return NULL;
}

static const char *names_listed(Scope *s, const Name *names)
{
    TextList all = {0};

    for (; names->name; names++)
        texts_add(s, &all, names->name);
    return text_join(s, &all, ", ");
}

static bool int_from_text(Scope *s, const Field *field, int64_t *out, const char *t,
                          const char **why)
{
    bool bounded = field->least || field->most;
    int64_t least = bounded ? field->least : INT64_MIN, most = bounded ? field->most : INT64_MAX;

    if (text_integer(t, least, most, out))
        return true;
    *why = bounded ? text(s, "a whole number from %lld to %lld", (long long)least, (long long)most)
                   : "a whole number";
    return false;
}

static bool bool_from_text(bool *out, const char *t, const char **why)
{
    static const Name words[] = {{1, "true"}, {1, "1"},  {1, "yes"}, {1, "on"}, {2, "false"},
                                 {2, "0"},    {2, "no"}, {2, "off"}, {0}};
    for (const Name *w = words; w->name; w++) {
        if (strcasecmp(w->name, t) == 0) {
            *out = w->value == 1;
            return true;
        }
    }
    *why = "true or false";
    return false;
}

static bool real_from_text(double *out, const char *t, const char **why)
{
    char *end;
    double value = strtod(t, &end);

    if (end == t || *end || !__builtin_isfinite(value)) {
        *why = "a number";
        return false;
    }
    *out = value;
    return true;
}

static bool enum_from_text(Scope *s, const Field *field, int *out, const char *t, const char **why)
{
    int value = name_find(field->names, t);

    if (!value) {
        *why = text(s, "one of %s", names_listed(s, field->names));
        return false;
    }
    *out = value;
    return true;
}

static bool time_from_text(Time *out, const char *t, const char **why)
{
    if (time_parse(t, out))
        return true;
    *why = "a time such as 2026-01-10T11:34:47Z";
    return false;
}

static bool text_fits(Scope *s, const Field *field, const char *t, const char **why)
{
    int64_t size = (int64_t)strlen(t);

    if (!field->most || (size >= field->least && size <= field->most))
        return true;
    *why = text(s, "a text of %lld to %lld bytes", (long long)field->least, (long long)field->most);
    return false;
}

bool field_from_text(Scope *s, const Field *field, void *object, const char *t, const char **why)
{
    switch (field->kind) {
    case FIELD_TEXT:
        if (!text_fits(s, field, t, why))
            return false;
        *MEMBER(const char *, object, field) = text_copy(s, t);
        return true;
    case FIELD_INT:
        return int_from_text(s, field, MEMBER(int64_t, object, field), t, why);
    case FIELD_OPT_INT:
        MEMBER(OptInt, object, field)->set = true;
        return int_from_text(s, field, &MEMBER(OptInt, object, field)->value, t, why);
    case FIELD_REAL:
        return real_from_text(MEMBER(double, object, field), t, why);
    case FIELD_OPT_REAL:
        MEMBER(OptReal, object, field)->set = true;
        return real_from_text(&MEMBER(OptReal, object, field)->value, t, why);
    case FIELD_BOOL:
        return bool_from_text(MEMBER(bool, object, field), t, why);
    case FIELD_ENUM:
        return enum_from_text(s, field, MEMBER(int, object, field), t, why);
    case FIELD_TIME:
        return time_from_text(MEMBER(Time, object, field), t, why);
    default:
        *why = "a value that text can give";
        return false;
    }
}

const char *field_to_text(Scope *s, const Field *field, const void *object)
{
    switch (field->kind) {
    case FIELD_TEXT:
        return *CONST_MEMBER(const char *, object, field);
    case FIELD_INT:
        return text(s, "%lld", (long long)*CONST_MEMBER(int64_t, object, field));
    case FIELD_OPT_INT: {
        const OptInt *value = CONST_MEMBER(OptInt, object, field);
        return value->set ? text(s, "%lld", (long long)value->value) : NULL;
    }
    case FIELD_REAL:
        return text(s, "%.15g", *CONST_MEMBER(double, object, field));
    case FIELD_OPT_REAL: {
        const OptReal *value = CONST_MEMBER(OptReal, object, field);
        return value->set ? text(s, "%.15g", value->value) : NULL;
    }
    case FIELD_BOOL:
        return *CONST_MEMBER(bool, object, field) ? "true" : "false";
    case FIELD_ENUM:
        return name_of(field->names, *CONST_MEMBER(int, object, field));
    case FIELD_TIME: {
        Time t = *CONST_MEMBER(Time, object, field);
        return time_set(t) ? time_text(s, t) : NULL;
    }
    case FIELD_JSON:
        return CONST_MEMBER(Json, object, field)->text;
    default:
        return NULL;
    }
}

void type_presets(Scope *s, const Type *type, void *object)
{
    const char *why = NULL;

    for (const Field *f = type->fields; f->name; f++)
        if (f->preset && !field_from_text(s, f, object, f->preset, &why))
            abort(); /* a preset that does not fit its own field is our mistake */
}
