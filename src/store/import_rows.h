/* Rows of imports under way. Part of store/rows.h. */
#pragma once

#include "base/table.h"

/* How far one has come in a table (store/imports.h). Sums are those of table_sum.h, as text. */
typedef struct ImportPlace {
    const char *tenant_id;
    const char *source;
    const char *table_name;
    const char *state;
    int64_t before_rows;
    const char *before_sum;
    int64_t handled;
    const char *handled_sum;
    int64_t copied;
    const char *copied_sum;
    int64_t kept;
    int64_t present;
    int64_t different;
    int64_t refused;
    Time updated_at;
} ImportPlace;

typedef LIST_OF(ImportPlace) ImportPlaceList;

extern const Type import_place_type;
