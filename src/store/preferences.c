/* What a user prefers. */

#include "store/preferences.h"

#include "store/queries.h"

fallible preferences_get(Scope *s, Tx *tx, Preferences *out)
{
    bool found = false;

    *out = (Preferences){0};
    return query_find(s, tx, &q_preferences_get, NO_ARGS, (QueryFound){out, &found});
}

fallible preferences_open(Scope *s, Tx *tx, Preferences *out)
{
    TRY(query_run(s, tx, &q_preferences_open, NO_ARGS, NULL));
    return preferences_get(s, tx, out);
}

fallible preferences_save(Scope *s, Tx *tx, const Preferences *preferences)
{
    return query_run(s, tx, &q_preferences_save, ARGS(ARG_ROW(preferences_type, preferences)),
                     NULL);
}
