/* Writing in batches, each in a transaction, and reading back. */

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

    EACH (ImportCount, count, &im->report->counts)
        if (text_equal(count->table, table))
            return count;
    made = list_add(im->s, &im->report->counts);
    made->table = text_copy(im->s, table);
    return made;
}

fallible import_table(Import *im, const char *name, const TableAccess **out)
{
    for (size_t i = 0; i < im->table_count; i++) {
        if (text_equal(im->tables[i]->table->name, name)) {
            *out = im->tables[i];
            return OK;
        }
    }
    if (im->table_count == IMPORT_TABLES)
        return fail(im->s, BUG, "more tables than import has room for");
    TRY(table_access(im->s, name, &im->tables[im->table_count]));
    *out = im->tables[im->table_count++];
    return OK;
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

void import_add(Import *im, const TableAccess *t, Slot *slots)
{
    PendingRow *row = list_add(im->batch, &im->rows);

    row->table = t;
    row->slots = slots;
    im->bytes += slots_size(t, slots);
}

/* ---- Writing ---- */

static fallible write_rows(Scope *s, Import *im, PendingRow *rows, size_t count)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_write(tmp, im->app->store, im->caller, &tx));
    for (size_t i = 0; i < count; i++) {
        rows[i].marks = (InsertMarks){0};
        TRY(table_insert_later(s, tx, rows[i].table, rows[i].slots, &rows[i].marks));
    }
    return tx_commit(tmp, tx);
}

/* What the row itself is to blame for, not the database's state. */
static bool of_the_row(const Error *e)
{
    return failed_as(e, INVALID) || failed_as(e, CONFLICT) || failed_as(e, TOO_LARGE);
}

static const char *row_key(Scope *s, const PendingRow *row)
{
    const StoredColumn *first = row->table->table->columns;

    return first->flags & STORED_KEY && row->slots[0].text ? row->slots[0].text
                                                           : text(s, "of %s", LOCAL_TENANT);
}

static bool too_many(const ImportReport *report)
{
    return import_refused(report) > IMPORT_REFUSED_MAX;
}

static fallible refused_row(Import *im, PendingRow *row, const char *why)
{
    const char *name = row->table->table->name;
    const TableAccess *keep;

    row->refused = true;
    import_count(im, name)->refused++;
    import_note(im, "%s %s is not taken: %s", name, row_key(im->batch, row), why);
    if (too_many(im->report))
        return fail(im->s, INVALID, "more than %d rows cannot be taken: %s", IMPORT_REFUSED_MAX,
                    im->report->notes.items[0]);
    if (im->options->dry_run || text_equal(name, "imported_rows"))
        return OK;
    TRY(import_table(im, "imported_rows", &keep));
    Slot *slots = import_slots(im, keep);
    import_slot(keep, slots, "source_table")->text = name;
    import_slot(keep, slots, "id")->text = row_key(im->batch, row);
    import_slot(keep, slots, "row_data")->json.text =
        json_text(im->batch, &row->table->row, row->slots);
    PendingRow kept = {.table = keep, .slots = slots};
    Error *e = write_rows(im->batch, im, &kept, 1);
    if (of_the_row(e))
        import_note(im, "%s %s cannot be kept either: %s", name, row_key(im->batch, row),
                    e->message);
    else
        TRY(e);
    return OK;
}

static fallible write_each(Import *im)
{
    for (size_t i = 0; i < im->rows.count; i++) {
        PendingRow *row = &im->rows.items[i];
        Error *e = write_rows(im->batch, im, row, 1);
        if (of_the_row(e))
            TRY(refused_row(im, row, e->message));
        else
            TRY(e);
    }
    return OK;
}

/* ---- Reading back ---- */

static fallible read_back(Import *im)
{
    SCOPE(tmp, im->batch);
    Tx *tx;

    TRY(tx_read(tmp, im->app->store, im->caller, &tx));
    EACH (PendingRow, row, &im->rows) {
        row->stored = (SlotRows){0};
        if (!row->refused)
            TRY(table_get_later(im->batch, tx, row->table, row->slots, &row->stored));
    }
    TRY(tx_sync(tmp, tx));
    return tx_commit(tmp, tx);
}

static fallible compare(Import *im, PendingRow *row)
{
    const char *name = row->table->table->name;
    ImportCount *count = import_count(im, name);

    if (row->refused)
        return OK;
    if (!row->stored.count) {
        if (!im->options->dry_run)
            return refused_row(im, row, "another row here has what only one may have");
        count->copied++;
        return OK;
    }
    const char *differs = slots_differ(im->batch, row->table, row->slots, row->stored.items);
    if (row->marks.count && differs)
        return fail(im->s, BUG, "%s %s was written and reads back with another %s", name,
                    row_key(im->batch, row), differs);
    if (row->marks.count)
        count->copied++;
    else if (!differs)
        count->present++;
    else {
        count->different++;
        import_note(im, "%s %s is here already with another %s: it stays as it is here", name,
                    row_key(im->batch, row), differs);
    }
    return OK;
}

fallible import_flush(Import *im, bool must)
{
    if (!must && im->rows.count < BATCH_ROWS && im->bytes < BATCH_BYTES)
        return OK;
    if (!im->options->dry_run) {
        Error *e = write_rows(im->batch, im, im->rows.items, im->rows.count);
        if (of_the_row(e))
            TRY(write_each(im));
        else
            TRY(e);
    }
    TRY(read_back(im));
    EACH (PendingRow, row, &im->rows)
        TRY(compare(im, row));
    scope_close(im->batch);
    im->batch = scope_child(im->s);
    im->rows = (PendingRowList){0};
    im->bytes = 0;
    return OK;
}

/* ---- Rows that have no place ---- */

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

fallible import_refuse(Import *im, const SourceRow *row, const Error *why)
{
    import_count(im, row->table)->refused++;
    import_note(im, "%s %s is not taken: %s", row->table, row->id, why->message);
    if (too_many(im->report))
        return fail(im->s, INVALID, "more than %d rows cannot be taken: %s", IMPORT_REFUSED_MAX,
                    im->report->notes.items[0]);
    return row->cells ? import_keep(im, row) : OK;
}
