/* The stored GitHub App. */

#include "store/github_config.h"

#include "store/queries.h"

const Type github_config_type =
    TYPE(GithubConfig, "A GitHub App.", FIELD(GithubConfig, tenant_id), FIELD(GithubConfig, app_id),
         FIELD(GithubConfig, installation_id), FIELD(GithubConfig, private_key_sealed, SECRET),
         FIELD(GithubConfig, created_at), FIELD(GithubConfig, updated_at));

fallible github_config_find(Scope *s, Tx *tx, GithubConfig *out, bool *found)
{
    return query_find(s, tx, &q_github_config_get, NO_ARGS, (QueryFound){out, found});
}

fallible github_config_put(Scope *s, Tx *tx, const GithubConfig *config)
{
    GithubConfig row = *config;

    row.tenant_id = tx_caller(tx)->tenant_id;
    return query_run(s, tx, &q_github_config_put, ARGS(ARG_ROW(github_config_type, &row)), NULL);
}
