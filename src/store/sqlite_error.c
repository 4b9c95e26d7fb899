/* What SQLite's result codes mean to whoever asked. */

#include "store/sqlite.h"

typedef struct CodeRow {
    int code; /* extended, or primary for all that have it */
    ErrorKind kind;
    const char *word;
    const char *sentence;
} CodeRow;

static const CodeRow codes[] = {
    {SQLITE_CONSTRAINT_UNIQUE, CONFLICT, "already_exists", "there is one already"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, CONFLICT, "already_exists", "there is one already"},
    {SQLITE_CONSTRAINT_ROWID, CONFLICT, "already_exists", "there is one already"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, INVALID, "unknown_reference",
     "it refers to something that is not there, or is referred to"},
    {SQLITE_BUSY, UNAVAILABLE, "database_busy", "another program holds the database: try again"},
    {SQLITE_LOCKED, UNAVAILABLE, "database_busy", "the database is locked: try again"},
    {SQLITE_FULL, UNAVAILABLE, "disk_full", "the disk with the database is full: make room"},
    {SQLITE_READONLY, UNAVAILABLE, "database_readonly",
     "the database file or its folder may not be written: see its permissions"},
    {SQLITE_IOERR, UNAVAILABLE, "database_io", "the disk with the database failed"},
    {SQLITE_CANTOPEN, UNAVAILABLE, "database_away",
     "the database file cannot be opened: see its folder and permissions"},
    {SQLITE_PERM, DENIED, "database_denied", "the database file may not be opened"},
    {SQLITE_AUTH, DENIED, "database_denied", "the database file may not be opened"},
    {SQLITE_CORRUPT, UPSTREAM, "database_damaged",
     "the database file is damaged: restore a backup (`dursor doctor` lists them)"},
    {SQLITE_NOTADB, UPSTREAM, "database_damaged",
     "the file is no SQLite database: name another in DURSOR_DATABASE_URL"},
    {SQLITE_TOOBIG, TOO_LARGE, "too_large", "a value is too large"},
    {SQLITE_NOMEM, UNAVAILABLE, "out_of_memory", "there is not enough memory"},
};

static const CodeRow *code_row(int code)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (codes[i].code == code || codes[i].code == (code & 0xff))
            return &codes[i];
    return NULL;
}

/* "UNIQUE constraint failed: repos.tenant_id, repos.repo_url" */
static const char *constraint_of(Scope *s, const char *message)
{
    const char *colon = strstr(message, ": ");

    return text_copy(scope_unit(s), colon ? colon + 2 : message);
}

fallible sqlite_failure(Scope *s, SqliteConnection *c, const char *doing)
{
    int code = sqlite3_extended_errcode(c->db);
    const char *message = sqlite3_errmsg(c->db);
    const CodeRow *row = code_row(code);

    if ((code & 0xff) == SQLITE_INTERRUPT || (code & 0xff) == SQLITE_BUSY)
        TRY_WHILE(scope_check(s), "%s", doing);
    if (!row)
        return fail(s, BUG, "%s: %s (%d)", doing, message, code);
    Error *e =
        error_coded(fail(s, row->kind, "%s: %s (%s)", doing, row->sentence, message), row->word);
    if ((code & 0xff) == SQLITE_CONSTRAINT)
        return error_param(e, "constraint", constraint_of(s, message));
    return e;
}
