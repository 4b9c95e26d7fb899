/* Taking over data: a file of the former dursor, a database file of ours, or an archive that export
 * wrote.
 *
 * The file is only read. Rows keep their ids; what is there already is left as it is, so that it is
 * safe to run again after an interruption. Each row is read back after it was written and compared.
 * docs/data.md says what becomes of what.
 */
#pragma once

#include "service/app.h"

typedef struct ImportOptions {
    const char *path;
    const char *old_key; /* DURSOR_ENCRYPTION_KEY of the former installation; NULL: ours */
    bool dry_run;        /* write nothing */
} ImportOptions;

typedef struct ImportCount {
    const char *table;
    int64_t copied;    /* or, in a dry run, would be */
    int64_t present;   /* already there and equal */
    int64_t different; /* there with other content, which was kept */
    int64_t refused;
} ImportCount;

typedef LIST_OF(ImportCount) ImportCountList;

typedef struct ImportReport {
    const char *kind; /* what the file is, in words */
    ImportCountList counts;
    TextList notes; /* what was refused, mended or left out, and why */
    int64_t notes_dropped;
} ImportReport;

enum {
    IMPORT_NOTES_MAX = 200,
    IMPORT_REFUSED_MAX = 10 * 1000, /* rows; beyond it the file is not what it says it is */
};

/* INVALID with the reason for a file that is not understood; nothing of it was taken then. */
fallible import_file(Scope *s, App *app, const ImportOptions *options, ImportReport *out);
int64_t import_refused(const ImportReport *report);
const char *import_report_text(Scope *s, const ImportReport *report, bool dry_run);
