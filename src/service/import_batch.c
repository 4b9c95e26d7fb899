/* Rows gathered for a transaction, and what is said about those that are not taken. */

#include <stdarg.h>

#include "base/json.h"
#include "service/import_parts.h"

void import_note(Import *im, const char *format, ...)
{
    va_list args;

    if (im->report->notes.count >= IMPORT_NOTES_MAX) {
        im->report->notes_dropped++;
        return;
    }
    va_start(args, format);
    texts_add(im->s, &im->report->notes, text_v(im->s, format, args));
    va_end(args);
}

ImportCount *import_count(Import *im, const char *table)
{
    ImportCount *made;

    EACH (ImportCount, count, &im->report->tables)
        if (text_equal(count->table, table))
            return count;
    made = list_add(im->s, &im->report->tables);
    made->table = text_copy(im->s, table);
    return made;
}

fallible import_table(Import *im, const char *name, const TableAccess **out)
{
    TableAccess *access;

    for (size_t i = 0; i < im->table_count; i++) {
        if (text_equal(im->tables[i].access->table->name, name)) {
            *out = im->tables[i].access;
            return OK;
        }
    }
    if (im->table_count == IMPORT_TABLES)
        return fail(im->s, BUG, "more tables than import has room for");
    TRY(table_access(im->s, name, &access));
    *out = im->tables[im->table_count++].access = access;
    return OK;
}

ImportTable *import_table_of(Import *im, const TableAccess *access)
{
    size_t i = 0;

    while (im->tables[i].access != access)
        i++;
    return &im->tables[i];
}

Slot *import_slots(Import *im, const TableAccess *t)
{
    return NEW_ARRAY(im->batch, Slot, t->count);
}

Slot *import_slot(const TableAccess *t, Slot *slots, const char *column)
{
    return &slots[stored_column(t->table, column)];
}

static bool absent(const StoredColumn *c, const Slot *slot)
{
    switch (c->kind) {
    case FIELD_BYTES:
        return !slot->bytes.data;
    case FIELD_OPT_INT:
        return !slot->number.set;
    case FIELD_TIME:
        return !time_set(slot->time);
    default:
        return !slot->text;
    }
}

fallible import_whole(Scope *s, const TableAccess *t, const Slot *slots)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->table->columns[i].flags & STORED_NEEDED && absent(&t->table->columns[i], &slots[i]))
            return fail(s, INVALID, "%s is missing", t->table->columns[i].name);
    return OK;
}

/* Rows that an import before this one has handled are only summed. */
void import_add(Import *im, const TableAccess *access, Slot *slots)
{
    ImportTable *t = import_table_of(im, access);
    bool verify = im->options->mode == IMPORT_VERIFY;
    PendingRow row = {.table = t, .slots = slots, .sum.rows = 1};

    im->bytes +=
        sizeof row + slots_size(access, slots) + access->count * (sizeof(Slot) + sizeof(Cell));
    if (im->places || verify) {
        row.sum.rows = 0;
        sum_row(im->batch, access, slots, &row.sum);
    }
    sum_add(&t->seen, &row.sum);
    if (!verify && t->seen.rows > t->done.rows)
        *list_add(im->batch, &im->rows) = row;
    else if (!verify && t->seen.rows == t->done.rows && !sum_equal(&t->seen, &t->done))
        im->other = access->table->name;
}

fallible import_flush(Import *im, bool must)
{
    size_t rows = im->places ? COPY_ROWS : BATCH_ROWS;
    size_t bytes = im->places ? COPY_BYTES : BATCH_BYTES;

    if (im->other)
        return import_other(im);
    if (!must && im->rows.count < rows && im->bytes < bytes)
        return OK;
    if (im->rows.count)
        TRY(import_write(im));
    scope_close(im->batch); /* NULL when it is on its way */
    im->batch = scope_child(im->s);
    im->rows = (PendingRowList){0};
    im->bytes = 0;
    return OK;
}

/* ---- Rows that have no home ---- */

static void put_cell(JsonWriter *w, Scope *s, const Cell *cell)
{
    switch (cell->kind) {
    case CELL_INT:
        json_put_int(w, cell->number);
        return;
    case CELL_REAL:
        json_put_real(w, cell->real);
        return;
    case CELL_TEXT:
        json_put_text(w, text_clean(s, cell->bytes, NULL));
        return;
    case CELL_BLOB:
        json_open(w, '{');
        json_key(w, "base64");
        json_put_text(w, base64(s, cell->bytes));
        json_close(w, '}');
        return;
    default:
        json_put_null(w);
    }
}

fallible import_keep(Import *im, const SourceRow *row)
{
    const TableAccess *t;
    Buffer b = buffer_in(im->batch);
    JsonWriter w = json_writer(&b);

    TRY(import_table(im, "imported_rows", &t));
    json_open(&w, '{');
    for (size_t i = 0; i < row->names->count; i++) {
        json_key(&w, row->names->items[i]);
        put_cell(&w, im->batch, &row->cells[i]);
    }
    json_close(&w, '}');
    Slot *slots = import_slots(im, t);
    import_slot(t, slots, "source_table")->text = row->table;
    import_slot(t, slots, "id")->text = row->id;
    import_slot(t, slots, "row_data")->json.text = buffer_string(&b);
    import_add(im, t, slots);
    return OK;
}

fallible import_count_refused(Import *im)
{
    if (++im->refused <= IMPORT_REFUSED_MAX)
        return OK;
    return fail(im->s, INVALID, "more than %d rows cannot be taken: %s", IMPORT_REFUSED_MAX,
                im->report->notes.items[0]);
}

fallible import_refuse(Import *im, const SourceRow *row, const Error *why)
{
    import_count(im, row->table)->refused++;
    import_note(im, "%s %s is not taken: %s", row->table, row->id, why->message);
    TRY(import_count_refused(im));
    return row->cells ? import_keep(im, row) : OK;
}
