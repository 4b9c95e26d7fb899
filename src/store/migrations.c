/* Rules of the schema's versions. */

#include "store/migrations.h"

#include "sys/crypto.h"

const Type applied_version_type =
    TYPE(AppliedVersion, "A migration that was applied.", FIELD(AppliedVersion, version),
         FIELD(AppliedVersion, name), FIELD(AppliedVersion, checksum));

int64_t schema_version(const Schema *schema)
{
    return schema->applied.count ? schema->applied.items[schema->applied.count - 1].version : 0;
}

const char *migration_checksum(Scope *s, const char *sql)
{
    return sha256_hex(s, bytes_of(sql));
}

static fallible applied_as_here(Scope *s, const AppliedVersion *applied, size_t place)
{
    const Migration *own = &migrations[place];

    if (applied->version == own->version && text_equal(applied->name, own->name) &&
        (text_equal(applied->checksum, migration_checksum(s, own->sqlite)) ||
         text_equal(applied->checksum, migration_checksum(s, own->postgres))))
        return OK;
    return fail_code(s, CONFLICT, "schema_foreign",
                     "the database's version %lld (%s) was made by another build of dursor: "
                     "use that build, or another database",
                     (long long)applied->version, applied->name);
}

fallible schema_ours(Scope *s, const Schema *schema)
{
    int64_t version = schema_version(schema);

    if (schema->old_dursor)
        return fail_code(
            s, CONFLICT, "schema_old_dursor",
            "the database belongs to the former dursor and stays as it is: name another one in "
            "DURSOR_DATABASE_URL, then run `dursor import` with this file");
    if (version > migration_count)
        return fail_code(
            s, CONFLICT, "schema_newer",
            "the database is at version %lld and this dursor knows %d: install the newer dursor, "
            "or restore the backup made before `dursor migrate`",
            (long long)version, migration_count);
    for (size_t i = 0; i < schema->applied.count; i++)
        TRY(applied_as_here(s, &schema->applied.items[i], i));
    return OK;
}

fallible schema_current(Scope *s, const Schema *schema)
{
    TRY(schema_ours(s, schema));
    if (schema_version(schema) == migration_count)
        return OK;
    return fail_code(s, CONFLICT, "schema_older",
                     "the database is at version %lld of %d: run `dursor migrate`",
                     (long long)schema_version(schema), migration_count);
}

fallible schema_target(Scope *s, const Schema *schema, int64_t *to)
{
    TRY(schema_ours(s, schema));
    if (*to < 0 || *to > migration_count)
        return fail(s, INVALID, "there is no version %lld: the newest is %d", (long long)*to,
                    migration_count);
    if (*to && *to < schema_version(schema))
        return fail(s, INVALID,
                    "the database is at version %lld and versions are never taken back: restore a "
                    "backup for an "
                    "older one",
                    (long long)schema_version(schema));
    if (*to == 0)
        *to = migration_count;
    return OK;
}
