/* An archive of export: rows as lines of JSON, patches as files. */

#include "base/json.h"
#include "service/archive.h"
#include "service/import_parts.h"

bool import_is_archive(const char *path)
{
    UNIT(probe, NULL, "probing");
    ArchiveReader *r;
    const char *name;

    Error *e = archive_open(probe, path, &r);
    if (!e)
        e = archive_next(probe, r, &name);
    bool is = !e && text_equal(name, "manifest.json");
    error_drop(e, "then it may be a database");
    return is;
}

static fallible check_manifest(Import *im, ArchiveReader *r)
{
    Bytes content;
    const char *name;
    json_t *manifest;

    TRY(archive_next(im->s, r, &name));
    TRY(archive_content(im->s, r, &content));
    TRY_WHILE(json_parse(im->s, content, &manifest), "reading the archive's manifest");
    if (!text_equal(json_at_text(manifest, "format"), ARCHIVE_FORMAT))
        return fail(im->s, INVALID, "%s is a tar file, and no export of dursor", im->options->path);
    if (json_at_int(manifest, "version", 0) != ARCHIVE_VERSION)
        return fail(im->s, INVALID, "%s has format version %lld, and this dursor reads %d",
                    im->options->path, (long long)json_at_int(manifest, "version", 0),
                    ARCHIVE_VERSION);
    return OK;
}

static bool of_bytes(const StoredTable *table, const char *name)
{
    for (const StoredColumn *c = table->columns; c->name; c++)
        if (text_equal(c->name, name))
            return c->kind == FIELD_BYTES;
    return false;
}

static fallible cell_of_json(Scope *s, json_t *value, bool bytes, Cell *out)
{
    *out = (Cell){0};
    if (json_is_integer(value))
        *out = (Cell){.kind = CELL_INT, .number = json_integer_value(value)};
    else if (json_is_boolean(value))
        *out = (Cell){.kind = CELL_INT, .number = json_is_true(value)};
    else if (json_is_real(value))
        *out = (Cell){.kind = CELL_REAL, .real = json_real_value(value)};
    else if (json_is_string(value)) {
        *out = (Cell){.kind = CELL_TEXT, .bytes = bytes_of(json_string_value(value))};
        if (bytes && !base64_decode(s, json_string_value(value), &out->bytes))
            return fail(s, INVALID, "its bytes are no base64");
    } else if (!json_is_null(value))
        *out = (Cell){.kind = CELL_TEXT, .bytes = bytes_of(json_dump(s, value))};
    return OK;
}

static fallible take_line(Import *im, const StoredTable *table, Bytes line)
{
    Scope *s = im->batch;
    TextList names = {0};
    json_t *row, *value;
    const char *name;
    size_t i = 0;

    TRY_WHILE(json_parse(s, line, &row), "reading a row of %s", table->name);
    if (!json_is_object(row))
        return fail(s, INVALID, "a line of %s is no row", table->name);
    Cell *cells = NEW_ARRAY(s, Cell, json_object_size(row));
    json_object_foreach(row, name, value)
    {
        TRY_WHILE(cell_of_json(s, value, of_bytes(table, name), &cells[i++]), "%s of %s", name,
                  table->name);
        texts_add(s, &names, name);
    }
    SourceRow source = {.table = table->name, .names = &names, .cells = cells};
    source.id = source_text(s, &source, "id");
    if (!source.id)
        source.id = source_text(s, &source, table->columns[0].name);
    if (!source.id)
        source.id = "without id";
    return import_own_row(im, &source);
}

static fallible take_lines(Import *im, const char *table_name, Bytes rest)
{
    const StoredTable *table = stored_tables;
    Bytes line;

    while (table->name && !text_equal(table->name, table_name))
        table++;
    if (!table->name) {
        import_note(im, "table %s is not known here: it is left out", table_name);
        return OK;
    }
    while (bytes_line(&rest, &line))
        if (line.size)
            TRY(take_line(im, table, line));
    return OK;
}

static fallible take_patch(Import *im, const char *run_id, Bytes patch)
{
    const char *columns[] = {"run_id", "patch"};
    TextList names = {columns, COUNT_OF(columns), COUNT_OF(columns)};
    Cell cells[] = {{.kind = CELL_TEXT, .bytes = bytes_of(text_copy(im->batch, run_id))},
                    {.kind = CELL_BLOB, .bytes = bytes_copy(im->batch, patch)}};
    SourceRow row = {.table = "run_patches", .id = run_id, .names = &names, .cells = cells};

    return import_own_row(im, &row);
}

/* "tables/NAME.NUMBER.jsonl" or "patches/RUN.patch". */
static fallible take_entry(Import *im, Scope *s, ArchiveReader *r, const char *name)
{
    static const char tables[] = "tables/", patches[] = "patches/";
    const char *base = strchr(name, '/') ? strchr(name, '/') + 1 : name;
    const char *word = text_of(s, (Bytes){base, strcspn(base, ".")});
    Bytes content;

    TRY(archive_content(s, r, &content));
    if (text_starts(name, tables) && text_ends(name, ".jsonl"))
        return take_lines(im, word, content);
    if (text_starts(name, patches) && text_ends(name, ".patch"))
        return take_patch(im, word, content);
    import_note(im, "%s is not known here: it is left out", name);
    return OK;
}

fallible import_archive(Import *im, const char *path)
{
    ArchiveReader *r;
    const char *name;

    im->ours = true;
    im->report->kind = "an archive of dursor export";
    TRY(archive_open(im->s, path, &r));
    TRY(check_manifest(im, r));
    for (;;) {
        SCOPE(tmp, im->s);
        TRY(archive_next(tmp, r, &name));
        if (!name)
            return OK;
        TRY(take_entry(im, tmp, r, name));
    }
}
