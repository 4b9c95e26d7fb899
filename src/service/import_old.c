/* The former dursor's tables. */

#include "service/import_parts.h"

/* Sets what is not a column of the same name. */
typedef fallible (*Mend)(Import *im, SourceRow *row, const TableAccess *t, Slot *slots);

typedef struct OldTable {
    const char *source;
    const char *target;
    Mend mend;         /* NULL: columns of the same names are all */
    const char *known; /* source columns that mend reads, between spaces */
    bool with_runs;    /* the runs come after this one */
} OldTable;

/* ---- What becomes of single columns ---- */

static fallible sealed(Import *im, const SealPlace *place, const char *secret, Slot *out)
{
    return keys_seal(im->batch, im->app->keys, place, secret, &out->bytes);
}

/* A sealed key is bound to its row by a fresh nonce: the one that is here already stays when it opens
 * to the same secret. */
static fallible kept_seal(Import *im, const TableAccess *t, Slot *slots, const SealPlace *place,
                          const char *secret)
{
    SCOPE(tmp, im->batch);
    Slot *slot = import_slot(t, slots, text(tmp, "%s_sealed", place->column));
    SlotRows there = {0};
    const char *known;
    Tx *tx;

    TRY(tx_read(tmp, im->app->store, im->caller, &tx));
    TRY(table_get_later(im->batch, tx, t, slots, &there));
    TRY(tx_sync(tmp, tx));
    TRY(tx_commit(tmp, tx));
    if (there.count) {
        Bytes old = import_slot(t, there.items, text(tmp, "%s_sealed", place->column))->bytes;
        Error *e = keys_unseal(tmp, im->app->keys, place, old, &known);
        if (!e && bytes_equal_secretly(bytes_of(known), bytes_of(secret))) {
            slot->bytes = old;
            return OK;
        }
        error_drop(e, "then it is another one, and is reported as such");
    }
    return sealed(im, place, secret, slot);
}

static fallible mend_model(Import *im, SourceRow *row, const TableAccess *t, Slot *slots)
{
    const char *token = source_text(im->batch, row, "api_key_encrypted"), *secret;
    SealPlace place = {LOCAL_TENANT, "model_profiles", row->id, "api_key"};

    if (!token)
        return fail(im->batch, INVALID, "it has no key");
    if (!im->fernet)
        return fail(im->batch, INVALID,
                    "its key cannot be read without the old DURSOR_ENCRYPTION_KEY: set it, and "
                    "import again");
    Error *e = fernet_open(im->batch, im->fernet, token, &secret);
    if (failed_as(e, INVALID))
        return fail(im->batch, INVALID,
                    "its key was not stored under this DURSOR_ENCRYPTION_KEY, or is damaged: set "
                    "the old one and import again, or add the model anew");
    TRY(e);
    return kept_seal(im, t, slots, &place, secret);
}

static fallible mend_github(Import *im, SourceRow *row, const TableAccess *t, Slot *slots)
{
    const char *stored = source_text(im->batch, row, "private_key");
    SealPlace place = {LOCAL_TENANT, "github_config", LOCAL_TENANT, "private_key"};
    Bytes pem;

    if (!stored)
        return fail(im->batch, INVALID, "it has no private key");
    if (base64_decode(im->batch, stored, &pem) && utf8_valid(pem))
        stored = text_of(im->batch, pem);
    if (!strstr(stored, "-----BEGIN "))
        return fail(im->batch, INVALID, "its private key is no PEM text");
    return kept_seal(im, t, slots, &place, stored);
}

static fallible mend_repo(Import *im, SourceRow *row, const TableAccess *t, Slot *slots)
{
    (void)row;
    import_slot(t, slots, "workspace_path")->text =
        text(im->batch, "%s/%s/repo.git", im->app->mirrors->dir, row->id);
    return OK;
}

/* The tasks are walked in the order of their ids, as the runs' are. */
static fallible count_runs(Import *im, const char *task_id, int64_t *count)
{
    int64_t rowid;
    Cell *cells;

    *count = 0;
    while (im->run_tasks && (!im->run_task || strcmp(im->run_task, task_id) <= 0)) {
        *count += text_equal(im->run_task, task_id);
        SCOPE(tmp, im->batch);
        TRY(foreign_next(tmp, im->run_tasks, &rowid, &cells));
        if (!cells)
            im->run_tasks = NULL;
        im->run_task = cells ? text_clean(im->s, cells[0].bytes, NULL) : NULL;
    }
    return OK;
}

static fallible mend_task(Import *im, SourceRow *row, const TableAccess *t, Slot *slots)
{
    Slot *count = import_slot(t, slots, "run_count");

    count->number.set = true;
    return count_runs(im, row->id, &count->number.value);
}

/* On 01-15 the status was taken out: whether there is a task tells. */
static fallible mend_backlog(Import *im, SourceRow *row, const TableAccess *t, Slot *slots)
{
    (void)im;
    if (!source_cell(row, "status") && import_slot(t, slots, "task_id")->text)
        import_slot(t, slots, "status")->text = "in_progress";
    return OK;
}

static fallible mend_preferences(Import *im, SourceRow *row, const TableAccess *t, Slot *slots)
{
    (void)row;
    import_slot(t, slots, "user_id")->text = im->caller->user_id;
    return OK;
}

static const OldTable old_tables[] = {
    {"repos", "repos", mend_repo, "", false},
    {"tasks", "tasks", mend_task, "", false},
    {"messages", "messages", NULL, "", true},
    {"model_profiles", "model_profiles", mend_model, " api_key_encrypted ", false},
    {"github_app_config", "github_config", mend_github, " id private_key ", false},
    {"user_preferences", "user_preferences", mend_preferences, " id ", false},
    {"prs", "prs", NULL, "", false},
    {"ci_checks", "ci_checks", NULL, "", false},
    {"backlog_items", "backlog_items", mend_backlog, "", false},
    {"reviews", "reviews", NULL, "", false},
    {"review_feedbacks", "review_feedbacks", NULL, "", false},
    {"agentic_runs", "agentic_runs", NULL, "", false},
    {"agentic_audit_log", "agentic_audit_log", NULL, "", false},
    {0},
};

/* ---- A table ---- */

fallible import_read(Import *im, ForeignFile *file, const ForeignTable *table, int64_t rowid,
                     SourceRow *out)
{
    Cell *cells = NULL;

    *out = (SourceRow){.table = table->name,
                       .id = text(im->batch, "%lld", (long long)rowid),
                       .names = &table->columns};
    Error *e = foreign_row(im->batch, file, table, rowid, &cells);
    if (failed_as(e, INVALID))
        return import_refuse(im, out, e);
    TRY(e);
    out->cells = cells;
    const char *id = source_text(im->batch, out, "id");
    if (id && strlen(id) <= FOREIGN_NAME_MAX)
        out->id = id;
    return OK;
}

static fallible take_row(Import *im, const OldTable *old, const TableAccess *t, SourceRow *row)
{
    Slot *slots = import_slots(im, t);
    Error *e = import_fill(im, row, t, slots);

    bool same = false;

    if (!e && old->mend)
        e = old->mend(im, row, t, slots);
    import_use_repo(im, t, slots);
    if (!e)
        e = import_whole(im->batch, t, slots);
    if (failed_as(e, INVALID))
        return import_refuse(im, row, e);
    TRY(e);
    TRY(import_map_repo(im, row, t, slots, &same));
    if (!same)
        import_add(im, t, slots);
    return same || row->mended ? import_keep(im, row) : OK;
}

static void unknown_columns(Import *im, const OldTable *old, const ForeignTable *table,
                            const TableAccess *t)
{
    EACH (const char *, name, &table->columns) {
        bool known = strstr(old->known, text(im->s, " %s ", *name)) != NULL;
        for (size_t i = 0; i < t->count; i++)
            known |= text_equal(t->table->columns[i].name, *name);
        if (!known)
            import_note(im, "column %s of %s is not known here: it is left out", *name,
                        table->name);
    }
}

static fallible take_table(Import *im, ForeignFile *file, const OldTable *old)
{
    const ForeignTable *table = foreign_table(file, old->source);
    const TableAccess *t;
    ForeignCursor *cursor;
    int64_t rowid;
    Cell *cells;
    SourceRow row;

    if (!table) {
        import_note(im, "it has no table %s", old->source);
        return OK;
    }
    SCOPE(tmp, im->s);
    TRY(import_table(im, old->target, &t));
    import_count(im, old->target);
    unknown_columns(im, old, table, t);
    ForeignSelect all = {.table = table};
    texts_add(tmp, &all.order, "id");
    TRY(foreign_walk(tmp, file, &all, &cursor));
    for (;;) {
        TRY(foreign_next(im->batch, cursor, &rowid, &cells));
        if (!cells)
            return import_flush(im, true);
        TRY(import_read(im, file, table, rowid, &row));
        if (row.cells)
            TRY(take_row(im, old, t, &row));
        TRY(import_flush(im, text_equal(old->source, "repos")));
    }
}

/* Tables that have no home here: nothing is lost. */
static fallible keep_table(Import *im, ForeignFile *file, const ForeignTable *table)
{
    ForeignCursor *cursor;
    int64_t rowid, count = 0;
    Cell *cells;
    SourceRow row;

    SCOPE(tmp, im->s);
    TRY(foreign_walk(tmp, file, &(ForeignSelect){.table = table}, &cursor));
    for (;; count++) {
        TRY(foreign_next(im->batch, cursor, &rowid, &cells));
        if (!cells)
            break;
        TRY(import_read(im, file, table, rowid, &row));
        if (row.cells)
            TRY(import_keep(im, &row));
        TRY(import_flush(im, false));
    }
    if (count)
        import_note(im, "table %s is not known here: its %lld rows are kept in imported_rows",
                    table->name, (long long)count);
    return import_flush(im, true);
}

static bool known_table(const char *name)
{
    for (const OldTable *old = old_tables; old->source; old++)
        if (text_equal(old->source, name))
            return true;
    return text_equal(name, "runs");
}

static fallible open_run_tasks(Import *im, ForeignFile *file)
{
    ForeignSelect runs = {.table = foreign_table(file, "runs")};

    texts_add(im->s, &runs.columns, "task_id");
    texts_add(im->s, &runs.order, "task_id");
    return runs.table ? foreign_walk(im->s, file, &runs, &im->run_tasks) : OK;
}

fallible import_old(Import *im, ForeignFile *file)
{
    const char *key = im->options->old_key;

    if (!text_empty(key))
        im->fernet = fernet_key(im->s, key);
    TRY(open_run_tasks(im, file));
    for (const OldTable *old = old_tables; old->source; old++) {
        TRY(take_table(im, file, old));
        if (old->with_runs)
            TRY(import_old_runs(im, file));
    }
    EACH (const ForeignTable, table, foreign_tables(file))
        if (!known_table(table->name))
            TRY(keep_table(im, file, table));
    return OK;
}
