/* The schema's versions, and the rules for bringing a database to one of them.
 *
 * A migration is a pair of files of migrations/, one a database, embedded in the binary. What was
 * applied is recorded in schema_versions(version, name, checksum, applied_at).
 */
#pragma once

#include "store/store.h"

typedef struct Migration {
    int64_t version;
    const char *name;
    const char *sqlite;
    const char *postgres;
} Migration;

extern const Migration migrations[]; /* from version 1, without gaps */
extern const int migration_count;

typedef struct AppliedVersion {
    int64_t version;
    const char *name;
    const char *checksum; /* SHA-256 of the text, in hex */
} AppliedVersion;

extern const Type applied_version_type;

/* What a driver finds in a database. */
typedef struct Schema {
    bool old_dursor; /* tables of the former dursor, and no schema_versions */
    LIST_OF(AppliedVersion) applied;
} Schema;

typedef struct MigrationJob {
    int64_t to;         /* 0: the newest */
    const char *backup; /* out: path of the copy made before, or NULL */
} MigrationJob;

int64_t schema_version(const Schema *schema);
const char *migration_checksum(Scope *s, const char *sql);
/* CONFLICT, with what to do, for the former dursor's database, one that is newer than this binary, or
 * one that other texts have made. */
fallible schema_ours(Scope *s, const Schema *schema);
/* The same, and CONFLICT when it is older. */
fallible schema_current(Scope *s, const Schema *schema);
/* The version to migrate to: *to, or the newest when that is 0. INVALID when there is no such version
 * or the database is beyond it. */
fallible schema_target(Scope *s, const Schema *schema, int64_t *to);
