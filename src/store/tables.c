/* Statements made from the descriptions of tables. */

#include "store/tables.h"

#include <assert.h>

#include "store/table_sum.h"

typedef struct InsertMark {
    const char *id;
} InsertMark;

static const Type insert_mark_type = TYPE(InsertMark, "A row was inserted.", FIELD(InsertMark, id));

size_t stored_column(const StoredTable *table, const char *name)
{
    size_t i = 0;

    while (table->columns[i].name && !text_equal(table->columns[i].name, name))
        i++;
    assert(table->columns[i].name);
    return i;
}

static Type type_of_table(Scope *s, const StoredTable *table, size_t count, const char *prefix)
{
    Field *fields = NEW_ARRAY(s, Field, count + 1);

    for (size_t i = 0; i < count; i++)
        fields[i] = (Field){.name = text(s, "%s%s", prefix, table->columns[i].name),
                            .kind = table->columns[i].kind,
                            .offset = i * sizeof(Slot)};
    return (Type){.name = table->name, .size = count * sizeof(Slot), .fields = fields};
}

/* The names of the columns with the flag (0: all), each behind a prefix. */
static const char *columns_of(Scope *s, const StoredTable *table, unsigned flag, const char *prefix)
{
    TextList names = {0};

    for (const StoredColumn *c = table->columns; c->name; c++)
        if ((c->flags & flag) == flag)
            texts_add(s, &names, text(s, "%s%s", prefix, c->name));
    return text_join(s, &names, ", ");
}

/* Parameters are written as :name, in the order in which they come. */
static Statement statement(Scope *s, const char *name, const char *sql, const Type *type)
{
    Buffer lite = buffer_in(s), post = buffer_in(s);
    TextList params = {0};

    while (*sql) {
        if (*sql != ':') {
            buffer_char(&lite, *sql);
            buffer_char(&post, *sql++);
            continue;
        }
        size_t size = strspn(++sql, "abcdefghijklmnopqrstuvwxyz_0123456789");
        texts_add(s, &params, text_of(s, (Bytes){sql, size}));
        buffer_format(&lite, "?%zu", params.count);
        buffer_format(&post, "$%zu", params.count);
        sql += size;
    }
    return (Statement){.name = name,
                       .sqlite = buffer_string(&lite),
                       .postgres = buffer_string(&post),
                       .params = params.items,
                       .param_count = (int)params.count,
                       .type = type};
}

const char *stored_within(Scope *s, const StoredTable *table, const char *prefix)
{
    if (!table->parent)
        return "";
    return text(s, " WHERE EXISTS (SELECT 1 FROM %s parent WHERE parent.id = %s%s)", table->parent,
                prefix, table->parent_id);
}

static const char *new_row(Scope *s, const StoredTable *table)
{
    const char *values = text(s, ":tenant_id, %s", columns_of(s, table, 0, ":c_"));

    return table->parent ? text(s, "SELECT %s%s", values, stored_within(s, table, ":c_"))
                         : text(s, "VALUES (%s)", values);
}

static void make_statements(Scope *s, TableAccess *t)
{
    const StoredTable *table = t->table;
    const char *all = columns_of(s, table, 0, ""), *keys = columns_of(s, table, STORED_KEY, ""),
               *key_args = columns_of(s, table, STORED_KEY, ":c_"), *order = "", *behind = "";
    const char *match = text_empty(keys) ? "" : text(s, " AND (%s) = (%s)", keys, key_args);

    if (!text_empty(keys)) {
        order = text(s, " ORDER BY %s", keys);
        behind = text(s, " AND (%s) > (%s)", keys, key_args);
    }
    t->insert = statement(s, table->name,
                          text(s,
                               "INSERT INTO %s (tenant_id, %s) %s ON CONFLICT DO NOTHING RETURNING "
                               "tenant_id AS id",
                               table->name, all, new_row(s, table)),
                          &insert_mark_type);
    t->get = statement(
        s, table->name,
        text(s, "SELECT %s FROM %s WHERE tenant_id = :tenant_id%s", all, table->name, match),
        &t->row);
    t->first = statement(s, table->name,
                         text(s, "SELECT %s FROM %s WHERE tenant_id = :tenant_id%s LIMIT %lld", all,
                              table->name, order, (long long)table->page),
                         &t->row);
    t->after = statement(s, table->name,
                         text(s, "SELECT %s FROM %s WHERE tenant_id = :tenant_id%s%s LIMIT %lld",
                              all, table->name, behind, order, (long long)table->page),
                         &t->row);
}

fallible table_access(Scope *s, const char *name, TableAccess **out)
{
    TableAccess *t = NEW(s, TableAccess);

    for (t->table = stored_tables; t->table->name; t->table++)
        if (text_equal(t->table->name, name))
            break;
    if (!t->table->name)
        return fail(s, MISSING, "no table %s", name);
    while (t->table->columns[t->count].name)
        t->count++;
    t->row = type_of_table(s, t->table, t->count, "");
    t->args = type_of_table(s, t->table, t->count, "c_");
    make_statements(s, t);
    *out = t;
    return OK;
}

fallible table_insert_later(Scope *s, Tx *tx, const TableAccess *t, const Slot *row,
                            InsertMarks *inserted)
{
    return query_later(s, tx, &t->insert, ARGS(ARG_ROW(t->args, row)), inserted);
}

fallible table_get_later(Scope *s, Tx *tx, const TableAccess *t, const Slot *row, SlotRows *out)
{
    return query_later(s, tx, &t->get, ARGS(ARG_ROW(t->args, row)), out);
}

fallible table_page(Scope *s, Tx *tx, const TableAccess *t, const Slot *after, SlotRows *out)
{
    *out = (SlotRows){0};
    if (!after)
        return query_list(s, tx, &t->first, NO_ARGS, out);
    return query_list(s, tx, &t->after, ARGS(ARG_ROW(t->args, after)), out);
}

/* ---- Comparing ---- */

static bool json_same(Scope *s, const char *a, const char *b)
{
    SCOPE(tmp, s);

    return text_equal(a, b) ||
           (a && b && text_equal(json_canonical(tmp, a), json_canonical(tmp, b)));
}

static bool slot_same(Scope *s, FieldKind kind, const Slot *a, const Slot *b)
{
    switch (kind) {
    case FIELD_BYTES:
        return !a->bytes.data == !b->bytes.data && bytes_equal(a->bytes, b->bytes);
    case FIELD_OPT_INT:
        return a->number.set == b->number.set && a->number.value == b->number.value;
    case FIELD_OPT_REAL:
        return a->real.set == b->real.set && !(a->real.value < b->real.value) &&
               !(a->real.value > b->real.value);
    case FIELD_BOOL:
        return a->truth == b->truth;
    case FIELD_TIME:
        return a->time.us == b->time.us;
    case FIELD_JSON:
        return json_same(s, a->json.text, b->json.text);
    default:
        return text_equal(a->text, b->text);
    }
}

const char *slots_differ(Scope *s, const TableAccess *t, const Slot *a, const Slot *b)
{
    for (size_t i = 0; i < t->count; i++)
        if (!slot_same(s, t->table->columns[i].kind, &a[i], &b[i]))
            return t->table->columns[i].name;
    return NULL;
}

size_t slots_size(const TableAccess *t, const Slot *row)
{
    size_t size = 0;

    for (size_t i = 0; i < t->count; i++) {
        FieldKind kind = t->table->columns[i].kind;
        if (kind == FIELD_BYTES)
            size += row[i].bytes.size;
        else if ((kind == FIELD_TEXT || kind == FIELD_JSON) && row[i].text)
            size += strlen(row[i].text);
    }
    return size;
}
