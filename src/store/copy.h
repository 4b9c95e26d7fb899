/* Many rows at once into and out of PostgreSQL, by COPY.
 *
 * COPY FROM is refused where row-level security is in force, also for the owner of a table. So rows go
 * into a temporary table, which ends with the transaction, and from there by one statement into their
 * own: policies, constraints and triggers hold as ever, and no privilege of the owner is needed, only
 * TEMPORARY on the database. It all happens within the caller's tx_write, so that whatever else is
 * written there stands or falls with the rows.
 *
 * What a value becomes is decided by the type that its column has in the database.
 */
#pragma once

#include "store/table_sum.h"

typedef LIST_OF(const Slot *) SlotRefs;

/* How a table's columns are in this database; made once for a copy, used in any of its transactions. */
typedef struct TableCopy TableCopy;

bool store_can_copy(const Store *store);
fallible table_copy_open(Scope *s, Tx *tx, const TableAccess *t, TableCopy **out);
/* The rows in COPY's form, for table_copy_in. INVALID for a value that its column does not take. */
fallible table_copy_rows(Scope *s, const TableCopy *c, const Caller *caller, const SlotRefs *rows,
                         Buffer *out);
/* Adds them, in a write of the same caller. Those whose key or unique value is there already are not added,
 * which *added tells by its number. */
fallible table_copy_in(Scope *s, Tx *tx, const TableCopy *c, Bytes rows, int64_t *added);
/* The sum of the tenant's rows, read as they are stored. */
fallible table_copy_sum(Scope *s, Tx *tx, const TableCopy *c, TableSum *out);
