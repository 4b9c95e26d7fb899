/* Taking over data: a file of the former dursor, a database file of ours, or an archive that export
 * wrote.
 *
 * The file is only read. Rows keep their ids; what is there already is left as it is, so that it is
 * safe to run again after an interruption. Into SQLite each row is read back after it was written and
 * compared. Into PostgreSQL many rows go at once, the place is kept in the transactions of the rows, and
 * in the end each table is read and its number of rows and checksum compared with those that went in.
 * docs/data.md says what becomes of what.
 */
#pragma once

#include "service/app.h"

typedef enum ImportMode {
    IMPORT_WRITE,
    IMPORT_DRY,    /* says what would be done */
    IMPORT_VERIFY, /* compares the sums of whole tables with those of the file */
} ImportMode;

typedef struct ImportOptions {
    const char *path;
    const char *old_key; /* DURSOR_ENCRYPTION_KEY of the former installation; NULL: ours */
    ImportMode mode;
} ImportOptions;

typedef struct ImportCount {
    const char *table;
    int64_t copied;    /* or, in a dry run, would be */
    int64_t present;   /* already there and equal */
    int64_t different; /* there with other content, which was kept */
    int64_t refused;
    /* Of the whole table, when it was checked: wanted is what it should hold. */
    OptInt rows, rows_wanted;
    const char *checksum, *checksum_wanted;
} ImportCount;

typedef LIST_OF(ImportCount) ImportCountList;

typedef struct ImportReport {
    const char *kind; /* what the file is, in words */
    const char *mode; /* "import", "dry_run" or "verify" */
    ImportCountList tables;
    int64_t resumed;       /* rows that an import before this one had done */
    int64_t sealed;        /* stored keys of users that open here */
    int64_t sealed_closed; /* and those that do not */
    bool checked;          /* whole tables were compared */
    bool equal;            /* and all hold what they should */
    int64_t refused;
    TextList notes; /* what was refused, mended or left out, and why */
    int64_t notes_dropped;
} ImportReport;

extern const Type import_report_type;

enum {
    IMPORT_NOTES_MAX = 200,
    IMPORT_REFUSED_MAX = 10 * 1000, /* rows; beyond it the file is not what it says it is */
};

/* INVALID with the reason for a file that is not understood; nothing of it was taken then. After another
 * failure what was committed stays, and the next import goes on there. */
fallible import_file(Scope *s, App *app, const ImportOptions *options, ImportReport *out);
const char *import_report_text(Scope *s, const ImportReport *report);
