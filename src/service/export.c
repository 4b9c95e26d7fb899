/* Tables as lines of JSON, patches as files. */

#include "service/export.h"

#include "base/json.h"
#include "service/archive.h"
#include "store/tables.h"

typedef struct Export {
    Tx *tx;
    ArchiveWriter *archive;
    const TableAccess *table;
    int64_t pages;
    ExportCount *count;
} Export;

static fallible put_manifest(Scope *s, ArchiveWriter *archive)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "format");
    json_put_text(&w, ARCHIVE_FORMAT);
    json_key(&w, "version");
    json_put_int(&w, ARCHIVE_VERSION);
    json_key(&w, "dursor");
    json_put_text(&w, DURSOR_VERSION);
    json_key(&w, "tenant");
    json_put_text(&w, LOCAL_TENANT);
    json_key(&w, "made_at");
    json_put_text(&w, time_text(s, time_now()));
    json_close(&w, '}');
    return archive_put(s, archive, "manifest.json", buffer_view(&b));
}

static fallible put_patches(Scope *s, Export *e, const SlotRows *rows)
{
    size_t id = stored_column(e->table->table, "run_id"),
           patch = stored_column(e->table->table, "patch");

    for (size_t i = 0; i < rows->count; i++) {
        const Slot *row = rows->items + i * e->table->count;
        TRY(archive_put(s, e->archive, text(s, "patches/%s.patch", row[id].text),
                        row[patch].bytes));
    }
    return OK;
}

static fallible put_lines(Scope *s, Export *e, const SlotRows *rows)
{
    Buffer b = buffer_in(s);

    for (size_t i = 0; i < rows->count; i++) {
        json_write(&b, &e->table->row, rows->items + i * e->table->count);
        buffer_char(&b, '\n');
    }
    return archive_put(
        s, e->archive,
        text(s, "tables/%s.%06lld.jsonl", e->table->table->name, (long long)++e->pages),
        buffer_view(&b));
}

/* Writes the page after the row; *last is the last row of it, in s, or NULL at the end. */
static fallible put_page(Scope *s, Export *e, const Slot **last)
{
    SlotRows rows;

    TRY(table_page(s, e->tx, e->table, *last, &rows));
    *last = NULL;
    if (!rows.count)
        return OK;
    e->count->rows += (int64_t)rows.count;
    TRY(text_equal(e->table->table->name, "run_patches") ? put_patches(s, e, &rows)
                                                         : put_lines(s, e, &rows));
    if ((int64_t)rows.count == e->table->table->page &&
        e->table->table->columns->flags & STORED_KEY)
        *last = rows.items + (rows.count - 1) * e->table->count;
    return OK;
}

static fallible put_table(Scope *s, Export *e)
{
    Scope *held = scope_child(s);
    const Slot *last = NULL;
    Error *failed;

    do {
        Scope *page = scope_child(s);
        failed = put_page(page, e, &last);
        scope_close(held);
        held = page;
    } while (!failed && last);
    scope_close(held);
    return failed;
}

fallible export_file(Scope *s, App *app, const char *path, ExportCountList *out)
{
    SCOPE(tmp, s);
    Export e = {0};

    TRY(archive_create(tmp, path, &e.archive));
    TRY(put_manifest(tmp, e.archive));
    TRY(tx_read(tmp, app->store, &local_caller, &e.tx));
    for (const StoredTable *table = stored_tables; table->name; table++) {
        TableAccess *access;
        TRY(table_access(tmp, table->name, &access));
        e.table = access;
        e.pages = 0;
        e.count = list_add(s, out);
        e.count->table = table->name;
        TRY(put_table(tmp, &e));
    }
    TRY(tx_commit(tmp, e.tx));
    return archive_end(tmp, e.archive);
}
