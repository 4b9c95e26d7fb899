/* The tables that belong to a tenant, as data: what copying them needs, whatever their rows mean.
 *
 * A row is an array of slots, one for each column in the order of the table; absent is zero, as in
 * structs. tenant_id is not among the columns: it is the caller's. Import, export and verification
 * go by these tables, so that a column is named once.
 */
#pragma once

#include "store/store.h"

typedef union Slot {
    const char *text;
    Bytes bytes;
    OptInt number;
    OptReal real;
    bool truth;
    Time time;
    Json json;
} Slot;

enum StoredFlags {
    STORED_KEY = 1,    /* part of the primary key, beside tenant_id where that is in it */
    STORED_NEEDED = 2, /* NOT NULL and without a sensible default */
    STORED_ID = 4,     /* a UUID: the column's type on PostgreSQL */
};

typedef struct StoredColumn {
    const char *name;
    FieldKind kind; /* TEXT, BYTES, OPT_INT, OPT_REAL, BOOL, TIME or JSON */
    unsigned flags;
    const char *preset;  /* instead of an absent value */
    const Name *names;   /* the values it may have */
    const Type *json_of; /* the type whose member of this name the JSON must fit; NULL: any JSON */
} StoredColumn;

typedef struct StoredTable {
    const char *name;
    const StoredColumn *columns; /* ends with a row without name */
    int64_t page;                /* rows that are read at once; large ones by few */
    const char
        *parent; /* whose id this column names, where no constraint holds it to that; NULL: none */
    const char *parent_id;
} StoredTable;

extern const StoredTable stored_tables[]; /* parents first; ends with a row without name */

/* A table with its statements; made once for a copy and kept while the store is used. */
typedef struct TableAccess {
    const StoredTable *table;
    size_t count;
    Type row;  /* its fields are the slots */
    Type args; /* the same under names of parameters */
    Statement insert, get, first, after;
} TableAccess;

fallible table_access(Scope *s, const char *name, TableAccess **out);
/* The condition for that, of a column or a parameter with this prefix; "" when there is none. */
const char *stored_within(Scope *s, const StoredTable *table, const char *prefix);
size_t stored_column(const StoredTable *table, const char *name); /* BUG, by assert, when unknown */

/* Queues the insert; what is there already stays. After tx_sync *inserted has an element when it was
 * inserted. */
typedef LIST_OF(struct { const char *id; }) InsertMarks;
fallible table_insert_later(Scope *s, Tx *tx, const TableAccess *t, const Slot *row,
                            InsertMarks *inserted);
typedef struct SlotRows {
    Slot *items; /* rows after each other, each of the table's count of slots */
    size_t count, capacity;
} SlotRows;
/* Queues reading the row with this row's key. */
fallible table_get_later(Scope *s, Tx *tx, const TableAccess *t, const Slot *row, SlotRows *out);
/* The next page of the table in the order of its key, after the row (NULL: from the start). */
fallible table_page(Scope *s, Tx *tx, const TableAccess *t, const Slot *after, SlotRows *out);

/* The name of the first column in which they differ, JSON by what it means; NULL when equal. */
const char *slots_differ(Scope *s, const TableAccess *t, const Slot *a, const Slot *b);
/* Bytes of its texts. */
size_t slots_size(const TableAccess *t, const Slot *row);
