/* Model profiles. */

#include "store/models.h"

#include "store/checks.h"
#include "store/queries.h"

fallible model_profile_insert(Scope *s, Tx *tx, ModelProfile *profile)
{
    Stamp made = {0};

    TRY(text_check(s, "model's name", profile->model_name));
    profile->tenant_id = tx_caller(tx)->tenant_id;
    TRY(query_one(s, tx, &q_model_profile_insert, ARGS(ARG_ROW(model_profile_type, profile)),
                  &made));
    profile->created_at = made.at;
    return OK;
}

fallible model_profile_get(Scope *s, Tx *tx, const char *id, ModelProfile *out)
{
    return row_get(s, tx, &q_model_profile_get, (RowKey){"model", id}, out);
}

fallible model_profile_list(Scope *s, Tx *tx, Page *page, ModelProfileList *out)
{
    ModelProfileList found = {0};
    PagePlace from;

    TRY(page_newest(s, page, &from));
    TRY(query_list(s, tx, &q_model_profile_list,
                   ARGS(ARG_AS(at, from.at), ARG_AS(id, from.id), ARG_AS(limit, from.limit)),
                   &found));
    page->next = page_cut(&from, &found) ? page_after(s, found.items[found.count - 1].created_at,
                                                      found.items[found.count - 1].id)
                                         : NULL;
    *out = found;
    return OK;
}

fallible model_profile_delete(Scope *s, Tx *tx, const char *id)
{
    int64_t changed = 0;

    TRY(id_check(s, (RowKey){"model", id}));
    TRY(query_run(s, tx, &q_model_profile_delete, ARGS(ARG(id)), &changed));
    return changed ? OK : row_missing(s, (RowKey){"model", id});
}
