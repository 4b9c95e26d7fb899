/* What calls to models used: a row for each call of each lease, summed into the run's row. A repeated
 * attempt of a run adds to what the attempts before it used; a repeated report of one call does not. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* Under the lease (also when the run has just been canceled: it was used all the same). call counts
 * from 1 within the lease; the same call again replaces what was reported. CONFLICT: "lease_lost". */
fallible usage_put(Scope *s, Tx *tx, const Lease *lease, int64_t call, const Usage *usage);
/* Without a lease, for a run that has ended: what the text of its pull request took. Adds to what was put
 * so before. MISSING when the tenant has no such run. */
fallible usage_put_beside(Scope *s, Tx *tx, const char *run_id, const Usage *usage);
/* The sum of all calls of the run. */
fallible usage_of_run(Scope *s, Tx *tx, const char *run_id, Usage *out);
