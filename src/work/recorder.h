/* Stores what runs tell while they go on: their events in batches of at most 100 ms, those of all
 * runs of a process in one transaction, so that ten talkative runs cost one commit.
 *
 *     Recording *rec;
 *     TRY(recording_open(s, recorder, &target, &rec));
 *     TRY(recording_phase(rec, "asking"));
 *     TRY(recording_flush(s, rec));       // all of it is stored
 *
 * Log text is stored by whole lines; what has no line end yet waits for it, or for the flush. A run
 * that tells faster than the database takes waits (RECORDING_PENDING_MAX). While the database is away,
 * storing is tried again until the run is cancelled, at the latest when its lease is over. A Recorder is thread-safe,
 * a Recording belongs to the thread of its run.
 */
#pragma once

#include "service/app.h"
#include "store/events.h"

enum {
    RECORDING_PENDING_MAX = 1 << 20, /* bytes that wait to be stored, of one run */
    RECORDER_RETRY_US = 500 * 1000,  /* between tries while the database is away */
};

#define RECORDER_BATCH_US (100 * US_PER_MS)
#define RECORDER_TRY_US   (5 * US_PER_S) /* for one try to store */

typedef struct Recorder Recorder;
typedef struct Recording Recording;

/* Starts its thread, which ends when s closes: after all recordings. */
fallible recorder_open(Scope *s, App *app, Recorder **out);

/* Whose events, and who is to be stopped when they may no longer be written. */
typedef struct RecordingTarget {
    Caller caller;
    Lease lease;
    Cancel *cancel; /* asked with reason "lease lost" */
} RecordingTarget;

/* Ends with s; what is pending then is dropped, so flush before. */
fallible recording_open(Scope *s, Recorder *recorder, const RecordingTarget *target,
                        Recording **out);

/* All fail with CONFLICT "lease_lost" once the lease is gone, and with what ends s while they wait. */
fallible recording_log(Scope *s, Recording *rec, const char *t);
fallible recording_phase(Scope *s, Recording *rec, const char *phase);
/* Any other kind; data is JSON. */
fallible recording_event(Scope *s, Recording *rec, EventKind kind, const char *data);
fallible recording_usage(Scope *s, Recording *rec, const Usage *usage);
fallible recording_flush(Scope *s, Recording *rec);
