/* Events of runs: what a run did, in the order in which it was stored. seq goes from 1 without gaps,
 * whoever writes, because it is counted on the run's row in the inserting transaction. */
#pragma once

#include "model/context_views.h"
#include "model/run_cursor.h"
#include "store/rows.h"
#include "store/store.h"

enum {
    EVENT_DATA_MAX = 64 << 10, /* bytes of one event; log text is split into chunks of it */
    EVENTS_APPEND_MAX = 256,   /* drafts at once */
    LOG_DRAFT_MAX = 1 << 20,   /* bytes of one log draft */
    EVENTS_READ_MAX = 256,     /* read at once */
    LOG_LINES_READ_MAX = 5000, /* read at once */
    LOG_CHUNKS_READ_MAX = 64,  /* read at once: bounds the memory */
};

typedef struct EventDraft {
    EventKind kind;
    Bytes data;        /* log: lines with LF between, also not UTF-8; others: JSON */
    const char *phase; /* EVENT_PHASE: also shown on the run */
} EventDraft;

typedef LIST_OF(EventDraft) EventDraftList;

/* Under the lease: CONFLICT with "lease_lost", or "run_finished" when the run has ended. A log draft
 * is one or more whole lines (a LF at its end adds none); a line over EVENT_DATA_MAX goes on in the
 * next. *last_seq, which may be NULL, is the last one's. TOO_LARGE for other data. */
fallible events_append(Scope *s, Tx *tx, const Lease *lease, const EventDraftList *drafts,
                       int64_t *last_seq);

typedef struct EventsFrom {
    const char *run_id;
    int64_t seq;   /* of the last one seen; 0: from the first */
    int64_t limit; /* 0, and what is over it: EVENTS_READ_MAX */
} EventsFrom;

/* Appends the run's events after that one; none for a run that the tenant does not have. Numbers have no
 * gap: where the first is not the next one, or a run that has ended gives none though it counted more, older
 * events were removed (store/retention.h), and the reader must read everything again: events_lost. */
fallible events_after(Scope *s, Tx *tx, EventsFrom from, RunEventList *out);

/* Whether events behind the reader's place are gone, from what was read there after the run's state. */
bool events_lost(const RunState *run, int64_t seq, const RunEventList *read);

/* Events of a task's runs after a cursor. */
typedef struct TaskEvents {
    RunEventList events; /* each run's own in order */
    RunCursor cursor;    /* behind the last of them */
    RunStateList runs;   /* all runs of the task, by number: of which number is run_id */
    bool more;           /* there are more right now */
    bool is_reset;       /* events behind the cursor were removed: read everything again */
} TaskEvents;

/* MISSING when the tenant has no such task. */
fallible events_of_task_after(Scope *s, Tx *tx, const char *task_id, const RunCursor *after,
                              TaskEvents *out);

/* What the run's model was given, as it was told last; empty when it never was. MISSING when the tenant
 * has no such run. */
fallible run_context_get(Scope *s, Tx *tx, const char *run_id, RunContext *out);

/* Lines from that number on, at most LOG_LINES_READ_MAX, fewer when they are long, with one numbering for the run's whole life. */
fallible log_lines_from(Scope *s, Tx *tx, const char *run_id, int64_t from_line, LogPage *out);
/* The last lines, at most count (and LOG_LINES_READ_MAX). */
fallible log_tail(Scope *s, Tx *tx, const char *run_id, int64_t count, TextList *out);

/* tx_system, now and then: room for the events of the coming months. */
fallible events_make_room(Scope *s, Tx *tx);
