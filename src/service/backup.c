/* Making a backup. */

#include "base/id.h"
#include "base/json.h"
#include "service/archive.h"
#include "service/backup_parts.h"
#include "store/sqlite_copy.h"
#include "sys/file.h"

static fallible put_manifest(Scope *s, ArchiveWriter *archive)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "format");
    json_put_text(&w, BACKUP_FORMAT);
    json_key(&w, "version");
    json_put_int(&w, ARCHIVE_VERSION);
    json_key(&w, "dursor");
    json_put_text(&w, DURSOR_VERSION);
    json_key(&w, "made_at");
    json_put_text(&w, time_text(s, time_now()));
    json_close(&w, '}');
    return archive_put(s, archive, "manifest.json", buffer_view(&b));
}

static fallible put_secrets(Scope *s, App *app, ArchiveWriter *archive)
{
    const char *dir = app_secrets_dir(s, app->settings);
    TextList names = {0};

    if (directory_exists(dir))
        TRY(directory_list(s, dir, &names));
    EACH (const char *, name, &names)
        TRY(archive_put_file(s, archive, text(s, "secrets/%s", *name),
                             text(s, "%s/%s", dir, *name)));
    return OK;
}

/* After the database: what it says of a branch is in the bundle then, or an older state is not lost. */
static fallible put_branches(Scope *s, App *app, const char *folder, ArchiveWriter *archive)
{
    TextList names = {0};

    TRY(directory_list(s, app->mirrors->dir, &names));
    EACH (const char *, name, &names) {
        SCOPE(tmp, s);
        const char *file = text(tmp, "%s/%s.bundle", folder, *name);
        bool made = false;
        if (!id_valid(*name) ||
            !directory_exists(text(tmp, "%s/%s/repo.git", app->mirrors->dir, *name)))
            continue;
        TRY_WHILE(branches_save(tmp, app, *name, file, &made), "saving the branches of %s", *name);
        if (made)
            TRY(archive_put_file(tmp, archive, text(tmp, "branches/%s.bundle", *name), file));
        TRY(file_remove(tmp, file));
    }
    return OK;
}

fallible state_backup(Scope *s, App *app, const char *path)
{
    SCOPE(tmp, s);
    const char *folder;
    ArchiveWriter *archive;

    TRY(directory_temporary(tmp, app->settings->data_dir, "backup", &folder));
    const char *copy = text(tmp, "%s/dursor.db", folder);
    TRY(archive_create(tmp, path, &archive));
    TRY(store_copy(tmp, app->store, copy));
    TRY(put_manifest(tmp, archive));
    TRY(archive_put_file(tmp, archive, "dursor.db", copy));
    TRY(put_secrets(tmp, app, archive));
    TRY(put_branches(tmp, app, folder, archive));
    return archive_end(tmp, archive);
}
