/* Where an import stands, kept in the database it writes to: it moves with the rows. */

#include "service/import_parts.h"
#include "sys/file.h"

static ImportPlace place_row(Scope *s, const Import *im, const ImportTable *t, const Place *p)
{
    return (ImportPlace){.source = im->source,
                         .table_name = t->access->table->name,
                         .state = im->state,
                         .before_rows = p->before.rows,
                         .before_sum = sum_text(s, &p->before),
                         .handled = p->handled.rows,
                         .handled_sum = sum_text(s, &p->handled),
                         .copied = p->copied.rows,
                         .copied_sum = sum_text(s, &p->copied),
                         .kept = p->kept,
                         .present = p->present,
                         .different = p->different,
                         .refused = p->refused};
}

/* ---- Moving ---- */

static void move_by(Place *p, const PendingRow *row)
{
    sum_add(&p->handled, &row->sum);
    if (row->outcome == COPIED)
        sum_add(&p->copied, &row->sum);
    p->present += row->outcome == PRESENT;
    p->different += row->outcome == DIFFERENT;
    p->refused += row->outcome == REFUSED;
}

static void move_by_kept(Place *p, const PendingRow *row)
{
    if (!row->kept || !row->kept->marks.count)
        return;
    sum_add(&p->copied, &row->kept->sum);
    p->kept++;
}

static Place moved(const ImportTable *t, const PendingRow *rows, size_t count)
{
    Place p = t->place;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].table == t)
            move_by(&p, &rows[i]);
        if (rows[i].kept && rows[i].kept->table == t)
            move_by_kept(&p, &rows[i]);
    }
    return p;
}

fallible import_moves(Scope *s, const Import *im, const PendingRow *rows, size_t count,
                      ImportMoveList *out)
{
    for (size_t i = 0; i < im->table_count && im->places; i++) {
        const ImportTable *t = &im->tables[i];
        Place to = moved(t, rows, count);
        if (memcmp(&to, &t->place, sizeof to) != 0)
            *list_add(s, out) =
                (ImportMove){place_row(s, im, t, &t->place), place_row(s, im, t, &to)};
    }
    return OK;
}

fallible import_move(Scope *s, Tx *tx, const ImportMoveList *moves)
{
    EACH (const ImportMove, move, moves)
        TRY(import_place_move(s, tx, &move->from, &move->to));
    return OK;
}

void import_moved(Import *im, const PendingRow *rows, size_t count)
{
    for (size_t i = 0; i < im->table_count; i++)
        im->tables[i].place = moved(&im->tables[i], rows, count);
}

/* ---- The beginning ---- */

/* Another stamp means that it was written to. */
static fallible file_state(Scope *s, const char *path, const char **out)
{
    const char *file, *log;

    TRY(file_stamp(s, path, &file));
    TRY(file_stamp(s, text(s, "%s-wal", path), &log));
    *out = text(s, "%s %s", file, log);
    return OK;
}

static fallible find_empty(Import *im, Tx *tx, ImportTable *t)
{
    SCOPE(tmp, im->s);
    SlotRows rows;

    TRY(table_page(tmp, tx, t->access, NULL, &rows));
    t->empty = rows.count == 0;
    return OK;
}

static fallible open_tables(Import *im)
{
    const TableAccess *t;
    Tx *tx;

    SCOPE(tmp, im->s);
    TRY(tx_read(tmp, im->app->store, im->caller, &tx));
    for (const StoredTable *stored = stored_tables; stored->name; stored++) {
        TRY(import_table(im, stored->name, &t));
        if (store_can_copy(im->app->store))
            TRY(table_copy_open(im->s, tx, t, &import_table_of(im, t)->copy));
        if (im->options->mode == IMPORT_DRY)
            TRY(find_empty(im, tx, import_table_of(im, t)));
    }
    return tx_commit(tmp, tx);
}

static bool sum_from(Scope *s, int64_t rows, const char *lanes, TableSum *out)
{
    out->rows = rows;
    return sum_read(s, lanes, out);
}

static fallible adopt(Import *im, const ImportPlace *row)
{
    const TableAccess *access;

    TRY(import_table(im, row->table_name, &access));
    ImportTable *t = import_table_of(im, access);
    Place *p = &t->place;
    if (!sum_from(im->s, row->before_rows, row->before_sum, &p->before) ||
        !sum_from(im->s, row->handled, row->handled_sum, &p->handled) ||
        !sum_from(im->s, row->copied, row->copied_sum, &p->copied))
        return fail(im->s, BUG, "the place of %s cannot be read", row->table_name);
    p->kept = row->kept;
    p->present = row->present;
    p->different = row->different;
    p->refused = row->refused;
    t->done = p->handled;
    im->refused += p->refused;
    im->report->resumed += p->handled.rows;
    return OK;
}

static fallible forget(Import *im)
{
    SCOPE(tmp, im->s);
    Tx *tx;

    TRY(tx_write(tmp, im->app->store, im->caller, &tx));
    TRY(imports_forget(tmp, tx, im->source));
    return tx_commit(tmp, tx);
}

static fallible place_tables(Import *im)
{
    SCOPE(tmp, im->s);
    Tx *tx;

    for (size_t i = 0; i < im->table_count; i++)
        TRY_WHILE(import_sum(im, &im->tables[i], &im->tables[i].place.before),
                  "reading what is here already");
    TRY(tx_write(tmp, im->app->store, im->caller, &tx));
    for (size_t i = 0; i < im->table_count; i++) {
        ImportPlace row = place_row(tmp, im, &im->tables[i], &im->tables[i].place);
        Error *e = import_place_begin(tmp, tx, &row);
        if (failed_as(e, CONFLICT))
            return fail_code(im->s, CONFLICT, "import_elsewhere",
                             "another import of this file is under way: wait for it to end");
        TRY(e);
    }
    return tx_commit(tmp, tx);
}

static fallible load(Import *im, ImportPlaceList *out)
{
    SCOPE(tmp, im->s);
    Tx *tx;

    TRY(tx_read(tmp, im->app->store, im->caller, &tx));
    TRY(import_places(im->s, tx, im->source, out));
    return tx_commit(tmp, tx);
}

fallible import_begin(Import *im)
{
    ImportPlaceList places = {0};

    TRY(file_real_path(im->s, im->options->path, &im->source));
    TRY(file_state(im->s, im->source, &im->state));
    TRY(open_tables(im));
    im->places = im->options->mode == IMPORT_WRITE && store_can_copy(im->app->store);
    im->copying = true;
    if (!im->places)
        return OK;
    TRY(load(im, &places));
    if (places.count && !text_equal(places.items[0].state, im->state)) {
        import_note(im, "the file was written to since the import of it was interrupted: each row "
                        "is compared with what is here");
        TRY(forget(im));
        places.count = 0;
    }
    EACH (const ImportPlace, place, &places)
        TRY(adopt(im, place));
    return places.count ? OK : place_tables(im);
}

fallible import_other(Import *im)
{
    TRY(forget(im));
    return fail_code(im->s, CONFLICT, "import_changed",
                     "what %s gives for %s is not what it gave when the import was interrupted: "
                     "start it again, and each row is compared",
                     im->options->path, im->other);
}

fallible import_end(Import *im)
{
    const char *state;

    TRY(file_state(im->s, im->source, &state));
    if (!text_equal(state, im->state))
        import_note(im, "the file was written to meanwhile: what came after the start is not "
                        "taken. Stop dursor there and import again");
    return im->places ? forget(im) : OK;
}
