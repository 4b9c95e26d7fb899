/* Events of runs: what a run did, in the order in which it was stored. seq goes from 1 without gaps,
 * whoever writes, because it is counted on the run's row in the inserting transaction. */
#pragma once

#include "model/run_cursor.h"
#include "store/rows.h"
#include "store/store.h"

enum {
    EVENT_DATA_MAX = 64 << 10, /* bytes of one event; log text is split into chunks of it */
    EVENTS_APPEND_MAX = 256,   /* drafts at once */
    EVENTS_READ_MAX = 1000,    /* events, or lines of log, read at once */
};

typedef struct EventDraft {
    EventKind kind;
    Bytes data; /* log: lines with LF between, also not UTF-8; others: JSON */
    const char *phase; /* EVENT_PHASE: also shown on the run */
} EventDraft;

typedef LIST_OF(EventDraft) EventDraftList;

/* Under the lease: CONFLICT with "lease_lost", or "run_finished" when the run has ended. A log draft
 * is one or more whole lines (a LF at its end adds none); a line over EVENT_DATA_MAX goes on in the
 * next. *last_seq, which may be NULL, is the last one's. TOO_LARGE for other data. */
fallible events_append(Scope *s, Tx *tx, const Lease *lease, const EventDraftList *drafts, int64_t *last_seq);

/* Of one run after seq, at most limit (0: EVENTS_READ_MAX). Empty for an unknown run. */
fallible events_after(Scope *s, Tx *tx, const char *run_id, int64_t seq, int64_t limit, RunEventList *out);

/* Events of a task's runs after a cursor. */
typedef struct TaskEvents {
    RunEventList events;  /* each run's own in order */
    RunCursor cursor;     /* behind the last of them */
    RunStateList runs;    /* all runs of the task, by number: of which number is run_id */
    bool more;            /* there are more right now */
} TaskEvents;

/* MISSING when the tenant has no such task. */
fallible events_of_task_after(Scope *s, Tx *tx, const char *task_id, const RunCursor *after, TaskEvents *out);

/* Lines from that number on, at most EVENTS_READ_MAX, with one numbering for the run's whole life. */
fallible log_lines_from(Scope *s, Tx *tx, const char *run_id, int64_t from_line, LogPage *out);
/* The last lines, at most count. */
fallible log_tail(Scope *s, Tx *tx, const char *run_id, int64_t count, TextList *out);
