/* What the parts of import share; for import*.c only. */
#pragma once

#include "service/import.h"
#include "store/copy.h"
#include "store/foreign.h"
#include "store/imports.h"

enum {
    BATCH_ROWS = 256, /* in one transaction, each written and read back by a statement of its own */
    BATCH_BYTES = 2 << 20,
    COPY_ROWS = 8192, /* in one transaction by COPY */
    COPY_BYTES = 6 << 20,
    COPY_LEAST = 64, /* rows for which COPY is worth its temporary table */
    IMPORT_TABLES = 32,
};

typedef enum Outcome {
    PENDING,
    COPIED, /* in a dry run: to be copied */
    PRESENT,
    DIFFERENT,
    REFUSED,
} Outcome;

typedef struct ImportTable ImportTable;

/* A row on its way into the database. */
typedef struct PendingRow {
    ImportTable *table;
    Slot *slots;
    TableSum sum; /* of this row; only where places are kept */
    Outcome outcome;
    const char *why;         /* of a refusal; else the column that differs */
    struct PendingRow *kept; /* in imported_rows, for one that was refused; NULL: none */
    InsertMarks marks;
    SlotRows stored;
} PendingRow;

typedef LIST_OF(PendingRow) PendingRowList;

/* How far a table has come. Sums count their rows. */
typedef struct Place {
    TableSum before;  /* what it held when the import began */
    TableSum handled; /* of the source, in the order in which they come */
    TableSum copied;  /* rows that were added */
    int64_t kept;     /* of them those that stand for rows that the database refused */
    int64_t present, different, refused;
} Place;

/* A table of the destination. */
struct ImportTable {
    const TableAccess *access;
    TableCopy *copy; /* NULL: not by COPY */
    bool empty;      /* when the import began; told in a dry run only */
    Place place;
    TableSum done; /* handled when this import began: as many rows come again, and are skipped */
    TableSum seen; /* of the source so far */
};

typedef struct ImportMove {
    ImportPlace from, to;
} ImportMove;

typedef LIST_OF(ImportMove) ImportMoveList;
typedef struct Flight Flight;

typedef struct IdPair {
    const char *from, *to;
} IdPair;

typedef struct Import {
    Scope *s;
    App *app;
    const ImportOptions *options;
    const Caller *caller;
    ImportReport *report;
    ImportTable tables[IMPORT_TABLES];
    size_t table_count;
    const char *source; /* real path */
    const char *state;  /* of the file, when it was opened */
    bool places;        /* are kept, in the destination */
    bool copying;       /* the last rows were all new: the next go by COPY */
    int64_t refused;
    const char *other; /* a table whose rows are not those that were handled before */
    bool ours;         /* the source has our own forms: times are numbers, secrets sealed */
    const FernetKey *fernet;
    LIST_OF(IdPair) repos;    /* of the source, to the one that has the same address here */
    ForeignCursor *run_tasks; /* task ids of runs, in order: for counting */
    const char *run_task;
    Flight *flight; /* a batch that is being written; NULL: no thread does that */
    /* The batch that is gathered: its memory ends with its writing. */
    Scope *batch;
    PendingRowList rows;
    size_t bytes;
} Import;

/* A row as the source has it. */
typedef struct SourceRow {
    const char *table;
    const char *id; /* for the report */
    const TextList *names;
    const Cell *cells;
    bool mended; /* something of it was left out: the original is kept beside it */
} SourceRow;

/* ---- import_batch.c ---- */

fallible import_table(Import *im, const char *name, const TableAccess **out);
/* A zeroed row in the batch's memory. */
Slot *import_slots(Import *im, const TableAccess *t);
Slot *import_slot(const TableAccess *t, Slot *slots, const char *column);
/* INVALID when a column that is needed has no value. */
fallible import_whole(Scope *s, const TableAccess *t, const Slot *slots);
/* The row is final: it is summed here. */
void import_add(Import *im, const TableAccess *t, Slot *slots);
ImportTable *import_table_of(Import *im, const TableAccess *t);
/* Writes and compares the batch when it is full, or when it must. Nothing of the batch's memory may
 * be used afterwards. */
fallible import_flush(Import *im, bool must);
void import_note(Import *im, const char *format, ...) __attribute__((format(printf, 2, 3)));
ImportCount *import_count(Import *im, const char *table);
/* Counts and reports a row that is not taken, and keeps what it held in imported_rows. */
fallible import_refuse(Import *im, const SourceRow *row, const Error *why);
/* Keeps the row as it is in imported_rows. */
fallible import_keep(Import *im, const SourceRow *row);

/* INVALID when too many were. */
fallible import_count_refused(Import *im);

/* ---- import_write.c ---- */

/* Writes the batch, or looks what would become of it. */
fallible import_write(Import *im);
/* What the row itself is to blame for, not the database's state. */
bool import_of_the_row(const Error *e);
/* After the commit: the places, and what is said about the rows. */
fallible import_account(Import *im, PendingRow *rows, size_t count);
/* By COPY as far as that goes, else row by row. */
fallible import_write_span(Import *im, PendingRow *rows, size_t count);

/* ---- import_flight.c ---- */

/* Rows by COPY: all or none. *all is false when some were there already, or one cannot be taken. */
fallible import_copy(Import *im, PendingRow *rows, size_t count, bool *all);
/* The same for the whole batch by a thread of its own, while the next one is gathered: the batch is its own
 * until it has landed. */
fallible import_take_off(Import *im);
/* Waits for the batch that is on its way, and does what is left to do for it. */
fallible import_land(Import *im);
/* Ends the thread; before any batch's memory ends. */
void import_ground(Import *im);
/* ---- import_place.c ---- */

/* Before the first row: where an import that was interrupted stood, or the tables as they are. */
fallible import_begin(Import *im);
/* From where to where the places go, by what became of the rows. */
fallible import_moves(Scope *s, const Import *im, const PendingRow *rows, size_t count,
                      ImportMoveList *out);
/* In the transaction that writes the rows. */
fallible import_move(Scope *s, Tx *tx, const ImportMoveList *moves);
/* The same for what is known here, after the commit. */
void import_moved(Import *im, const PendingRow *rows, size_t count);

/* After the last row and the checks: the places are forgotten. */
fallible import_end(Import *im);
/* CONFLICT: forgets the places, since the rows that came are not those that were handled before. */
fallible import_other(Import *im);

/* ---- import_check.c ---- */

/* Whether the tables hold what they should. */
fallible import_check(Import *im);
/* The sum of what the table holds now. */
fallible import_sum(Import *im, const ImportTable *t, TableSum *out);

/* ---- import_seals.c ---- */

/* INVALID when a secret of the row does not open: it is of no use here, and keeps the service from
 * starting. */
fallible import_check_seals(Import *im, const TableAccess *t, Slot *slots);
/* Opens each stored secret, and says what the service needs for it. */
fallible import_open_seals(Import *im);

/* ---- import_row.c ---- */

const Cell *source_cell(const SourceRow *row, const char *name); /* NULL: not there, or NULL */
/* The text of a column, made valid; NULL when it is none. */
const char *source_text(Scope *s, const SourceRow *row, const char *name);
/* Fills the slots from columns of the same names. INVALID when one that is needed cannot be read;
 * others are left out and reported. */
fallible import_fill(Import *im, SourceRow *row, const TableAccess *t, Slot *slots);

/* ---- import_old.c, import_runs.c, import_ours.c, import_archive.c ---- */

/* The id that the repository has here. */
const char *import_repo_id(const Import *im, const char *id);
/* Normalises the address of a repository's row. *same is true when another row has it here already:
 * then nothing is to be added. */
fallible import_map_repo(Import *im, const SourceRow *row, const TableAccess *t, Slot *slots,
                         bool *same);
/* Puts what id the repository has here in place of the source's, where the table names one. */
void import_use_repo(Import *im, const TableAccess *t, Slot *slots);
/* Reads the row at rowid; its cells are NULL when it could not be read, which is then reported. */
fallible import_read(Import *im, ForeignFile *file, const ForeignTable *table, int64_t rowid,
                     SourceRow *out);
fallible import_old(Import *im, ForeignFile *file);
fallible import_old_runs(Import *im, ForeignFile *file);
/* A run that was not finished has failed, and says why. */
void import_end_run(const TableAccess *t, Slot *slots);
fallible import_ours(Import *im, ForeignFile *file);
/* Takes a row of one of our own tables: the same for a database file and an archive. */
fallible import_own_row(Import *im, SourceRow *row);
bool import_is_archive(const char *path);
fallible import_archive(Import *im, const char *path);
