/* Shared links. */

#include "store/shares.h"

#include "base/id.h"
#include "store/checks.h"
#include "store/queries.h"
#include "store/runs.h"

enum { LISTED_MAX = 200 };

#define KEPT_US (30 * 24 * 3600 * US_PER_S) /* how long those that ended stay in the list */

static fallible make_room(Scope *s, Tx *tx, const char *run_id)
{
    int64_t since_us = -KEPT_US;
    Count held, live;
    bool found = false;

    TRY(id_check(s, (RowKey){"run", run_id}));
    TRY(query_find(s, tx, &q_share_run_hold, ARGS(ARG(run_id)), (QueryFound){&held, &found}));
    if (!found)
        return row_missing(s, (RowKey){"run", run_id});
    TRY(query_run(s, tx, &q_shares_forget, ARGS(ARG(run_id), ARG(since_us)), NULL));
    TRY(query_one(s, tx, &q_shares_live, ARGS(ARG(run_id)), &live));
    if (live.count >= SHARES_PER_RUN_MAX)
        return error_param(fail_code(s, CONFLICT, "shares_full",
                                     "the run has %d links already: revoke one, then make another",
                                     (int)SHARES_PER_RUN_MAX),
                           "most", text(s, "%d", (int)SHARES_PER_RUN_MAX));
    return OK;
}

fallible share_insert(Scope *s, Tx *tx, const ShareWant *want, Share *out)
{
    const char *run_id = want->run_id, *id = id_new(s), *token_hash = want->token_hash;
    int64_t lasts_us = want->lasts_us;

    TRY(make_room(s, tx, run_id));
    return query_one(s, tx, &q_share_insert,
                     ARGS(ARG(id), ARG(run_id), ARG(token_hash), ARG(lasts_us)), out);
}

fallible shares_of_run(Scope *s, Tx *tx, const char *run_id, ShareList *out)
{
    int64_t limit = LISTED_MAX;
    RunState run;

    TRY(run_state(s, tx, run_id, &run));
    return query_list(s, tx, &q_shares_of_run, ARGS(ARG(run_id), ARG(limit)), out);
}

fallible share_revoke(Scope *s, Tx *tx, const char *id)
{
    Share share;

    return row_get(s, tx, &q_share_revoke, (RowKey){"share", id}, &share);
}

fallible share_find(Scope *s, Tx *tx, const char *token_hash, Share *out, bool *found)
{
    return query_find(s, tx, &q_share_by_token, ARGS(ARG(token_hash)), (QueryFound){out, found});
}
