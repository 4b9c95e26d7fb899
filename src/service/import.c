/* What a file is, and the way through an import. */

#include "service/import.h"

#include "service/import_parts.h"
#include "sys/file.h"

static bool has_all(const ForeignFile *file, const TextList *names)
{
    EACH (const char *, name, names)
        if (!foreign_table(file, *name))
            return false;
    return true;
}

static fallible take_database(Import *im)
{
    const char *old[] = {"repos", "tasks", "messages", "runs", "model_profiles"};
    TextList old_names = {old, COUNT_OF(old), COUNT_OF(old)};
    ForeignFile *file;

    TRY(foreign_open(im->s, im->options->path, &file));
    if (foreign_table(file, "schema_versions")) {
        im->report->kind = "a database of this dursor";
        return import_ours(im, file);
    }
    EACH (const char *, ignored, foreign_ignored(file))
        import_note(im, "%s is not looked at", *ignored);
    if (!has_all(file, &old_names))
        return fail(im->s, INVALID,
                    "%s is a SQLite database, and not dursor's: it lacks one of the tables repos, "
                    "tasks, messages, runs and model_profiles",
                    im->options->path);
    im->report->kind = "a database of the former dursor";
    return import_old(im, file);
}

static fallible not_itself(Scope *s, const App *app, const char *path)
{
    const char *real, *own = store_path(app->store);

    TRY(file_real_path(s, path, &real));
    if (!own)
        return OK;
    TRY(file_real_path(s, own, &own));
    return text_equal(real, own)
               ? fail(s, INVALID, "%s is the database that is imported into: name another file",
                      path)
               : OK;
}

static fallible take(Import *im)
{
    TRY(import_begin(im));
    if (import_is_archive(im->options->path))
        TRY(import_archive(im, im->options->path));
    else
        TRY(take_database(im));
    TRY(import_flush(im, true));
    return import_land(im);
}

/* What became of the rows, by table. */
static void count_rows(Import *im)
{
    for (size_t i = 0; i < im->table_count; i++) {
        const ImportTable *t = &im->tables[i];
        const Place *p = &t->place;
        if (!p->handled.rows)
            continue;
        ImportCount *count = import_count(im, t->access->table->name);
        count->copied += p->copied.rows - p->kept;
        count->present += p->present;
        count->different += p->different;
        count->refused += p->refused;
    }
    im->report->refused = im->refused;
}

static fallible conclude(Import *im)
{
    count_rows(im);
    TRY(import_check(im));
    if (im->options->mode != IMPORT_DRY)
        TRY(import_open_seals(im));
    return import_end(im);
}

static const char *const modes[] = {
    [IMPORT_WRITE] = "import", [IMPORT_DRY] = "dry_run", [IMPORT_VERIFY] = "verify"};

fallible import_file(Scope *s, App *app, const ImportOptions *options, ImportReport *out)
{
    Import im = {.s = s, .app = app, .options = options, .caller = &local_caller, .report = out};

    TRY(not_itself(s, app, options->path));
    *out = (ImportReport){.mode = modes[options->mode]};
    im.batch = scope_child(s);
    Error *e = take(&im);
    import_ground(&im);
    if (!e)
        e = conclude(&im);
    scope_close(im.batch);
    if (im.places && failed_as(e, UNAVAILABLE))
        return error_while(e, "the import stopped where it was, and goes on there when it is "
                              "started again");
    return e;
}
