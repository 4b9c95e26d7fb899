/* Arguments to parameters, and columns to fields, by name. */

#include "store/value.h"

static fallible value_of_caller(Scope *s, const char *name, const Caller *caller, Value *out)
{
    Field field = {.name = name, .kind = FIELD_TEXT};
    const char *id = text_equal(name, "tenant_id") ? caller->tenant_id : caller->user_id;

    return value_of_field(s, &field, &id, out);
}

static bool of_caller(const char *name)
{
    return text_equal(name, "tenant_id") || text_equal(name, "user_id");
}

/* The field of the argument that has the name; NULL when it has none. */
static const Field *argument_field(const Arg *arg, const char *name)
{
    if (arg->type)
        return type_field(arg->type, name);
    return text_equal(arg->name, name) ? &arg->field : NULL;
}

static fallible value_by_name(Scope *s, const char *name, Args args, Value *out, bool *found)
{
    for (size_t i = 0; i < args.count; i++) {
        const Field *field = argument_field(&args.items[i], name);
        if (field) {
            *found = true;
            return value_of_field(s, field, args.items[i].value, out);
        }
    }
    *found = false;
    return OK;
}

fallible values_of_args(Scope *s, const Statement *q, const Caller *caller, Args args,
                        const Value **out)
{
    Value *values = NEW_ARRAY(s, Value, (size_t)q->param_count);
    bool found;

    for (int i = 0; i < q->param_count; i++) {
        if (of_caller(q->params[i])) {
            TRY(value_of_caller(s, q->params[i], caller, &values[i]));
            continue;
        }
        TRY(value_by_name(s, q->params[i], args, &values[i], &found));
        if (!found)
            return fail(s, BUG, "%s has no argument for its parameter %s", q->name, q->params[i]);
    }
    *out = values;
    return OK;
}

fallible row_plan(Scope *s, const Statement *q, const TextList *columns, RowPlan *out)
{
    const Field **fields = NEW_ARRAY(s, const Field *, columns->count);

    for (size_t i = 0; i < columns->count; i++) {
        fields[i] = type_field(q->type, columns->items[i]);
        if (!fields[i] || fields[i]->flags & NO_COLUMN)
            return fail(s, BUG, "%s gives a column %s, which %s has not", q->name,
                        columns->items[i], q->type->name);
    }
    *out = (RowPlan){q->type, columns->count, fields};
    return OK;
}
