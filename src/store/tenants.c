/* Tenants and users. */

#include "store/tenants.h"

#include "store/checks.h"
#include "store/queries.h"

fallible tenant_insert(Scope *s, Tx *tx, Tenant *tenant)
{
    Stamp made = {0};

    TRY(text_check(s, "tenant's name", tenant->name));
    TRY(query_one(s, tx, &q_tenant_insert, ARGS(ARG_ROW(tenant_type, tenant)), &made));
    tenant->created_at = made.at;
    return OK;
}

fallible tenant_get(Scope *s, Tx *tx, const char *id, Tenant *out)
{
    bool found = false;

    TRY(query_find(s, tx, &q_tenant_get, ARGS(ARG(id)), (QueryFound){out, &found}));
    return found ? OK : row_missing(s, (RowKey){"tenant", id});
}

fallible user_insert(Scope *s, Tx *tx, User *user)
{
    Stamp made = {0};

    TRY(text_check(s, "user's name", user->name));
    user->tenant_id = tx_caller(tx)->tenant_id;
    TRY(query_one(s, tx, &q_user_insert, ARGS(ARG_ROW(user_type, user)), &made));
    user->created_at = made.at;
    return OK;
}

fallible user_get(Scope *s, Tx *tx, const char *id, User *out)
{
    bool found = false;

    TRY(query_find(s, tx, &q_user_get, ARGS(ARG(id)), (QueryFound){out, &found}));
    return found ? OK : row_missing(s, (RowKey){"user", id});
}
