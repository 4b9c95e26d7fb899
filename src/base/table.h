/* Field tables: one description of a struct drives JSON, SQL rows, settings and the OpenAPI page.
 *
 *     typedef struct Task {
 *         const char *id;
 *         const char *title;             // absent is NULL
 *         TaskStatus kanban_status;      // absent is 0
 *         Time created_at;               // absent is zero
 *     } Task;
 *
 *     const Type task_type = TYPE(Task, "A conversation about one repository.",
 *         FIELD(Task, id, REQUIRED),
 *         FIELD(Task, title),
 *         ENUM(Task, kanban_status, task_status_names, REQUIRED),
 *         FIELD(Task, created_at, REQUIRED));
 *
 * _Generic finds the kind from the member, so name and type cannot disagree. The member, the JSON
 * key, the column and the setting are the same word. JSON null, SQL NULL and "absent" are one.
 */
#pragma once

#include "base/time.h"

/* A named value of an enumeration; tables end with {0}. Value 0 means absent. */
typedef struct Name {
    int value;
    const char *name;
} Name;

const char *name_of(const Name *names, int value);  /* NULL when unknown */
int name_find(const Name *names, const char *name); /* 0 when unknown */

typedef struct OptInt {
    bool set;
    int64_t value;
} OptInt;

typedef struct OptReal {
    bool set;
    double value;
} OptReal;

/* JSON text that is passed on as it is; NULL is null. It is valid JSON by construction. */
typedef struct Json {
    const char *text;
} Json;

typedef enum FieldKind {
    FIELD_TEXT = 1,
    FIELD_BYTES, /* base64 in JSON, blob in SQL */
    FIELD_INT,
    FIELD_REAL,
    FIELD_BOOL,
    FIELD_TIME,
    FIELD_OPT_INT,
    FIELD_OPT_REAL,
    FIELD_JSON,
    FIELD_TEXTS,  /* TextList */
    FIELD_ENUM,   /* a C enum, with names */
    FIELD_ENUMS,  /* IntList of enum values, with names */
    FIELD_OBJECT, /* a struct inside the struct, with its type */
    FIELD_LIST,   /* a list of structs, with their type */
} FieldKind;

typedef LIST_OF(int) IntList;

enum FieldFlags {
    REQUIRED = 1,  /* input must have it; output is never null */
    SECRET = 2,    /* shown as *** in logs and settings, never in JSON output */
    NO_JSON = 4,   /* a column only */
    NO_COLUMN = 8, /* JSON only */
    FLAT = 16,     /* of an OBJECT: its members stand among the parent's own in JSON */
};

typedef struct Type Type;

typedef struct Field {
    const char *name;
    FieldKind kind;
    size_t offset;
    const Name *names;
    const Type *type;
    unsigned flags;
    const char *preset; /* value when absent from input, as text */
    const char *about;
    int64_t least, most; /* of a number, of a text's bytes or a list's count; both 0: no bound */
} Field;

struct Type {
    const char *name;
    const char *about;
    size_t size;
    const Field *fields; /* ends with a row without name */
};

#define FIELD_KIND(lvalue)                                                                         \
    _Generic((lvalue),              \
        const char *: FIELD_TEXT,   \
        Bytes: FIELD_BYTES,         \
        int64_t: FIELD_INT,         \
        double: FIELD_REAL,         \
        bool: FIELD_BOOL,           \
        Time: FIELD_TIME,           \
        OptInt: FIELD_OPT_INT,      \
        OptReal: FIELD_OPT_REAL,    \
        Json: FIELD_JSON,           \
        TextList: FIELD_TEXTS)

/* The last arguments are flags first, then designated members: FIELD(T, m, REQUIRED, .most = 64). */
#define FIELD(T, m, ...)                                                                           \
    {                                                                                              \
        .name = #m, .kind = FIELD_KIND(((T *)0)->m), .offset = offsetof(T, m),                     \
        .flags = FIELD_FLAGS(__VA_ARGS__) FIELD_MORE(__VA_ARGS__)                                  \
    }
#define ENUM(T, m, names_, ...)                                                                    \
    {                                                                                              \
        .name = #m, .kind = FIELD_ENUM, .offset = offsetof(T, m), .names = names_,                 \
        .flags = FIELD_FLAGS(__VA_ARGS__) FIELD_MORE(__VA_ARGS__)                                  \
    }
#define ENUMS(T, m, names_, ...)                                                                   \
    {                                                                                              \
        .name = #m, .kind = FIELD_ENUMS, .offset = offsetof(T, m), .names = names_,                \
        .flags = FIELD_FLAGS(__VA_ARGS__) FIELD_MORE(__VA_ARGS__)                                  \
    }
#define OBJECT(T, m, type_, ...)                                                                   \
    {                                                                                              \
        .name = #m, .kind = FIELD_OBJECT, .offset = offsetof(T, m), .type = &(type_),              \
        .flags = FIELD_FLAGS(__VA_ARGS__) FIELD_MORE(__VA_ARGS__)                                  \
    }
#define LIST(T, m, type_, ...)                                                                     \
    {                                                                                              \
        .name = #m, .kind = FIELD_LIST, .offset = offsetof(T, m), .type = &(type_),                \
        .flags = FIELD_FLAGS(__VA_ARGS__) FIELD_MORE(__VA_ARGS__)                                  \
    }

#define FIELD_FLAGS(...)         FIELD_FLAGS_(__VA_ARGS__ __VA_OPT__(, ) 0)
#define FIELD_FLAGS_(flags, ...) (flags)
#define FIELD_MORE(...)          __VA_OPT__(FIELD_MORE_(__VA_ARGS__))
#define FIELD_MORE_(flags, ...)  __VA_OPT__(, ) __VA_ARGS__

#define TYPE(T, about_, ...)                                                                       \
    {                                                                                              \
        .name = #T, .about = about_, .size = sizeof(T), .fields = (const Field[])                  \
        {                                                                                          \
            __VA_ARGS__,                                                                           \
            {                                                                                      \
                0                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }

const Field *type_field(const Type *type, const char *name); /* NULL when it has none */

/* The member of *object that the field describes. */
#define MEMBER(T, object, field) ((T *)(void *)((char *)(object) + (field)->offset))
#define CONST_MEMBER(T, object, field)                                                             \
    ((__typeof__(T) const *)(const void *)((const char *)(object) + (field)->offset))

/* Sets a scalar field from text (settings, query parameters, presets). False when it does not fit;
 * *why then says what would. */
bool field_from_text(Scope *s, const Field *field, void *object, const char *t, const char **why);
/* A scalar field as text; NULL when absent. */
const char *field_to_text(Scope *s, const Field *field, const void *object);
/* Gives every field with a preset that value; for objects about to be read. */
void type_presets(Scope *s, const Type *type, void *object);
