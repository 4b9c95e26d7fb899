/* Writing a batch: by COPY while all rows are new, else each by itself and read back. */

#include "base/json.h"
#include "service/import_parts.h"

bool import_of_the_row(const Error *e)
{
    if (failed_as(e, CONFLICT))
        return !text_equal(e->code, "import_elsewhere");
    return failed_as(e, INVALID) || failed_as(e, TOO_LARGE);
}

/* The columns of its key, between slashes. */
static const char *row_key(Scope *s, const PendingRow *row)
{
    const StoredColumn *columns = row->table->access->table->columns;
    TextList parts = {0};

    for (size_t i = 0; columns[i].name; i++) {
        if (!(columns[i].flags & STORED_KEY))
            continue;
        if (columns[i].kind == FIELD_OPT_INT)
            texts_add(s, &parts, text(s, "%lld", (long long)row->slots[i].number.value));
        else if (row->slots[i].text)
            texts_add(s, &parts, row->slots[i].text);
    }
    return parts.count ? text_join(s, &parts, "/") : text(s, "of %s", LOCAL_TENANT);
}

static const char *table_name(const PendingRow *row)
{
    return row->table->access->table->name;
}

/* ---- What became of a row ---- */

static fallible refuse(Import *im, PendingRow *row, const char *why)
{
    const TableAccess *keep;

    row->outcome = REFUSED;
    row->why = why;
    if (im->options->mode != IMPORT_WRITE || text_equal(table_name(row), "imported_rows"))
        return OK;
    TRY(import_table(im, "imported_rows", &keep));
    PendingRow *kept = NEW(im->batch, PendingRow);
    kept->table = import_table_of(im, keep);
    kept->slots = import_slots(im, keep);
    import_slot(keep, kept->slots, "source_table")->text = table_name(row);
    import_slot(keep, kept->slots, "id")->text = row_key(im->batch, row);
    import_slot(keep, kept->slots, "row_data")->json.text =
        json_text(im->batch, &row->table->access->row, row->slots);
    sum_row(im->batch, keep, kept->slots, &kept->sum);
    row->kept = kept;
    return OK;
}

/* Of a row that was read back. */
static fallible judge(Import *im, PendingRow *row)
{
    const TableAccess *t = row->table->access;

    if (!row->stored.count) {
        if (im->options->mode == IMPORT_WRITE)
            return refuse(im, row,
                          row->table->access->table->parent
                              ? "what it belongs to is not here, or another row has its place"
                              : "another row here has what only one may have");
        row->outcome = COPIED;
        return OK;
    }
    row->why = slots_differ(im->batch, t, row->slots, row->stored.items);
    if (row->marks.count && row->why)
        return fail(im->s, BUG, "%s %s was written and reads back with another %s", t->table->name,
                    row_key(im->batch, row), row->why);
    row->outcome = row->marks.count ? COPIED : row->why ? DIFFERENT : PRESENT;
    return OK;
}

static fallible report_row(Import *im, const PendingRow *row)
{
    const char *name = table_name(row), *key = row_key(im->batch, row);

    if (row->outcome == DIFFERENT)
        import_note(im, "%s %s is here already with another %s: it stays as it is here", name, key,
                    row->why);
    if (row->outcome != REFUSED)
        return OK;
    import_note(im, "%s %s is not taken: %s", name, key, row->why);
    return import_count_refused(im);
}

fallible import_account(Import *im, PendingRow *rows, size_t count)
{
    import_moved(im, rows, count);
    for (size_t i = 0; i < count; i++)
        TRY(report_row(im, &rows[i]));
    return OK;
}

/* ---- Row by row ---- */

static fallible insert_later(Import *im, Tx *tx, PendingRow *row)
{
    row->marks = (InsertMarks){0};
    return table_insert_later(im->batch, tx, row->table->access, row->slots, &row->marks);
}

static fallible read_back(Import *im, Tx *tx, PendingRow *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rows[i].stored = (SlotRows){0};
        if (!rows[i].table->empty)
            TRY(table_get_later(im->batch, tx, rows[i].table->access, rows[i].slots,
                                &rows[i].stored));
    }
    TRY(tx_sync(im->batch, tx));
    for (size_t i = 0; i < count; i++)
        TRY(judge(im, &rows[i]));
    return OK;
}

static fallible keep_refused(Import *im, Tx *tx, PendingRow *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].kept)
            TRY(insert_later(im, tx, rows[i].kept));
    return tx_sync(im->batch, tx);
}

static fallible move_and_commit(Scope *s, Import *im, Tx *tx, PendingRowList rows)
{
    ImportMoveList moves = {0};

    TRY(import_moves(s, im, rows.items, rows.count, &moves));
    TRY(import_move(s, tx, &moves));
    return tx_commit(s, tx);
}

static fallible write_rows(Import *im, PendingRow *rows, size_t count)
{
    SCOPE(tmp, im->batch);
    Tx *tx;

    TRY(tx_write(tmp, im->app->store, im->caller, &tx));
    for (size_t i = 0; i < count; i++)
        TRY(insert_later(im, tx, &rows[i]));
    TRY(tx_sync(tmp, tx));
    TRY(read_back(im, tx, rows, count));
    TRY(keep_refused(im, tx, rows, count));
    return move_and_commit(tmp, im, tx, (PendingRowList){rows, count, count});
}

/* The row itself cannot be written: what it held can. */
static fallible write_kept(Import *im, PendingRow *row)
{
    SCOPE(tmp, im->batch);
    Tx *tx;

    TRY(tx_write(tmp, im->app->store, im->caller, &tx));
    TRY(keep_refused(im, tx, row, 1));
    return move_and_commit(tmp, im, tx, (PendingRowList){row, 1, 1});
}

static fallible write_refused(Import *im, PendingRow *row, const char *why)
{
    TRY(refuse(im, row, why));
    Error *e = write_kept(im, row);
    if (!row->kept || !import_of_the_row(e))
        return e;
    import_note(im, "%s %s cannot be kept either: %s", table_name(row), row_key(im->batch, row),
                e->message);
    row->kept = NULL;
    return write_kept(im, row);
}

static fallible write_each(Import *im, PendingRow *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Error *e = write_rows(im, &rows[i], 1);
        if (import_of_the_row(e))
            e = write_refused(im, &rows[i], e->message);
        TRY(e);
        TRY(import_account(im, &rows[i], 1));
    }
    return OK;
}

/* Rows that are all new let the next ones go by COPY again. */
static fallible write_singly(Import *im, PendingRow *rows, size_t count)
{
    Error *e = write_rows(im, rows, count);

    TRY(import_of_the_row(e) ? write_each(im, rows, count)
        : e                  ? e
                             : import_account(im, rows, count));
    im->copying = true;
    for (size_t i = 0; i < count; i++)
        im->copying &= rows[i].outcome == COPIED;
    return OK;
}

/* ---- Many at once ---- */

/* What fails at once is halved, so that one bad row costs few others their way. */
fallible import_write_span(Import *im, PendingRow *rows, size_t count)
{
    bool all = false;

    if (im->copying && im->places && count >= COPY_LEAST)
        TRY(import_copy(im, rows, count, &all));
    if (all)
        return OK;
    if (count <= BATCH_ROWS)
        return write_singly(im, rows, count);
    TRY(import_write_span(im, rows, count / 2));
    return import_write_span(im, rows + count / 2, count - count / 2);
}

/* ---- Dry ---- */

static fallible look(Import *im)
{
    SCOPE(tmp, im->batch);
    Tx *tx;

    TRY(tx_read(tmp, im->app->store, im->caller, &tx));
    TRY(read_back(im, tx, im->rows.items, im->rows.count));
    TRY(tx_commit(tmp, tx));
    return import_account(im, im->rows.items, im->rows.count);
}

fallible import_write(Import *im)
{
    if (im->options->mode != IMPORT_WRITE)
        return look(im);
    TRY(import_land(im));
    if (im->copying && im->places && im->rows.count >= COPY_LEAST)
        return import_take_off(im);
    return import_write_span(im, im->rows.items, im->rows.count);
}
