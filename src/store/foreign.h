/* A SQLite file that somebody else made: read, never written, and nothing in it is executed.
 *
 * It is seen as it was at the opening, also while another program writes to it. Only plain tables are
 * read, by rowid, one row at a time; triggers, views, virtual tables and whatever else the schema
 * brings are left alone. Sizes have limits: a value over COLUMN_MAX makes its row unreadable, not
 * the file.
 */
#pragma once

#include "base/text.h"

typedef enum CellKind {
    CELL_NULL, /* or a column that is not there */
    CELL_INT,
    CELL_REAL,
    CELL_TEXT, /* any bytes: SQLite checks nothing */
    CELL_BLOB,
} CellKind;

typedef struct Cell {
    CellKind kind;
    int64_t number;
    double real;
    Bytes bytes;
} Cell;

enum {
    FOREIGN_TABLES_MAX = 200,
    FOREIGN_COLUMNS_MAX = 200,
    FOREIGN_NAME_MAX = 100, /* bytes */
};

typedef struct ForeignTable {
    const char *name;
    TextList columns;
    const char *by_rowid; /* the statement that reads a row */
} ForeignTable;

typedef LIST_OF(ForeignTable) ForeignTableList;
typedef struct ForeignFile ForeignFile;
typedef struct ForeignCursor ForeignCursor;

/* INVALID with the reason when it is no SQLite file, is damaged, or was left in the middle of a
 * write; checks every page. Closed with s. */
fallible foreign_open(Scope *s, const char *path, ForeignFile **out);
/* NULL when it has no such table. */
const ForeignTable *foreign_table(const ForeignFile *file, const char *name);
const ForeignTableList *foreign_tables(const ForeignFile *file);
/* What the schema holds beside tables and indexes, in words; for the report. */
const TextList *foreign_ignored(const ForeignFile *file);

typedef struct ForeignSelect {
    const ForeignTable *table;
    TextList columns; /* small ones; those that are not there are NULL */
    TextList order;   /* of these; then by rowid */
} ForeignSelect;

/* Walks over the rows. Ends with s. */
fallible foreign_walk(Scope *s, ForeignFile *file, const ForeignSelect *what, ForeignCursor **out);
/* The next row: its rowid and the chosen columns, copied into s. *cells is NULL at the end. */
fallible foreign_next(Scope *s, ForeignCursor *cursor, int64_t *rowid, Cell **cells);
/* All columns of a row, in the order of the table's. INVALID when it cannot be read. */
fallible foreign_row(Scope *s, ForeignFile *file, const ForeignTable *table, int64_t rowid,
                     Cell **cells);
