/* Processes that claim jobs: rows of the system, in tx_system only. A row tells where to look for
 * the proof of life: on its own host the flock on lock_path, elsewhere when it was last seen. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

enum { WORKERS_MAX = 10000 }; /* that are listed */

/* Fills started_at and seen_at. */
fallible worker_register(Scope *s, Tx *tx, Worker *worker);
/* MISSING when somebody has removed it: register again. */
fallible worker_seen(Scope *s, Tx *tx, const char *id);
/* By id. silent_us is how long each has not been seen. */
fallible workers_list(Scope *s, Tx *tx, WorkerList *out);
/* The schema as it is now, under a process that runs. */
fallible schema_found(Scope *s, Tx *tx, MigrationState *out);
/* Absent is fine. Release its jobs before (jobs_release_owner). */
fallible worker_remove(Scope *s, Tx *tx, const char *id);
