/* What is said about an import, to people and to programs. */

#include "service/import.h"

enum { SUM_SHOWN = 12 /* digits of a checksum in a line */ };

static const Type import_count_type =
    TYPE(ImportCount, "A table.", FIELD(ImportCount, table), FIELD(ImportCount, copied),
         FIELD(ImportCount, present), FIELD(ImportCount, different), FIELD(ImportCount, refused),
         FIELD(ImportCount, rows), FIELD(ImportCount, rows_wanted), FIELD(ImportCount, checksum),
         FIELD(ImportCount, checksum_wanted));

const Type import_report_type =
    TYPE(ImportReport, "What an import did.", FIELD(ImportReport, kind), FIELD(ImportReport, mode),
         LIST(ImportReport, tables, import_count_type), FIELD(ImportReport, resumed),
         FIELD(ImportReport, refused), FIELD(ImportReport, checked), FIELD(ImportReport, equal),
         FIELD(ImportReport, sealed), FIELD(ImportReport, sealed_closed),
         FIELD(ImportReport, notes), FIELD(ImportReport, notes_dropped));

/* ---- Rows ---- */

static void put_rows(Buffer *b, const ImportReport *report)
{
    buffer_format(b, "%-20s %10s %10s %10s %10s\n", "table",
                  text_equal(report->mode, "dry_run") ? "to copy" : "copied", "present",
                  "different", "refused");
    EACH (const ImportCount, count, &report->tables)
        buffer_format(b, "%-20s %10lld %10lld %10lld %10lld\n", count->table,
                      (long long)count->copied, (long long)count->present,
                      (long long)count->different, (long long)count->refused);
}

/* ---- Whole tables ---- */

static void put_check(Buffer *b, const ImportCount *count)
{
    bool rows = count->rows.value == count->rows_wanted.value;
    bool sums = text_equal(count->checksum, count->checksum_wanted);

    buffer_format(b, "%-20s %10lld %10lld  %.*s  %s\n", count->table,
                  (long long)count->rows_wanted.value, (long long)count->rows.value, SUM_SHOWN,
                  count->checksum,
                  rows && sums ? "equal"
                  : rows       ? "other content"
                               : "another number of rows");
}

static void put_checks(Buffer *b, const ImportReport *report)
{
    buffer_format(b, "%-20s %10s %10s  %-*s\n", "table", "should be", "rows here", SUM_SHOWN,
                  "checksum");
    EACH (const ImportCount, count, &report->tables)
        if (count->rows.set)
            put_check(b, count);
    buffer_text(b, report->equal ? "\nAll tables hold what they should, by number and checksum.\n"
                                 : "\nNOT all tables hold what they should.\n");
}

const char *import_report_text(Scope *s, const ImportReport *report)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "%s\n\n", report->kind);
    if (report->resumed)
        buffer_format(&b, "It went on where an import was interrupted, after %lld rows.\n\n",
                      (long long)report->resumed);
    if (!text_equal(report->mode, "verify"))
        put_rows(&b, report);
    if (report->notes.count)
        buffer_char(&b, '\n');
    EACH (const char *, note, &report->notes)
        buffer_format(&b, "- %s\n", *note);
    if (report->notes_dropped)
        buffer_format(&b, "- and %lld more like these\n", (long long)report->notes_dropped);
    if (report->checked) {
        buffer_char(&b, '\n');
        put_checks(&b, report);
    } else if (text_equal(report->mode, "import"))
        buffer_text(&b, "\nEach row was read back and compared.\n");
    return buffer_string(&b);
}
