/* Rows by COPY: the temporary table, and rows in COPY's binary form (PostgreSQL's manual, COPY, "Binary
 * Format"). */

#include "store/copy.h"

#include <endian.h>

#include "store/driver.h"
#include "store/postgres.h"

#define SIGNATURE  "PGCOPY\n\377\r\n"
#define TENANT     "tenant_id"
#define NULL_VALUE UINT32_MAX

enum { HEADER_SIZE = 11 + 4 + 4 /* the signature, flags, length of the extension */ };

typedef struct ColumnType {
    const char *name;
    int64_t type;
} ColumnType;

typedef LIST_OF(ColumnType) ColumnTypeList;

static const Type column_type_type =
    TYPE(ColumnType, "A column.", FIELD(ColumnType, name), FIELD(ColumnType, type));

static const Statement column_types = {
    .name = "column_types",
    .sqlite = "",
    .postgres = "SELECT attname::text AS name, atttypid::bigint AS type FROM pg_attribute "
                "WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
    .params = (const char *const[]){"table_name"},
    .param_count = 1,
    .type = &column_type_type,
};

struct TableCopy {
    const TableAccess *table;
    Oid *types; /* of the table's columns */
    Statement make, move;
    const char *in, *out;
};

bool store_can_copy(const Store *store)
{
    return store->driver->copy != NULL;
}

/* ---- Preparing ---- */

static fallible type_of_column(Scope *s, const ColumnTypeList *there, const char *name, Oid *out)
{
    EACH (const ColumnType, column, there) {
        if (text_equal(column->name, name)) {
            *out = (Oid)column->type;
            return OK;
        }
    }
    return fail(s, BUG, "the database has no column %s", name);
}

static Statement plain(const char *name, const char *sql)
{
    return (Statement){.name = name, .sqlite = "", .postgres = sql};
}

static void write_statements(Scope *s, TableCopy *c)
{
    const char *name = c->table->table->name;
    TextList names = {0};

    for (size_t i = 0; i < c->table->count; i++)
        texts_add(s, &names, c->table->table->columns[i].name);
    const char *all = text_join(s, &names, ", ");
    c->make = plain(name, text(s,
                               "CREATE TEMPORARY TABLE import_%s ON COMMIT DROP AS SELECT " TENANT
                               ", %s FROM %s WITH NO DATA",
                               name, all, name));
    c->in = text(s, "COPY pg_temp.import_%s FROM STDIN (FORMAT binary)", name);
    c->move = plain(name, text(s,
                               "INSERT INTO %s (" TENANT ", %s) SELECT " TENANT
                               ", %s FROM pg_temp.import_%s%s ON CONFLICT DO NOTHING",
                               name, all, all, name, stored_within(s, c->table->table, "")));
    c->out = text(s,
                  "COPY (SELECT %s FROM %s WHERE " TENANT
                  " = nullif(current_setting('dursor.tenant', true), '')) TO STDOUT (FORMAT "
                  "binary)",
                  all, name);
}

fallible table_copy_open(Scope *s, Tx *tx, const TableAccess *t, TableCopy **out)
{
    TableCopy *c = NEW(s, TableCopy);
    const char *table_name = t->table->name;
    ColumnTypeList there = {0};

    TRY(query_list(s, tx, &column_types, ARGS(ARG(table_name)), &there));
    c->table = t;
    c->types = NEW_ARRAY(s, Oid, t->count);
    for (size_t i = 0; i < t->count; i++)
        TRY(type_of_column(s, &there, t->table->columns[i].name, &c->types[i]));
    write_statements(s, c);
    *out = c;
    return OK;
}

/* ---- In ---- */

static void put16(Buffer *b, int16_t number)
{
    uint16_t big = htobe16((uint16_t)number);

    buffer_add(b, &big, sizeof big);
}

static fallible put_row(Scope *s, const TableCopy *c, const char *tenant, const Slot *row,
                        Buffer *b)
{
    Value v = {.kind = VALUE_TEXT, .bytes = bytes_of(tenant)};

    put16(b, (int16_t)(c->table->count + 1));
    uint32_t size = htobe32((uint32_t)v.bytes.size);
    buffer_add(b, &size, sizeof size);
    buffer_bytes(b, v.bytes);
    for (size_t i = 0; i < c->table->count; i++) {
        TRY(value_of_field(s, &c->table->row.fields[i], row, &v));
        TRY_WHILE(postgres_put(s, c->types[i], &v, b), "%s", c->table->table->columns[i].name);
    }
    return OK;
}

fallible table_copy_rows(Scope *s, const TableCopy *c, const Caller *caller, const SlotRefs *rows,
                         Buffer *out)
{
    static const char header[HEADER_SIZE] = SIGNATURE;

    buffer_add(out, header, sizeof header);
    EACH (const Slot *, row, rows) {
        SCOPE(tmp, s);
        TRY(put_row(tmp, c, caller->tenant_id, *row, out));
    }
    put16(out, -1);
    return OK;
}

fallible table_copy_in(Scope *s, Tx *tx, const TableCopy *c, Bytes rows, int64_t *added)
{
    TRY(query_run(s, tx, &c->make, NO_ARGS, NULL));
    TRY(tx_copy(s, tx, &(CopyStream){.sql = c->in, .in = rows}));
    return query_run(s, tx, &c->move, NO_ARGS, added);
}

/* ---- Out ---- */

typedef struct Summing {
    const TableCopy *copy;
    bool begun; /* the header was taken */
    TableSum sum;
} Summing;

/* Takes size bytes off the front. */
static fallible take(Scope *s, Bytes *rest, size_t size, Bytes *out)
{
    if (rest->size < size)
        return fail(s, UPSTREAM, "the database sent half a row");
    *out = (Bytes){rest->data, size};
    *rest = (Bytes){rest->data + size, rest->size - size};
    return OK;
}

static fallible take_number(Scope *s, Bytes *rest, size_t size, uint32_t *out)
{
    Bytes bytes;

    TRY(take(s, rest, size, &bytes));
    *out = 0;
    for (size_t i = 0; i < size; i++)
        *out = *out << 8 | (uint8_t)bytes.data[i];
    return OK;
}

static fallible take_column(Scope *s, const TableCopy *c, size_t i, Bytes *rest, Slot *row)
{
    Value v = {.kind = VALUE_NULL, .null = true};
    uint32_t size;
    Bytes bytes;

    TRY(take_number(s, rest, sizeof size, &size));
    if (size != NULL_VALUE) {
        TRY(take(s, rest, size, &bytes));
        if (!postgres_value(s, c->types[i], bytes, &v))
            return fail(s, BUG, "the column %s has a type that rows cannot hold",
                        c->table->table->columns[i].name);
    }
    return value_to_field(s, &v, &c->table->row.fields[i], row);
}

static fallible sum_message(void *arg, Scope *s, Bytes message)
{
    Summing *summing = arg;
    const TableCopy *c = summing->copy;
    Bytes header;
    uint32_t columns;

    if (!summing->begun)
        TRY(take(s, &message, HEADER_SIZE, &header));
    summing->begun = true;
    while (message.size) {
        SCOPE(tmp, s);
        TRY(take_number(tmp, &message, sizeof(int16_t), &columns));
        if (columns == UINT16_MAX)
            return OK; /* the end */
        if (columns != c->table->count)
            return fail(s, UPSTREAM, "the database sent a row of %u columns", columns);
        Slot *row = NEW_ARRAY(tmp, Slot, c->table->count);
        for (size_t i = 0; i < c->table->count; i++)
            TRY(take_column(tmp, c, i, &message, row));
        sum_row(tmp, c->table, row, &summing->sum);
    }
    return OK;
}

fallible table_copy_sum(Scope *s, Tx *tx, const TableCopy *c, TableSum *out)
{
    Summing summing = {.copy = c};

    TRY(tx_copy(s, tx, &(CopyStream){.sql = c->out, .out = sum_message, .arg = &summing}));
    *out = summing.sum;
    return OK;
}
