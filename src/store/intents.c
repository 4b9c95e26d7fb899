/* Intents. */

#include "store/intents.h"

#include "store/checks.h"
#include "store/queries.h"

const Type intent_type =
    TYPE(Intent, "An effect outside.", FIELD(Intent, tenant_id), FIELD(Intent, key),
         FIELD(Intent, kind), FIELD(Intent, detail), FIELD(Intent, result), FIELD(Intent, status),
         FIELD(Intent, tries), FIELD(Intent, created_at), FIELD(Intent, updated_at));

fallible intent_begin(Scope *s, Tx *tx, Intent *intent)
{
    const char *key = intent->key, *kind = intent->kind;
    Json detail = intent->detail;

    TRY(text_check(s, "intent's key", key));
    return query_one(s, tx, &q_intent_begin, ARGS(ARG(key), ARG(kind), ARG(detail)), intent);
}

fallible intent_end(Scope *s, Tx *tx, const Intent *intent, Json result)
{
    const char *key = intent->key;

    return query_run(s, tx, &q_intent_end, ARGS(ARG(key), ARG(result)), NULL);
}

fallible intent_get(Scope *s, Tx *tx, const char *key, Intent *out)
{
    return query_one(s, tx, &q_intent_get, ARGS(ARG(key)), out);
}
