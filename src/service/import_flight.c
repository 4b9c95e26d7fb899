/* Batches by COPY, written by a thread while the next one is gathered.
 *
 * What the thread takes was made before and is only read until it has landed: rows in COPY's form, and the
 * moves of the places. What it leaves are two values under the mutex. */

#include "service/import_parts.h"
#include "sys/thread.h"

/* The rows of one table. */
typedef struct Parcel {
    const TableCopy *copy;
    Bytes rows;
    int64_t count;
} Parcel;

typedef struct Load {
    Store *store;
    const Caller *caller;
    LIST_OF(Parcel) parcels; /* parents before what refers to them */
    ImportMoveList moves;
} Load;

struct Flight {
    Scope *crew; /* of the pool */
    Pool *pool;
    Scope *batch; /* of the rows on their way; NULL: none are */
    PendingRowList rows;
    Load load;
    Scope *outcome; /* memory of the failure */
    Mutex mutex;    /* of the rest */
    Condition changed;
    bool landed;
    bool all;
    Error *failure;
};

/* ---- Loading ---- */

static fallible load_table(Import *im, const ImportTable *t, const PendingRowList *rows, Load *load)
{
    SCOPE(tmp, im->batch);
    Buffer b = buffer_in(im->batch);
    SlotRefs refs = {0};

    EACH (const PendingRow, row, rows)
        if (row->table == t)
            *list_add(tmp, &refs) = row->slots;
    if (!refs.count)
        return OK;
    TRY(table_copy_rows(tmp, t->copy, im->caller, &refs, &b));
    *list_add(im->batch, &load->parcels) = (Parcel){t->copy, buffer_view(&b), (int64_t)refs.count};
    return OK;
}

/* *whole is false when a value is of no form that its column takes. */
static fallible load_rows(Import *im, const PendingRowList *rows, Load *out, bool *whole)
{
    Error *e = OK;

    *out = (Load){.store = im->app->store, .caller = im->caller};
    for (size_t i = 0; !e && i < im->table_count; i++)
        e = load_table(im, &im->tables[i], rows, out);
    *whole = !import_of_the_row(e);
    if (!*whole) {
        error_drop(e, "row by row it shows which it is");
        return OK;
    }
    TRY(e);
    EACH (PendingRow, row, rows)
        row->outcome = COPIED;
    return import_moves(im->batch, im, rows->items, rows->count, &out->moves);
}

/* ---- Flying ---- */

static fallible fly_inside(Scope *s, const Load *load, bool *all)
{
    Tx *tx;

    TRY(tx_write(s, load->store, load->caller, &tx));
    EACH (const Parcel, parcel, &load->parcels) {
        int64_t added = 0;
        TRY(table_copy_in(s, tx, parcel->copy, parcel->rows, &added));
        if (added != parcel->count)
            return OK; /* rolled back with s */
    }
    TRY(import_move(s, tx, &load->moves));
    TRY(tx_commit(s, tx));
    *all = true;
    return OK;
}

static fallible fly(Scope *s, const Load *load, bool *all)
{
    SCOPE(tmp, s);

    *all = false;
    Error *e = fly_inside(tmp, load, all);
    if (!import_of_the_row(e))
        return e;
    error_drop(e, "row by row it shows which it is");
    return OK;
}

fallible import_copy(Import *im, PendingRow *rows, size_t count, bool *all)
{
    PendingRowList some = {rows, count, count};
    Load load;

    *all = false;
    TRY(load_rows(im, &some, &load, all));
    if (*all)
        TRY(fly(im->batch, &load, all));
    return *all ? import_account(im, rows, count) : OK;
}

/* ---- The thread ---- */

static Error *write_batch(Scope *s, void *arg)
{
    Flight *f = arg;
    bool all;
    Error *e = fly(s, &f->load, &all);

    LOCKED (&f->mutex) {
        f->failure = error_move(f->outcome, e);
        f->all = all;
        f->landed = true;
        condition_wake_all(&f->changed);
    }
    error_drop(e, "whoever waits for the batch takes it");
    return OK;
}

static fallible muster(Import *im)
{
    Scope *crew = scope_child(im->s);
    Flight *f = NEW(im->s, Flight);

    im->flight = f;
    f->crew = crew;
    f->outcome = unit_open(scope_cancel(im->s), "import");
    return pool_open(crew, "import", 1, 1, &f->pool);
}

fallible import_take_off(Import *im)
{
    bool whole;

    if (!im->flight)
        TRY(muster(im));
    Flight *f = im->flight;
    TRY(load_rows(im, &im->rows, &f->load, &whole));
    if (!whole)
        return import_write_span(im, im->rows.items, im->rows.count);
    f->landed = false;
    f->rows = im->rows;
    TRY(pool_run(im->s, f->pool, write_batch, f));
    f->batch = im->batch;
    im->batch = NULL;
    return OK;
}

static fallible wait_landed(Import *im, Flight *f, bool *all)
{
    LOCKED (&f->mutex) {
        while (!f->landed)
            TRY(condition_wait(im->s, &f->changed, &f->mutex));
        *all = f->all;
        TRY(error_move(im->s, f->failure));
    }
    return OK;
}

fallible import_land(Import *im)
{
    Flight *f = im->flight;
    bool all = false;

    if (!f || !f->batch)
        return OK;
    TRY(wait_landed(im, f, &all));
    TRY(all ? import_account(im, f->rows.items, f->rows.count)
            : import_write_span(im, f->rows.items, f->rows.count));
    scope_close(f->batch);
    f->batch = NULL;
    return OK;
}

void import_ground(Import *im)
{
    Flight *f = im->flight;

    if (!f)
        return;
    scope_close(f->crew);
    scope_close(f->batch);
    scope_close(f->outcome);
    im->flight = NULL;
}
