/* Restoring: unpacked beside, checked, then put in place. */

#include <errno.h>
#include <stdio.h>

#include "base/json.h"
#include "service/archive.h"
#include "service/backup_parts.h"
#include "store/foreign.h"
#include "sys/fault.h"
#include "sys/file.h"

#define SQLITE_URL "sqlite://"

typedef struct Restore {
    Scope *s;
    const Settings *settings;
    const char *database; /* where the file belongs */
    const char *folder;   /* what was unpacked */
    RestoreReport *report;
} Restore;

static fallible check_manifest(Scope *s, ArchiveReader *r, const char *path)
{
    json_t *manifest = NULL;
    const char *name;
    Bytes content;

    TRY(archive_next(s, r, &name));
    if (!text_equal(name, "manifest.json"))
        return fail(s, INVALID, "%s is no backup of dursor", path);
    TRY(archive_content(s, r, &content));
    TRY(json_parse(s, content, &manifest));
    if (text_equal(json_at_text(manifest, "format"), ARCHIVE_FORMAT))
        return fail(s, INVALID, "%s is an export: take it in with `dursor import`", path);
    if (!text_equal(json_at_text(manifest, "format"), BACKUP_FORMAT) ||
        json_at_int(manifest, "version", 0) != ARCHIVE_VERSION)
        return fail(s, INVALID, "%s is no backup that this dursor knows", path);
    return OK;
}

static bool wanted(const char *name)
{
    return text_equal(name, "dursor.db") || text_starts(name, "secrets/") ||
           text_starts(name, "branches/");
}

static fallible unpack(Restore *r, const char *path)
{
    ArchiveReader *archive;
    const char *name;

    TRY(archive_open(r->s, path, &archive));
    TRY(check_manifest(r->s, archive, path));
    TRY(directory_make(r->s, text(r->s, "%s/secrets", r->folder), 0700));
    TRY(directory_make(r->s, text(r->s, "%s/branches", r->folder), 0700));
    for (;;) {
        TRY(archive_next(r->s, archive, &name));
        if (!name)
            return OK;
        if (!wanted(name) || (strchr(name, '/') && strchr(strchr(name, '/') + 1, '/')))
            return fail(r->s, INVALID, "%s holds %s, which no backup has", path, name);
        TRY(archive_extract(r->s, archive, text(r->s, "%s/%s", r->folder, name)));
    }
}

static fallible check_database(Restore *r)
{
    SCOPE(tmp, r->s);
    const char *file = text(tmp, "%s/dursor.db", r->folder);
    ForeignFile *opened;

    if (!file_exists(file))
        return fail(r->s, INVALID, "the backup holds no database");
    TRY(foreign_open(tmp, file, &opened));
    return foreign_table(opened, "schema_versions")
               ? OK
               : fail(r->s, INVALID, "the database in the backup is not dursor's");
}

/* ---- What is there ---- */

/* A running server holds the lock of its worker. */
static fallible nobody_works(Restore *r)
{
    const char *folder = text(r->s, "%s/workers", r->settings->data_dir);
    TextList names = {0};

    if (directory_exists(folder))
        TRY(directory_list(r->s, folder, &names));
    EACH (const char *, name, &names) {
        SCOPE(tmp, r->s);
        FileLock *lock;
        TRY(file_try_lock(tmp, text(tmp, "%s/%s", folder, *name), LOCK_EXCLUSIVE, &lock));
        if (!lock)
            return fail(r->s, CONFLICT, "dursor is running on %s: stop it first",
                        r->settings->data_dir);
    }
    return OK;
}

static fallible move(Scope *s, const char *from, const char *to)
{
    if (!file_exists(from))
        return OK;
    return rename(from, to) == 0 ? OK : fail_errno(s, errno, "moving %s to %s", from, to);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static fallible move_aside(Restore *r)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    const char *secrets = text(r->s, "%s/secrets", r->settings->data_dir);
    Buffer stamp = buffer_in(r->s);

    if (!file_exists(r->database) && !directory_exists(secrets))
        return OK;
    for (const char *t = time_text(r->s, time_now()); *t; t++)
        if (*t != '-' && *t != ':')
            buffer_char(&stamp, *t);
    r->report->aside =
        text(r->s, "%s/before-restore-%s", r->settings->data_dir, buffer_string(&stamp));
    TRY(directory_make(r->s, r->report->aside, 0700));
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        TRY(move(r->s, text(r->s, "%s%s", r->database, endings[i]),
                 text(r->s, "%s/dursor.db%s", r->report->aside, endings[i])));
    TRY(move(r->s, secrets, text(r->s, "%s/secrets", r->report->aside)));
    return move(r->s, r->settings->workspaces_dir,
                text(r->s, "%s.%s", r->settings->workspaces_dir, base_name(r->report->aside)));
}

static fallible put_in_place(Restore *r)
{
    TRY(move_aside(r));
    TRY(move(r->s, text(r->s, "%s/secrets", r->folder),
             text(r->s, "%s/secrets", r->settings->data_dir)));
    return move(r->s, text(r->s, "%s/dursor.db", r->folder), r->database);
}

/* ---- Branches ---- */

/* A source that cannot be reached now does not undo the rest: its bundle stays, to be loaded later. */
static fallible load_branches(Restore *r)
{
    const char *folder = text(r->s, "%s/branches", r->folder);
    const char *kept = text(r->s, "%s/branches", r->settings->data_dir);
    TextList names = {0};
    App *app;

    TRY(app_open(r->s, r->settings, &app));
    TRY(directory_list(r->s, folder, &names));
    EACH (const char *, name, &names) {
        const char *id = text_of(r->s, (Bytes){*name, strcspn(*name, ".")});
        const char *file = text(r->s, "%s/%s", folder, *name);
        Error *e = branches_load(r->s, app, id, file);
        TRY(scope_check(r->s));
        if (!e) {
            r->report->branches++;
            continue;
        }
        TRY(directory_make(r->s, kept, 0700));
        TRY(move(r->s, file, text(r->s, "%s/%s", kept, *name)));
        texts_add(r->s, &r->report->notes,
                  text(r->s, "the run branches of repository %s are in %s/%s: %s", id, kept, *name,
                       e->message));
    }
    return OK;
}

fallible state_restore(Scope *s, const Settings *settings, const char *path, bool force,
                       RestoreReport *out)
{
    SCOPE(tmp, s);
    Restore r = {.s = tmp, .settings = settings, .report = out};

    *out = (RestoreReport){0};
    if (!text_starts(settings->database_url, SQLITE_URL "/"))
        return fail(s, UNSUPPORTED,
                    "only the embedded database is restored so: take PostgreSQL's "
                    "pg_restore");
    r.database = settings->database_url + strlen(SQLITE_URL);
    r.database += strspn(r.database, "/") - 1;
    if (file_exists(r.database) && !force)
        return fail_code(s, CONFLICT, "state_exists",
                         "there is a database at %s: with --force it is moved aside", r.database);
    TRY(directory_make(s, settings->data_dir, 0700));
    TRY(nobody_works(&r));
    TRY(directory_temporary(tmp, settings->data_dir, "restore", &r.folder));
    TRY(unpack(&r, path));
    TRY(check_database(&r));
    TRY(put_in_place(&r));
    TRY(load_branches(&r));
    out->aside = text_copy(s, out->aside);
    TextList notes = out->notes;
    out->notes = (TextList){0};
    EACH (const char *, note, &notes)
        texts_add(s, &out->notes, *note);
    return OK;
}
