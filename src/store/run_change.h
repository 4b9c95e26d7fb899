/* A change of a run's state: one conditional update and its status event. For the modules that
 * change runs: runs.c, jobs.c and their like. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

typedef struct RunChange {
    const char *run_id;
    const Statement *update; /* gives run_counter_type when its condition holds */
    Args args;
    RunStatus to;
    const char *reason; /* NULL: none */
    const char *kind, *code;
    Json params;
} RunChange;

/* *changed: whether the condition held. */
fallible run_change(Scope *s, Tx *tx, const RunChange *change, bool *changed);

/* Why a write under the lease changed nothing: CONFLICT with "lease_lost" or "run_finished". */
fallible run_refused(Scope *s, Tx *tx, const Lease *lease);
/* Locks the run's row and checks its fence, and that it has not ended. */
fallible run_hold(Scope *s, Tx *tx, const Lease *lease);
fallible lease_lost(Scope *s);

/* For a job that gave its run up, under the lock of the job's row: running → queued, with an event
 * that says why; and the run gets the next fence. What has ended stays. */
fallible run_requeue(Scope *s, Tx *tx, const Lease *lease, const char *reason);
/* Any unfinished state → failed, likewise. */
fallible run_give_up(Scope *s, Tx *tx, const Lease *lease, const Error *why);
