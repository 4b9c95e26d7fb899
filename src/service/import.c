/* What a file is, and the report about it. */

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
    EACH (const char *, ignored, foreign_ignored(file))
        import_note(im, "%s is not looked at", *ignored);
    if (foreign_table(file, "schema_versions")) {
        im->report->kind = "a database of this dursor";
        return import_ours(im, file);
    }
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

fallible import_file(Scope *s, App *app, const ImportOptions *options, ImportReport *out)
{
    Import im = {.s = s, .app = app, .options = options, .caller = &local_caller, .report = out};

    TRY(not_itself(s, app, options->path));
    *out = (ImportReport){0};
    im.batch = scope_child(s);
    Error *e =
        import_is_archive(options->path) ? import_archive(&im, options->path) : take_database(&im);
    if (!e)
        e = import_flush(&im, true);
    scope_close(im.batch);
    return e;
}

int64_t import_refused(const ImportReport *report)
{
    int64_t refused = 0;

    EACH (const ImportCount, count, &report->counts)
        refused += count->refused;
    return refused;
}

const char *import_report_text(Scope *s, const ImportReport *report, bool dry_run)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "%s\n\n%-20s %10s %10s %10s %10s\n", report->kind, "table",
                  dry_run ? "to copy" : "copied", "present", "different", "refused");
    EACH (const ImportCount, count, &report->counts)
        buffer_format(&b, "%-20s %10lld %10lld %10lld %10lld\n", count->table,
                      (long long)count->copied, (long long)count->present,
                      (long long)count->different, (long long)count->refused);
    if (report->notes.count)
        buffer_char(&b, '\n');
    EACH (const char *, note, &report->notes)
        buffer_format(&b, "- %s\n", *note);
    if (report->notes_dropped)
        buffer_format(&b, "- and %lld more like these\n", (long long)report->notes_dropped);
    if (!dry_run)
        buffer_text(&b, "\nEach row was read back and compared.\n");
    return buffer_string(&b);
}
