/* Values on their way between a struct's member and a column; for the drivers.
 *
 * Texts and JSON are valid UTF-8 without NUL, also inside JSON (\u0000): PostgreSQL takes no other,
 * and what one database refuses the other must refuse too.
 */
#pragma once

#include "store/store.h"

enum {
    COLUMN_MAX = 64 << 20, /* bytes of one value */
};

typedef enum ValueKind {
    VALUE_NULL, /* only from a column: the kind is not known */
    VALUE_INT,
    VALUE_REAL,
    VALUE_BOOL,
    VALUE_TIME, /* microseconds since 1970 */
    VALUE_TEXT,
    VALUE_JSON,
    VALUE_BYTES,
} ValueKind;

typedef struct Value {
    ValueKind kind;
    bool null; /* of that kind, and absent */
    union {
        int64_t number; /* INT, BOOL, TIME */
        double real;
        Bytes bytes; /* TEXT, JSON, BYTES; of a parameter, the first two end with a NUL behind */
    };
} Value;

/* The member of *object that the field describes. INVALID for text that is not UTF-8, a number that
 * is not finite, a time before 4713 BC; TOO_LARGE over COLUMN_MAX. Texts are not copied. */
fallible value_of_field(Scope *s, const Field *field, const void *object, Value *out);
/* Texts are copied into s. BUG when the column is of another kind. */
fallible value_to_field(Scope *s, const Value *value, const Field *field, void *object);

/* One value for each parameter of the statement: tenant_id and user_id from the caller, the others
 * by name from args, the first that has it. BUG when none has. */
fallible values_of_args(Scope *s, const Statement *q, const Caller *caller, Args args,
                        const Value **out);

/* Which field each column of a statement fills. */
typedef struct RowPlan {
    const Type *type;
    size_t count;
    const Field **fields;
} RowPlan;

/* BUG when the type has no field of a column's name. In s, to be kept with the prepared statement. */
fallible row_plan(Scope *s, const Statement *q, const TextList *columns, RowPlan *out);
