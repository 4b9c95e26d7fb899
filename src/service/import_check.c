/* Whether whole tables hold what they should: as many rows, with the same sum. */

#include "service/import_parts.h"

/* Where there is no COPY, page by page. */
static fallible sum_pages(Scope *s, Tx *tx, const TableAccess *t, TableSum *out)
{
    Scope *held = scope_child(s);
    const Slot *last = NULL;
    Error *e = OK;
    SlotRows rows;

    do {
        Scope *page = scope_child(s);
        e = table_page(page, tx, t, last, &rows);
        for (size_t i = 0; !e && i < rows.count; i++)
            sum_row(page, t, rows.items + i * t->count, out);
        bool more =
            !e && (int64_t)rows.count == t->table->page && t->table->columns->flags & STORED_KEY;
        last = more ? rows.items + (rows.count - 1) * t->count : NULL;
        scope_close(held);
        held = page;
    } while (last);
    scope_close(held);
    return e;
}

fallible import_sum(Import *im, const ImportTable *t, TableSum *out)
{
    SCOPE(tmp, im->s);
    TableSum sum = {0};
    Tx *tx;

    if (t->copy) {
        TRY(tx_write(tmp, im->app->store, im->caller, &tx));
        TRY(table_copy_sum(tmp, tx, t->copy, &sum));
    } else {
        TRY(tx_read(tmp, im->app->store, im->caller, &tx));
        TRY(sum_pages(tmp, tx, t->access, &sum));
    }
    TRY(tx_commit(tmp, tx));
    *out = sum;
    return OK;
}

static fallible check_table(Import *im, const ImportTable *t)
{
    bool verify = im->options->mode == IMPORT_VERIFY;
    TableSum wanted = verify ? t->seen : t->place.before, here;

    if (!verify)
        sum_add(&wanted, &t->place.copied);
    TRY_WHILE(import_sum(im, t, &here), "reading %s", t->access->table->name);
    if (!here.rows && !wanted.rows)
        return OK;
    ImportCount *count = import_count(im, t->access->table->name);
    count->rows = (OptInt){true, here.rows};
    count->rows_wanted = (OptInt){true, wanted.rows};
    count->checksum = sum_text(im->s, &here);
    count->checksum_wanted = sum_text(im->s, &wanted);
    im->report->equal &= sum_equal(&here, &wanted);
    return OK;
}

fallible import_check(Import *im)
{
    if (!im->places && im->options->mode != IMPORT_VERIFY)
        return OK;
    im->report->checked = im->report->equal = true;
    for (size_t i = 0; i < im->table_count; i++)
        TRY(check_table(im, &im->tables[i]));
    return OK;
}
