/* Checksums of tables that do not depend on the order of rows.
 *
 * A row's SHA-256 goes over its columns by what they mean: JSON without regard to spaces, order of
 * members or the way a number is written. A table's sum adds those of its rows, lane by lane modulo
 * 2^64, so that sums of parts add up and what was there before can be taken away. It notices a row that
 * is missing, there twice or changed; it is no protection against somebody who chooses rows for it.
 */
#pragma once

#include "store/tables.h"

enum { SUM_LANES = 4 };

typedef struct TableSum {
    int64_t rows;
    uint64_t lanes[SUM_LANES];
} TableSum;

void sum_add(TableSum *sum, const TableSum *more);
void sum_take(TableSum *sum, const TableSum *less);
void sum_row(Scope *s, const TableAccess *t, const Slot *row, TableSum *sum);
bool sum_equal(const TableSum *a, const TableSum *b);
/* The lanes in hex, without the count. */
const char *sum_text(Scope *s, const TableSum *sum);
/* False when it is none. */
bool sum_read(Scope *s, const char *t, TableSum *out);
/* The same text for whatever means the same. What is no JSON stays as it is. */
const char *json_canonical(Scope *s, const char *json);
