/* Reading SQLite files of others. */

#include "store/foreign.h"

#include <sqlite3.h>

#include "store/value.h"
#include "sys/file.h"

enum {
    STEPS = 10000, /* of the virtual machine, between two looks at the scope */
    BUSY_MS = 5000,
    CACHE_KIB = 8 << 10,
    SQL_MAX = 64 << 10, /* bytes of a statement, also of the schema's */
};

struct ForeignFile {
    Scope *s;
    sqlite3 *db;
    const char *path;
    ForeignTableList tables;
    TextList ignored;
    const ForeignTable *prepared_for; /* the statement that reads one row */
    sqlite3_stmt *row;
};

struct ForeignCursor {
    ForeignFile *file;
    sqlite3_stmt *statement;
};

static fallible failure(Scope *s, const ForeignFile *file, const char *doing)
{
    int code = sqlite3_extended_errcode(file->db);

    TRY(scope_check(s));
    if (code == SQLITE_NOTADB)
        return fail(s, INVALID, "%s is no SQLite database, or an encrypted one", file->path);
    if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY)
        return fail(s, INVALID,
                    "%s was left in the middle of a write: run `sqlite3 FILE .tables` on it once, "
                    "which rolls that back, then import it",
                    file->path);
    if ((code & 0xff) == SQLITE_CORRUPT)
        return fail(s, INVALID,
                    "%s is damaged (%s): recover it with `sqlite3 FILE .recover`, or take a backup",
                    file->path, sqlite3_errmsg(file->db));
    if ((code & 0xff) == SQLITE_BUSY)
        return fail(s, UNAVAILABLE, "%s is being written to: stop the program that has it open",
                    file->path);
    if ((code & 0xff) == SQLITE_NOMEM)
        return fail(s, TOO_LARGE, "%s: %s: out of memory", file->path, doing);
    return fail(s, INVALID, "%s: %s: %s", file->path, doing, sqlite3_errmsg(file->db));
}

static fallible prepare(Scope *s, ForeignFile *file, const char *sql, sqlite3_stmt **out)
{
    if (sqlite3_prepare_v2(file->db, sql, -1, out, NULL) != SQLITE_OK)
        return failure(s, file, "reading its schema");
    return OK;
}

static int ended(void *what)
{
    const ForeignFile *file = what;

    return cancel_asked(scope_cancel(file->s)) || scope_remaining(file->s) == 0;
}

static void close_file(void *what)
{
    ForeignFile *file = what;

    for (sqlite3_stmt *left; (left = sqlite3_next_stmt(file->db, NULL));)
        sqlite3_finalize(left);
    sqlite3_close(file->db);
}

static fallible run(Scope *s, ForeignFile *file, const char *sql)
{
    if (sqlite3_exec(file->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return failure(s, file, "opening");
    return OK;
}

static void restrict_it(ForeignFile *file)
{
    sqlite3 *db = file->db;

    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 2 * COLUMN_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, SQL_MAX);
    sqlite3_progress_handler(db, STEPS, ended, file);
    sqlite3_busy_timeout(db, BUSY_MS);
}

/* The page cache and sorting stay small, files of SQLite's own are not made. */
static fallible configure(Scope *s, ForeignFile *file)
{
    restrict_it(file);
    return run(s, file,
               text(s,
                    "PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; "
                    "PRAGMA cache_size = -%d",
                    CACHE_KIB));
}

static const char *column_text(Scope *s, sqlite3_stmt *statement, int column)
{
    const void *data = sqlite3_column_blob(statement, column);
    Bytes bytes = {data ? data : "", (size_t)sqlite3_column_bytes(statement, column)};

    return text_clean(s, bytes, NULL);
}

static fallible ask_pragma(Scope *s, ForeignFile *file, const char *pragma, const char **said)
{
    sqlite3_stmt *check;

    TRY(prepare(s, file, pragma, &check));
    bool row = sqlite3_step(check) == SQLITE_ROW;
    *said = row ? column_text(s, check, 0) : NULL;
    Error *e = row ? OK : failure(s, file, "checking it");
    sqlite3_finalize(check);
    return e;
}

static fallible damaged(Scope *s, const ForeignFile *file, const char *how)
{
    return fail(s, INVALID,
                "%s is damaged (%s): recover it with `sqlite3 FILE .recover`, or take a backup",
                file->path, how);
}

/* What is missing of the last page would be read as zeros. */
static fallible check_size(Scope *s, ForeignFile *file)
{
    const char *page_size;
    int64_t page, size;

    TRY(ask_pragma(s, file, "PRAGMA page_size", &page_size));
    TRY(file_size(s, file->path, &size));
    bool whole = text_integer(page_size, 1, INT32_MAX, &page) && size % page == 0;
    return whole ? OK : damaged(s, file, "it ends in the middle of a page");
}

static fallible check_pages(Scope *s, ForeignFile *file)
{
    const char *said;

    TRY(ask_pragma(s, file, "PRAGMA quick_check(1)", &said));
    return text_equal(said, "ok") ? OK : damaged(s, file, text_head(s, said, 200));
}

/* ---- The schema ---- */

static const char *quoted(Scope *s, const char *name)
{
    Buffer b = buffer_in(s);

    buffer_char(&b, '"');
    for (; *name; name++) {
        buffer_char(&b, *name);
        if (*name == '"')
            buffer_char(&b, '"');
    }
    buffer_char(&b, '"');
    return buffer_string(&b);
}

static fallible add_table(Scope *s, ForeignFile *file, const char *name)
{
    ForeignTable *table;
    sqlite3_stmt *statement;
    const char *by_rowid = text(s, "SELECT * FROM %s WHERE rowid = ?1", quoted(s, name));

    if (file->tables.count == FOREIGN_TABLES_MAX)
        return fail(s, TOO_LARGE, "%s has more than %d tables", file->path, FOREIGN_TABLES_MAX);
    if (strlen(name) > FOREIGN_NAME_MAX ||
        sqlite3_prepare_v2(file->db, by_rowid, -1, &statement, NULL) != SQLITE_OK) {
        texts_add(s, &file->ignored,
                  text(s, "table %s: it has another form (%s)", text_head(s, name, 80),
                       sqlite3_errmsg(file->db)));
        return OK;
    }
    table = list_add(s, &file->tables);
    table->name = name;
    table->by_rowid = by_rowid;
    int count = sqlite3_column_count(statement);
    for (int i = 0; i < count && i < FOREIGN_COLUMNS_MAX; i++)
        texts_add(s, &table->columns,
                  text_clean(s, bytes_of(sqlite3_column_name(statement, i)), NULL));
    sqlite3_finalize(statement);
    return OK;
}

static fallible read_schema(Scope *s, ForeignFile *file)
{
    sqlite3_stmt *schema;
    TextList names = {0};
    int code;

    TRY(prepare(s, file, "SELECT type, name, sql FROM sqlite_schema ORDER BY rowid", &schema));
    while ((code = sqlite3_step(schema)) == SQLITE_ROW && names.count <= FOREIGN_TABLES_MAX) {
        const char *type = column_text(s, schema, 0), *name = column_text(s, schema, 1);
        bool plain = text_equal(type, "table") &&
                     !text_starts(text_lower(s, column_text(s, schema, 2)), "create virtual");
        if (plain && !text_starts(name, "sqlite_"))
            texts_add(s, &names, name);
        else if (!plain && !text_equal(type, "index"))
            texts_add(s, &file->ignored, text(s, "%s %s", type, text_head(s, name, 80)));
    }
    Error *e =
        code == SQLITE_ROW || code == SQLITE_DONE ? OK : failure(s, file, "reading its schema");
    sqlite3_finalize(schema);
    TRY(e);
    EACH (const char *, name, &names)
        TRY(add_table(s, file, *name));
    return OK;
}

/* The order matters: what is checked is what is then read, in one transaction. */
static fallible look_at(Scope *s, ForeignFile *file)
{
    TRY(configure(s, file));
    TRY(run(s, file, "BEGIN"));
    TRY(check_pages(s, file));
    TRY(check_size(s, file));
    return read_schema(s, file);
}

fallible foreign_open(Scope *s, const char *path, ForeignFile **out)
{
    ForeignFile *file = NEW(s, ForeignFile);

    file->s = s;
    file->path = text_copy(s, path);
    int code = sqlite3_open_v2(
        path, &file->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    scope_undo(s, close_file, file);
    if (code != SQLITE_OK)
        return failure(s, file, "opening");
    TRY(look_at(s, file));
    *out = file;
    return OK;
}

const ForeignTableList *foreign_tables(const ForeignFile *file)
{
    return &file->tables;
}

const TextList *foreign_ignored(const ForeignFile *file)
{
    return &file->ignored;
}

const ForeignTable *foreign_table(const ForeignFile *file, const char *name)
{
    EACH (const ForeignTable, table, &file->tables)
        if (text_equal(table->name, name))
            return table;
    return NULL;
}

/* ---- Rows ---- */

static Cell cell_of(Scope *s, sqlite3_stmt *statement, int i)
{
    static const CellKind kinds[] = {[SQLITE_INTEGER] = CELL_INT,
                                     [SQLITE_FLOAT] = CELL_REAL,
                                     [SQLITE_TEXT] = CELL_TEXT,
                                     [SQLITE_BLOB] = CELL_BLOB,
                                     [SQLITE_NULL] = CELL_NULL};
    Cell cell = {.kind = kinds[sqlite3_column_type(statement, i)]};

    if (cell.kind == CELL_INT)
        cell.number = sqlite3_column_int64(statement, i);
    else if (cell.kind == CELL_REAL)
        cell.real = sqlite3_column_double(statement, i);
    else if (cell.kind != CELL_NULL) {
        const void *data = sqlite3_column_blob(statement, i);
        Bytes bytes = {data ? data : "", (size_t)sqlite3_column_bytes(statement, i)};
        cell.bytes = bytes_copy(s, bytes);
    }
    return cell;
}

static void finalize(void *what)
{
    sqlite3_finalize(what);
}

fallible foreign_walk(Scope *s, ForeignFile *file, const ForeignSelect *what, ForeignCursor **out)
{
    ForeignCursor *cursor = NEW(s, ForeignCursor);
    Buffer sql = buffer_in(s);

    buffer_text(&sql, "SELECT rowid");
    EACH (const char *, column, &what->columns)
        buffer_format(&sql, ", %s",
                      texts_have(&what->table->columns, *column) ? quoted(s, *column) : "NULL");
    buffer_format(&sql, " FROM %s ORDER BY ", quoted(s, what->table->name));
    EACH (const char *, column, &what->order)
        if (texts_have(&what->table->columns, *column))
            buffer_format(&sql, "%s, ", quoted(s, *column));
    buffer_text(&sql, "rowid");
    cursor->file = file;
    TRY(prepare(s, file, buffer_string(&sql), &cursor->statement));
    scope_undo(s, finalize, cursor->statement);
    *out = cursor;
    return OK;
}

fallible foreign_next(Scope *s, ForeignCursor *cursor, int64_t *rowid, Cell **cells)
{
    int code = sqlite3_step(cursor->statement), count = sqlite3_column_count(cursor->statement);

    *cells = NULL;
    if (code == SQLITE_DONE)
        return OK;
    if (code != SQLITE_ROW)
        return failure(s, cursor->file, "reading");
    *rowid = sqlite3_column_int64(cursor->statement, 0);
    *cells = NEW_ARRAY(s, Cell, (size_t)count);
    for (int i = 1; i < count; i++)
        (*cells)[i - 1] = cell_of(s, cursor->statement, i);
    return OK;
}

static fallible copy_row(Scope *s, ForeignFile *file, const ForeignTable *table, Cell **cells)
{
    int code = sqlite3_step(file->row);

    if (code == SQLITE_DONE)
        return fail(s, INVALID, "it is in an index and not in the table");
    if ((code & 0xff) == SQLITE_TOOBIG)
        return fail(s, INVALID, "a value has more than %d bytes", 2 * COLUMN_MAX);
    if (code != SQLITE_ROW)
        return failure(s, file, "reading");
    *cells = NEW_ARRAY(s, Cell, table->columns.count);
    for (size_t i = 0; i < table->columns.count; i++) {
        if ((size_t)sqlite3_column_bytes(file->row, (int)i) > COLUMN_MAX)
            return fail(s, INVALID, "%s has more than %d bytes", table->columns.items[i],
                        COLUMN_MAX);
        (*cells)[i] = cell_of(s, file->row, (int)i);
    }
    return OK;
}

fallible foreign_row(Scope *s, ForeignFile *file, const ForeignTable *table, int64_t rowid,
                     Cell **cells)
{
    if (file->prepared_for != table) {
        sqlite3_finalize(file->row);
        file->row = NULL;
        file->prepared_for = NULL;
        TRY(prepare(s, file, table->by_rowid, &file->row));
        file->prepared_for = table;
    }
    sqlite3_bind_int64(file->row, 1, rowid);
    Error *e = copy_row(s, file, table, cells);
    sqlite3_reset(file->row);
    return e;
}
