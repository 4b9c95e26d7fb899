/* Sizes of the data directory by part, of mirrors by repository, and of the database. */

#include "service/storage.h"

#include <stdlib.h>

#include "store/operations.h"
#include "store/repos.h"
#include "sys/file.h"
#include "sys/measure.h"

/* Where an entry of the data directory belongs: the first whose pattern fits. */
static const struct {
    const char *pattern;
    const char *part;
} parts[] = {
    {"*backup*", "backups"}, {"dursor.db*", "database"}, {"blobs", "blobs"}, {"secrets", "secrets"},
    {"*", "other"},
};

static const char *part_of(const char *name)
{
    size_t i = 0;

    while (!text_matches(name, parts[i].pattern))
        i++;
    return parts[i].part;
}

static void add_part(Scope *s, StorageView *out, const char *name, const TreeUse *use)
{
    out->is_partial = out->is_partial || use->is_partial;
    EACH (StoragePart, part, &out->parts) {
        if (text_equal(part->name, name)) {
            part->bytes += use->bytes;
            part->files += use->files;
            return;
        }
    }
    *list_add(s, &out->parts) = (StoragePart){name, use->bytes, use->files};
}

/* Until that time of clock_us. */
static fallible measure(Scope *s, const char *path, int64_t until, TreeUse *use)
{
    SCOPE(walk, s);
    int64_t left = until - clock_us();

    scope_limit(walk, left > 0 ? left : 0);
    return tree_measure(walk, path, use);
}

static fallible measure_data(Scope *s, const Settings *settings, int64_t until, StorageView *out)
{
    TextList names = {0};

    TRY(directory_list(s, settings->data_dir, &names));
    EACH (const char *, name, &names) {
        const char *path = text(s, "%s/%s", settings->data_dir, *name);
        TreeUse use = {0};
        if (text_equal(path, settings->workspaces_dir))
            continue; /* measured by repository */
        TRY(measure(s, path, until, &use));
        add_part(s, out, part_of(*name), &use);
    }
    return OK;
}

static fallible repos_of(Scope *s, App *app, const Caller *caller, RepoList *out)
{
    SCOPE(tmp, s);
    Page page = {0};
    Tx *tx;

    TRY(tx_read(tmp, app->store, caller, &tx));
    return repo_list(s, tx, &page, out);
}

static const Repo *repo_named(const RepoList *repos, const char *id)
{
    EACH (const Repo, repo, repos)
        if (text_equal(repo->id, id))
            return repo;
    return NULL;
}

static int by_size(const void *left, const void *right)
{
    const StorageRepo *a = left, *b = right;

    return a->bytes == b->bytes ? 0 : a->bytes > b->bytes ? -1 : 1;
}

static fallible measure_mirrors(Scope *s, App *app, const Caller *caller, int64_t until,
                                StorageView *out)
{
    const Settings *settings = app->settings;
    TextList names = {0};
    RepoList repos = {0};

    TRY(repos_of(s, app, caller, &repos));
    TRY(directory_list(s, settings->workspaces_dir, &names));
    EACH (const char *, name, &names) {
        const Repo *repo = repo_named(&repos, *name);
        TreeUse use = {0};
        TRY(measure(s, text(s, "%s/%s", settings->workspaces_dir, *name), until, &use));
        add_part(s, out, "mirrors", &use);
        *list_add(s, &out->mirrors) = (StorageRepo){
            repo ? repo->id : NULL, repo ? repo->repo_url : NULL, use.bytes, use.files};
    }
    if (out->mirrors.count)
        qsort(out->mirrors.items, out->mirrors.count, sizeof *out->mirrors.items, by_size);
    return OK;
}

static fallible measure_database(Scope *s, App *app, StorageView *out)
{
    SCOPE(tmp, s);
    StorageSizes sizes = {0};
    Tx *tx;

    scope_limit(tmp, STORAGE_SQL_US);
    TRY(tx_system_read(tmp, app->store, &tx));
    Error *e = storage_sizes(tmp, tx, &sizes);
    if (failed_as(e, TIMEOUT))
        error_drop(e, "sizes that take long to know are left out");
    else
        TRY(e);
    out->database_bytes = sizes.database_bytes;
    out->log_bytes = sizes.log_bytes;
    return OK;
}

fallible storage_view(Scope *s, App *app, const Caller *caller, StorageView *out)
{
    const Settings *settings = app->settings;
    StorageView view = {.disk_floor_bytes = settings->disk_floor_mb << 20};
    int64_t until = clock_us() + STORAGE_US;

    TRY(measure_database(s, app, &view));
    TRY(disk_free(s, settings->workspaces_dir, &view.disk_free_bytes));
    TRY(disk_total(s, settings->workspaces_dir, &view.disk_total_bytes));
    TRY(measure_data(s, settings, until, &view));
    TRY(measure_mirrors(s, app, caller, until, &view));
    view.measured_at = time_now();
    *out = view;
    return OK;
}
