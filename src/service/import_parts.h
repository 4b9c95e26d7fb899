/* What the parts of import share; for import*.c only. */
#pragma once

#include "service/import.h"
#include "store/foreign.h"
#include "store/tables.h"

enum {
    BATCH_ROWS = 256,
    BATCH_BYTES = 2 << 20,
    IMPORT_TABLES = 32,
};

/* A row on its way into the database. */
typedef struct PendingRow {
    const TableAccess *table;
    Slot *slots;
    bool refused;
    InsertMarks marks;
    SlotRows stored;
} PendingRow;

typedef LIST_OF(PendingRow) PendingRowList;

typedef struct IdPair {
    const char *from, *to;
} IdPair;

typedef struct Import {
    Scope *s;
    App *app;
    const ImportOptions *options;
    const Caller *caller;
    ImportReport *report;
    TableAccess *tables[IMPORT_TABLES];
    size_t table_count;
    bool ours; /* the source has our own forms: times are numbers, secrets sealed */
    const FernetKey *fernet;
    LIST_OF(IdPair) repos;    /* of the source, to the one that has the same address here */
    ForeignCursor *run_tasks; /* task ids of runs, in order: for counting */
    const char *run_task;
    /* The batch under way: its memory ends with its writing. */
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
void import_add(Import *im, const TableAccess *t, Slot *slots);
/* Writes and compares the batch when it is full, or when it must. Nothing of the batch's memory may
 * be used afterwards. */
fallible import_flush(Import *im, bool must);
void import_note(Import *im, const char *format, ...) __attribute__((format(printf, 2, 3)));
ImportCount *import_count(Import *im, const char *table);
/* Counts and reports a row that is not taken, and keeps what it held in imported_rows. */
fallible import_refuse(Import *im, const SourceRow *row, const Error *why);
/* Keeps the row as it is in imported_rows. */
fallible import_keep(Import *im, const SourceRow *row);

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
