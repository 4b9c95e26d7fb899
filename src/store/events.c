/* Events of runs: appended. How they are read is in events_read.c. */

#include "store/events.h"

#include "store/checks.h"
#include "store/log_chunks.h"
#include "store/queries.h"
#include "store/run_change.h"

static RunEvent *event_add(Scope *s, const EventDraft *draft, RunEventList *events)
{
    RunEvent *event = list_add(s, events);

    event->kind = draft->kind;
    return event;
}

static fallible log_draft(Scope *s, const EventDraft *draft, RunEventList *events)
{
    LogChunkList chunks = {0};

    if (draft->data.size > LOG_DRAFT_MAX)
        return fail(s, TOO_LARGE, "a piece of log has more than %d bytes", (int)LOG_DRAFT_MAX);
    log_chunks(s, draft->data, EVENT_DATA_MAX, &chunks);
    EACH (const LogChunk, chunk, &chunks) {
        RunEvent *event = event_add(s, draft, events);
        event->data = chunk->data;
        event->line_count = chunk->line_count;
    }
    return OK;
}

static fallible other_draft(Scope *s, const EventDraft *draft, RunEventList *events)
{
    if (draft->data.size > EVENT_DATA_MAX)
        return fail(s, TOO_LARGE, "a %s event has more than %d bytes",
                    name_of(event_kind_names, (int)draft->kind), (int)EVENT_DATA_MAX);
    event_add(s, draft, events)->data = text_clean(s, draft->data, NULL);
    return OK;
}

static fallible events_of_drafts(Scope *s, const EventDraftList *drafts, RunEventList *events)
{
    if (drafts->count > EVENTS_APPEND_MAX)
        return fail(s, TOO_LARGE, "more than %d events at once", (int)EVENTS_APPEND_MAX);
    EACH (const EventDraft, draft, drafts) {
        if (draft->kind == EVENT_LOG)
            TRY(log_draft(s, draft, events));
        else
            TRY(other_draft(s, draft, events));
    }
    return OK;
}

static const char *last_phase(const EventDraftList *drafts)
{
    const char *phase = NULL;

    EACH (const EventDraft, draft, drafts)
        if (draft->kind == EVENT_PHASE && draft->phase)
            phase = draft->phase;
    return phase;
}

/* Counts the events and lines on the run's row, which stays locked until the commit. */
static fallible events_reserve(Scope *s, Tx *tx, const Lease *lease, const EventDraftList *drafts,
                               RunEventList *events)
{
    int64_t count = (int64_t)events->count, lines = 0;
    const char *phase = last_phase(drafts);
    RunCounter counter = {0};
    bool found = false;

    EACH (const RunEvent, event, events)
        lines += event->line_count;
    TRY(query_find(s, tx, &q_events_reserve,
                   ARGS(ARG(count), ARG(lines), ARG(phase), ARG_AS(run_id, lease->run_id),
                        ARG_AS(fence, lease->fence)),
                   (QueryFound){&counter, &found}));
    if (!found)
        return run_refused(s, tx, lease);
    int64_t seq = counter.event_seq - count, line = counter.log_lines - lines;
    EACH (RunEvent, event, events) {
        event->run_id = lease->run_id;
        event->tenant_id = counter.tenant_id;
        event->fence = lease->fence;
        event->seq = ++seq;
        event->line_number = event->kind == EVENT_LOG ? line : 0;
        line += event->line_count;
    }
    return OK;
}

static fallible events_insert(Scope *s, Tx *tx, const RunEventList *events)
{
    enum { ARGS_EACH = 2 };
    Arg *args = NEW_ARRAY(s, Arg, events->count * ARGS_EACH);

    EACH (const RunEvent, event, events) {
        args[0] = (Arg)ARG_ROW(run_event_type, event);
        args[1] = (Arg)ARG_AS(row_tenant, event->tenant_id);
        TRY(query_later(s, tx, &q_event_insert, (Args){args, ARGS_EACH}, NULL));
        args += ARGS_EACH;
    }
    return tx_sync(s, tx);
}

fallible events_append(Scope *s, Tx *tx, const Lease *lease, const EventDraftList *drafts,
                       int64_t *last_seq)
{
    RunEventList events = {0};

    TRY(id_check(s, (RowKey){"run", lease->run_id}));
    TRY(events_of_drafts(s, drafts, &events));
    TRY(events_reserve(s, tx, lease, drafts, &events));
    if (last_seq && events.count)
        *last_seq = events.items[events.count - 1].seq;
    return events.count ? events_insert(s, tx, &events) : OK;
}
