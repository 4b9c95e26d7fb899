/* Secrets that people entrusted to the database: they must open where the rows go. */

#include "service/import_parts.h"

typedef struct SealedColumn {
    const char *table;
    const char *column; /* of the seal; "_sealed" follows in the table */
    const char *row;    /* the column that names the row; NULL: the tenant does */
} SealedColumn;

static const SealedColumn sealed_columns[] = {
    {"model_profiles", "api_key", "id"},
    {"github_config", "private_key", NULL},
};

/* Of a row that has one. */
static fallible open_seal(Scope *s, Import *im, const SealedColumn *c, const TableAccess *t,
                          Slot *slots)
{
    SealPlace place = {LOCAL_TENANT, c->table, LOCAL_TENANT, c->column};
    Bytes sealed = import_slot(t, slots, text(s, "%s_sealed", c->column))->bytes;
    const char *secret;

    if (!sealed.data)
        return OK;
    if (c->row)
        place.row_id = import_slot(t, slots, c->row)->text;
    TRY(keys_unseal(s, im->app->keys, &place, sealed, &secret));
    im->report->sealed++;
    return OK;
}

fallible import_check_seals(Import *im, const TableAccess *t, Slot *slots)
{
    SCOPE(tmp, im->batch);

    for (size_t i = 0; i < COUNT_OF(sealed_columns); i++)
        if (text_equal(sealed_columns[i].table, t->table->name))
            TRY(open_seal(tmp, im, &sealed_columns[i], t, slots));
    return OK;
}

static fallible open_rows(Scope *s, Import *im, const SealedColumn *c, const TableAccess *t,
                          const SlotRows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        Slot *row = rows->items + i * t->count;
        Error *e = open_seal(s, im, c, t, row);
        if (failed_as(e, INVALID)) {
            import_note(im, "%s %s: %s", c->table, c->row ? row[0].text : "", e->message);
            im->report->sealed_closed++;
        } else
            TRY(e);
    }
    return OK;
}

static fallible open_table(Import *im, const SealedColumn *c)
{
    const TableAccess *t;
    const Slot *last = NULL;
    SlotRows rows;
    Tx *tx;

    SCOPE(tmp, im->s);
    TRY(import_table(im, c->table, &t));
    TRY(tx_read(tmp, im->app->store, im->caller, &tx));
    do {
        TRY(table_page(tmp, tx, t, last, &rows));
        TRY(open_rows(tmp, im, c, t, &rows));
        last = (int64_t)rows.count == t->table->page && c->row
                   ? rows.items + (rows.count - 1) * t->count
                   : NULL;
    } while (last);
    return tx_commit(tmp, tx);
}

fallible import_open_seals(Import *im)
{
    im->report->sealed = 0;
    for (size_t i = 0; i < COUNT_OF(sealed_columns); i++)
        TRY(open_table(im, &sealed_columns[i]));
    if (!im->report->sealed)
        return OK;
    import_note(im,
                text_empty(im->app->settings->encryption_key)
                    ? "stored keys open with secrets/encryption-key of this machine's data folder: "
                      "give its content to whatever serves from this database"
                    : "stored keys open with the DURSOR_ENCRYPTION_KEY that is set now: whatever "
                      "serves from this database needs the same");
    return OK;
}
