/* Batches of events. A batch is filled by the run's thread and then handed, whole, to the recorder's
 * thread, which stores and closes it: its memory belongs to one thread at a time. */

#include "work/recorder.h"

#include "base/json.h"
#include "base/log.h"
#include "store/usage.h"
#include "sys/thread.h"

typedef struct UsageDraft {
    int64_t call;
    Usage usage;
} UsageDraft;

typedef LIST_OF(UsageDraft) UsageDraftList;

typedef struct Batch {
    Scope *home;
    EventDraftList drafts;
    Buffer log; /* lines that are no draft yet */
    UsageDraftList usages;
    size_t bytes;
    int64_t since; /* clock_us of its first draft */
} Batch;

struct Recording {
    Recorder *recorder;
    RecordingTarget target;
    Batch *filling; /* NULL: nothing pending; both under the recorder's mutex */
    bool storing;
    bool lost;
    Buffer partial; /* the log's last line, without end so far; the run's thread only */
    int64_t calls;
    Recording *next;
};

struct Recorder {
    App *app;
    Mutex mutex;
    Condition pending; /* something waits to be stored */
    Condition stored;
    Recording *first;
};

/* ---- The recorder's thread ---- */

/* A batch that is being stored, with its run. */
typedef struct Taken {
    Recording *rec;
    Batch *batch;
    int64_t last_seq; /* of its events, as they were numbered in the last try */
    bool unsure;      /* the last try's commit was not answered */
} Taken;

typedef LIST_OF(Taken) TakenList;

static fallible store_one(Scope *s, Tx *tx, Taken *taken)
{
    const Lease *lease = &taken->rec->target.lease;
    EventDraftList rest = taken->batch->drafts;

    EACH (UsageDraft, draft, &taken->batch->usages)
        TRY(usage_put(s, tx, lease, draft->call, &draft->usage));
    while (rest.count) {
        EventDraftList part = {rest.items,
                               rest.count < EVENTS_APPEND_MAX ? rest.count : EVENTS_APPEND_MAX, 0};
        TRY(events_append(s, tx, lease, &part, &taken->last_seq));
        rest.items += part.count;
        rest.count -= part.count;
    }
    return OK;
}

/* Lines told one by one are one event. */
static void close_log(Batch *batch)
{
    if (!batch->log.size)
        return;
    *list_add(batch->home, &batch->drafts) =
        (EventDraft){.kind = EVENT_LOG, .data = bytes_copy(batch->home, buffer_view(&batch->log))};
    buffer_clear(&batch->log);
}

static fallible commit_all(Scope *s, Tx *tx, TakenList *all)
{
    Error *e = tx_commit(s, tx);

    EACH (Taken, taken, all)
        taken->unsure = e && text_equal(e->code, COMMIT_UNKNOWN);
    return e;
}

static fallible store_together(Scope *s, Recorder *r, TakenList *all)
{
    SCOPE(tmp, s);
    Tx *tx;

    scope_limit(tmp, RECORDER_TRY_US);
    TRY(tx_write(tmp, r->app->store, &all->items[0].rec->target.caller, &tx));
    EACH (Taken, taken, all)
        TRY(store_one(tmp, tx, taken));
    return commit_all(tmp, tx, all);
}

/* A batch by itself. While its run goes on nobody else numbers events of it: where the same batch comes
 * out behind the numbers of the try before, that one is there. Nothing is told twice. */
static fallible store_again(Scope *s, Recorder *r, Taken *taken)
{
    SCOPE(tmp, s);
    int64_t before = taken->last_seq;
    Tx *tx;

    scope_limit(tmp, RECORDER_TRY_US);
    TRY(tx_write(tmp, r->app->store, &taken->rec->target.caller, &tx));
    TRY(store_one(tmp, tx, taken));
    if (taken->unsure && taken->last_seq != before)
        return OK; /* and this one is rolled back */
    return commit_all(tmp, tx, &(TakenList){taken, 1, 0});
}

static bool one_tenant(const TakenList *all)
{
    EACH (Taken, taken, all)
        if (!text_equal(taken->rec->target.caller.tenant_id,
                        all->items[0].rec->target.caller.tenant_id))
            return false;
    return true;
}

static void lose(Recorder *r, Recording *rec, const char *reason)
{
    LOCKED (&r->mutex)
        rec->lost = true;
    cancel_now(rec->target.cancel, reason);
}

/* Until it is stored or known never to be: the database may be away for a while. A cancelled run waits
 * for its recording to end, so it must not be tried for ever. */
static fallible store_surely(Scope *s, Recorder *r, Taken *taken)
{
    for (;;) {
        Error *e = store_again(s, r, taken);
        if (!e)
            return OK;
        log_failure(s, e);
        if (!error_kind(e->kind)->retry || cancel_asked(taken->rec->target.cancel)) {
            lose(r, taken->rec,
                 failed_as(e, CONFLICT) ? "lease lost" : "its events cannot be stored");
            return OK;
        }
        TRY(scope_sleep(s, RECORDER_RETRY_US));
    }
}

static fallible store_taken(Scope *s, Recorder *r, TakenList *all)
{
    Error *e =
        one_tenant(all) ? store_together(s, r, all) : fail(s, CONFLICT, "more than one tenant");

    if (e) { /* one of them stands in the way of the others: each by itself */
        EACH (Taken, taken, all)
            TRY(store_surely(s, r, taken));
    }
    EACH (Taken, taken, all)
        bus_publish(r->app->bus, text(s, "run:%s", taken->rec->target.lease.run_id));
    return OK;
}

/* Microseconds until the oldest batch is due; INT64_MAX when there is none. With the mutex held. */
static int64_t due_in(const Recorder *r)
{
    int64_t least = INT64_MAX;

    for (const Recording *rec = r->first; rec; rec = rec->next) {
        if (!rec->filling)
            continue;
        int64_t left = rec->filling->since + RECORDER_BATCH_US - clock_us();
        if (rec->filling->bytes >= EVENT_DATA_MAX)
            left = 0;
        least = left < least ? left : least;
    }
    return least > 0 ? least : 0;
}

static void take_all(Scope *s, Recorder *r, TakenList *out)
{
    for (Recording *rec = r->first; rec; rec = rec->next) {
        if (!rec->filling)
            continue;
        close_log(rec->filling);
        *list_add(s, out) = (Taken){rec, rec->filling};
        rec->filling = NULL;
        rec->storing = true;
    }
}

static void give_back(Recorder *r, const TakenList *all)
{
    LOCKED (&r->mutex) {
        EACH (Taken, taken, all) {
            taken->rec->storing = false;
            scope_close(taken->batch->home);
        }
        condition_wake_all(&r->stored);
    }
}

static fallible take_due(Scope *s, Recorder *r, TakenList *all)
{
    LOCKED (&r->mutex) {
        for (;;) {
            int64_t left = due_in(r);
            if (left == 0)
                break;
            if (left == INT64_MAX)
                TRY(condition_wait(s, &r->pending, &r->mutex));
            else
                TRY(condition_wait_for(s, &r->pending, &r->mutex, left));
        }
        take_all(s, r, all);
    }
    return OK;
}

static Error *recorder_run(Scope *s, void *arg)
{
    Recorder *r = arg;

    for (;;) {
        SCOPE(turn, s);
        TakenList all = {0};
        TRY(take_due(turn, r, &all));
        Error *e = store_taken(turn, r, &all);
        give_back(r, &all);
        TRY(e);
    }
}

Error *recorder_open(Scope *s, App *app, Recorder **out)
{
    Recorder *r = NEW(s, Recorder);

    r->app = app;
    TRY(thread_start(s, "recorder", recorder_run, r, NULL));
    *out = r;
    return OK;
}

/* ---- The run's thread ---- */

static void recording_close(void *what)
{
    Recording *rec = what;
    Recorder *r = rec->recorder;
    UNIT(u, NULL, "end of a recording");

    LOCKED (&r->mutex) {
        while (rec->storing)
            if (condition_wait(u, &r->stored, &r->mutex))
                break;
        for (Recording **at = &r->first; *at; at = &(*at)->next) {
            if (*at == rec) {
                *at = rec->next;
                break;
            }
        }
        if (rec->filling)
            scope_close(rec->filling->home);
    }
}

Error *recording_open(Scope *s, Recorder *recorder, const RecordingTarget *target, Recording **out)
{
    Recording *rec = NEW(s, Recording);

    rec->recorder = recorder;
    rec->target = *target;
    rec->partial = buffer_in(s);
    LOCKED (&recorder->mutex) {
        rec->next = recorder->first;
        recorder->first = rec;
    }
    scope_undo(s, recording_close, rec);
    *out = rec;
    return OK;
}

/* With the mutex held. */
static Batch *batch_now(Recording *rec)
{
    if (rec->filling)
        return rec->filling;
    Scope *home = unit_open(NULL, "events of a run");
    Batch *batch = NEW(home, Batch);
    batch->home = home;
    batch->since = clock_us();
    batch->log = buffer_in(home);
    rec->filling = batch;
    return batch;
}

static fallible lost(Scope *s)
{
    return fail_code(s, CONFLICT, "lease_lost", "another worker has taken the run over");
}

static fallible wait_for_room(Scope *s, Recording *rec)
{
    while (!rec->lost && rec->filling && rec->filling->bytes >= RECORDING_PENDING_MAX)
        TRY(condition_wait(s, &rec->recorder->stored, &rec->recorder->mutex));
    return rec->lost ? lost(s) : OK;
}

static fallible add(Scope *s, Recording *rec, const EventDraft *draft)
{
    Recorder *r = rec->recorder;

    LOCKED (&r->mutex) {
        TRY(wait_for_room(s, rec));
        Batch *batch = batch_now(rec);
        if (draft->kind == EVENT_LOG) {
            if (batch->log.size + draft->data.size > EVENT_DATA_MAX)
                close_log(batch);
            buffer_bytes(&batch->log, draft->data);
        } else {
            close_log(batch);
            *list_add(batch->home, &batch->drafts) =
                (EventDraft){draft->kind, bytes_copy(batch->home, draft->data),
                             text_copy(batch->home, draft->phase)};
        }
        batch->bytes += draft->data.size;
        condition_wake(&r->pending);
    }
    return OK;
}

/* The bytes up to the last line end, which stays behind. */
static fallible add_lines(Scope *s, Recording *rec, Bytes lines)
{
    while (lines.size) {
        size_t size = lines.size < EVENT_DATA_MAX ? lines.size : EVENT_DATA_MAX;
        if (size < lines.size) {
            const char *end = memrchr(lines.data, '\n', size);
            size = end ? (size_t)(end - lines.data) + 1 : size;
        }
        TRY(add(s, rec, &(EventDraft){.kind = EVENT_LOG, .data = {lines.data, size}}));
        lines = (Bytes){lines.data + size, lines.size - size};
    }
    return OK;
}

Error *recording_log(Scope *s, Recording *rec, const char *t)
{
    const char *end = strrchr(t, '\n');

    if (!end) {
        buffer_text(&rec->partial, t);
        if (rec->partial.size < EVENT_DATA_MAX)
            return OK;
        t = end = "";
    } else {
        buffer_add(&rec->partial, t, (size_t)(end + 1 - t));
        end++;
    }
    TRY(add_lines(s, rec, buffer_view(&rec->partial)));
    buffer_clear(&rec->partial);
    buffer_text(&rec->partial, end);
    return OK;
}

static fallible end_line(Scope *s, Recording *rec)
{
    TRY(add_lines(s, rec, buffer_view(&rec->partial)));
    buffer_clear(&rec->partial);
    return OK;
}

Error *recording_event(Scope *s, Recording *rec, EventKind kind, const char *data)
{
    TRY(end_line(s, rec));
    return add(s, rec, &(EventDraft){.kind = kind, .data = bytes_of(data)});
}

Error *recording_phase(Scope *s, Recording *rec, const char *phase)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "phase");
    json_put_text(&w, phase);
    json_close(&w, '}');
    TRY(end_line(s, rec));
    return add(s, rec, &(EventDraft){.kind = EVENT_PHASE, .data = buffer_view(&b), .phase = phase});
}

Error *recording_usage(Scope *s, Recording *rec, const Usage *usage)
{
    Recorder *r = rec->recorder;

    LOCKED (&r->mutex) {
        TRY(wait_for_room(s, rec));
        Batch *batch = batch_now(rec);
        *list_add(batch->home, &batch->usages) = (UsageDraft){++rec->calls, *usage};
    }
    return recording_event(s, rec, EVENT_USAGE, json_text(s, &usage_type, usage));
}

Error *recording_flush(Scope *s, Recording *rec)
{
    Recorder *r = rec->recorder;

    TRY(end_line(s, rec));
    LOCKED (&r->mutex) {
        if (rec->filling)
            rec->filling->since -= RECORDER_BATCH_US; /* due now */
        condition_wake(&r->pending);
        while (!rec->lost && (rec->filling || rec->storing))
            TRY(condition_wait(s, &r->stored, &r->mutex));
        if (rec->lost)
            return lost(s);
    }
    return OK;
}
