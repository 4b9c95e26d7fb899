/* Everything of the tenant as one archive that import reads back (docs/data.md). */
#pragma once

#include "service/app.h"

typedef struct ExportCount {
    const char *table;
    int64_t rows;
} ExportCount;

typedef LIST_OF(ExportCount) ExportCountList;

/* CONFLICT when the file is there already. On SQLite it holds one state of the database; on
 * PostgreSQL one for each page of rows, so that the service should rest meanwhile. */
fallible export_file(Scope *s, App *app, const char *path, ExportCountList *out);
