/* Our own tables: from a database file or an archive. */

#include "git/repo_url.h"
#include "service/import_parts.h"
#include "store/migrations.h"
#include "store/repos.h"

const char *import_repo_id(const Import *im, const char *id)
{
    EACH (const IdPair, pair, &im->repos)
        if (text_equal(pair->from, id))
            return pair->to;
    return id;
}

static bool has_column(const TableAccess *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (text_equal(t->table->columns[i].name, name))
            return true;
    return false;
}

void import_use_repo(Import *im, const TableAccess *t, Slot *slots)
{
    if (!has_column(t, "repo_id"))
        return;
    Slot *repo = import_slot(t, slots, "repo_id");
    repo->text = import_repo_id(im, repo->text);
}

/* Several rows could have one address in the former dursor; here one has it, and the others' tasks go
 * with it. */
fallible import_map_repo(Import *im, const SourceRow *row, const TableAccess *t, Slot *slots,
                         bool *same)
{
    RepoUrl url;
    Repo here;
    Tx *tx;

    *same = false;
    if (!text_equal(t->table->name, "repos"))
        return OK;
    Slot *address = import_slot(t, slots, "repo_url");
    Error *e = repo_url_parse(im->batch, address->text, NULL, &url);
    if (e)
        import_note(im, "repos %s: its address is kept as it is: %s", row->id, e->message);
    else
        address->text = url.text;
    SCOPE(tmp, im->batch);
    TRY(tx_read(tmp, im->app->store, im->caller, &tx));
    TRY(repo_find(im->batch, tx, address->text, &here, same));
    TRY(tx_commit(tmp, tx));
    *same = *same && !text_equal(here.id, row->id);
    if (!*same)
        return OK;
    *list_add(im->s, &im->repos) = (IdPair){text_copy(im->s, row->id), text_copy(im->s, here.id)};
    import_count(im, "repos")->present++;
    import_note(im, "repos %s is one with %s, which has the same address", row->id, here.id);
    return OK;
}

/* ---- Rows ---- */

fallible import_own_row(Import *im, SourceRow *row)
{
    const TableAccess *t;
    bool same;

    TRY(import_table(im, row->table, &t));
    Slot *slots = import_slots(im, t);
    Error *e = import_fill(im, row, t, slots);
    if (!e)
        e = import_whole(im->batch, t, slots);
    if (!e)
        e = import_check_seals(im, t, slots);
    if (failed_as(e, INVALID))
        return import_refuse(im, row, e);
    TRY(e);
    if (text_equal(row->table, "runs"))
        import_end_run(t, slots);
    import_use_repo(im, t, slots);
    TRY(import_map_repo(im, row, t, slots, &same));
    if (!same)
        import_add(im, t, slots);
    TRY(row->mended ? import_keep(im, row) : OK);
    return import_flush(im, text_equal(row->table, "repos"));
}

/* What the database sets itself, from the caller or from other rows. */
static bool derived(const char *column)
{
    static const char *const columns[] = {"tenant_id", "latest_pr_status"};

    for (size_t i = 0; i < COUNT_OF(columns); i++)
        if (text_equal(columns[i], column))
            return true;
    return false;
}

static fallible unknown_columns(Import *im, const ForeignTable *table)
{
    const TableAccess *t;

    TRY(import_table(im, table->name, &t));
    EACH (const char *, name, &table->columns)
        if (!has_column(t, *name) && !derived(*name))
            import_note(im, "column %s of %s is not known here: it is left out", *name,
                        table->name);
    return OK;
}

static fallible take_table(Import *im, ForeignFile *file, const ForeignTable *table)
{
    ForeignCursor *cursor;
    int64_t rowid;
    Cell *cells;
    SourceRow row;

    SCOPE(tmp, im->s);
    TRY(unknown_columns(im, table));
    TRY(foreign_walk(tmp, file, &(ForeignSelect){.table = table}, &cursor));
    for (;;) {
        TRY(foreign_next(im->batch, cursor, &rowid, &cells));
        if (!cells)
            return import_flush(im, true);
        TRY(import_read(im, file, table, rowid, &row));
        if (row.cells)
            TRY(import_own_row(im, &row));
    }
}

/* What a later version means by its columns is not known here. */
static fallible check_version(Import *im, ForeignFile *file)
{
    ForeignSelect versions = {.table = foreign_table(file, "schema_versions")};
    int64_t rowid, newest = 0;
    ForeignCursor *cursor;
    Cell *cells;

    SCOPE(tmp, im->s);
    texts_add(tmp, &versions.columns, "version");
    TRY(foreign_walk(tmp, file, &versions, &cursor));
    for (;;) {
        TRY(foreign_next(tmp, cursor, &rowid, &cells));
        if (!cells)
            break;
        if (cells[0].kind == CELL_INT && cells[0].number > newest)
            newest = cells[0].number;
    }
    if (newest <= migration_count)
        return OK;
    return fail(im->s, INVALID,
                "%s is at version %lld and this dursor knows %d: import it with the newer dursor, "
                "after `dursor migrate` with that one",
                im->options->path, (long long)newest, migration_count);
}

fallible import_ours(Import *im, ForeignFile *file)
{
    im->ours = true;
    TRY(check_version(im, file));
    for (const StoredTable *stored = stored_tables; stored->name; stored++) {
        const ForeignTable *table = foreign_table(file, stored->name);
        if (!table)
            import_note(im, "it has no table %s", stored->name);
        else
            TRY(take_table(im, file, table));
    }
    return OK;
}
