/* Places of imports. */

#include "store/imports.h"

#include "store/queries.h"

const Type import_place_type = TYPE(
    ImportPlace, "How far an import has come in a table.", FIELD(ImportPlace, tenant_id),
    FIELD(ImportPlace, source), FIELD(ImportPlace, table_name), FIELD(ImportPlace, state),
    FIELD(ImportPlace, before_rows), FIELD(ImportPlace, before_sum), FIELD(ImportPlace, handled),
    FIELD(ImportPlace, handled_sum), FIELD(ImportPlace, copied), FIELD(ImportPlace, copied_sum),
    FIELD(ImportPlace, kept), FIELD(ImportPlace, present), FIELD(ImportPlace, different),
    FIELD(ImportPlace, refused), FIELD(ImportPlace, updated_at));

fallible import_places(Scope *s, Tx *tx, const char *source, ImportPlaceList *out)
{
    return query_list(s, tx, &q_import_places, ARGS(ARG(source)), out);
}

fallible import_place_begin(Scope *s, Tx *tx, const ImportPlace *place)
{
    return query_run(s, tx, &q_import_place_begin, ARGS(ARG_ROW(import_place_type, place)), NULL);
}

fallible import_place_move(Scope *s, Tx *tx, const ImportPlace *from, const ImportPlace *to)
{
    int64_t handled_before = from->handled, copied_before = from->copied,
            refused_before = from->refused, changed;

    TRY(query_run(s, tx, &q_import_place_move,
                  ARGS(ARG(handled_before), ARG(copied_before), ARG(refused_before),
                       ARG_ROW(import_place_type, to)),
                  &changed));
    return changed ? OK
                   : fail_code(s, CONFLICT, "import_elsewhere",
                               "another import of this file is under way: wait for it to end");
}

fallible imports_forget(Scope *s, Tx *tx, const char *source)
{
    return query_run(s, tx, &q_imports_forget, ARGS(ARG(source)), NULL);
}
