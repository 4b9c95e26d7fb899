/* The job of a run: an agent edits, the result is committed and stored. */

#include "base/json.h"
#include "base/log.h"
#include "work/attempt.h"

#define LAST_EVENTS_US (10 * US_PER_S) /* to store what a run told before it failed */

static Error *tell(Scope *s, void *self, const AgentEvent *event)
{
    Attempt *a = self;

    switch (event->kind) {
    case AGENT_PHASE: /* the run is done only when its commit is stored */
        return text_equal(event->text, "done") ? OK : recording_phase(s, a->rec, event->text);
    case AGENT_LOG:
        return recording_log(s, a->rec, event->text);
    case AGENT_CONTEXT:
        return recording_event(s, a->rec, EVENT_CONTEXT, event->detail.text);
    case AGENT_TURN:
        return recording_event(s, a->rec, EVENT_TURN, event->detail.text);
    case AGENT_USAGE:
        return recording_usage(s, a->rec, &event->usage);
    case AGENT_WARNING:
        return recording_event(s, a->rec, EVENT_WARNING, json_text(s, &note_type, &event->note));
    }
    return fail(s, BUG, "agent event %d", (int)event->kind);
}

static fallible edit(Scope *s, Attempt *a, AgentResult *result)
{
    const Settings *settings = a->app->settings;
    const AgentDriver *driver;
    AgentEvents events = {a, tell};
    AgentTask task = {
        .instruction = a->run.instruction,
        .history = a->history,
        .repo = a->git,
        .base = a->start,
        .llm = a->app->llm,
        .model = &a->model,
        .price = price_find(a->app->prices, a->model.provider, a->model.model_name, time_now()),
        .settings = {.turns = settings->agent_turns,
                     .context_tokens = settings->agent_context_tokens,
                     .output_tokens = settings->agent_output_tokens,
                     .log_bytes = settings->run_log_mb << 20,
                     .max_cost = a->run.max_cost_usd},
        .cache = a->slot->runner->contexts,
    };

    TRY(agent_driver(s, name_of(executor_names, (int)a->run.executor_type), &driver));
    TRY(driver->edit(s, &task, &events, result));
    a->summary = result->summary;
    EACH (const Note, warning, &result->warnings)
        *list_add(s, &a->warnings) = *warning;
    return OK;
}

static fallible attempt(Scope *s, Attempt *a)
{
    AgentResult result = {0};

    TRY(attempt_workspace(s, a));
    if (!a->result) {
        TRY(edit(s, a, &result));
        if (result.outcome == AGENT_CHANGED)
            TRY(attempt_commit(s, a, &result.changes));
    }
    return attempt_finish(s, a);
}

/* What the run told until then is the best there is to find out why. */
static void store_last_events(Attempt *a)
{
    UNIT(u, NULL, "last events");

    scope_limit(u, LAST_EVENTS_US);
    Error *e = recording_flush(u, a->rec);
    if (!failed_as(e, CONFLICT))
        log_failure(u, e);
}

fallible run_job(Scope *s, Slot *slot)
{
    Attempt a;

    scope_limit(s, slot->runner->app->settings->run_seconds * US_PER_S);
    TRY(attempt_open(s, slot, &a));
    Error *e = attempt(s, &a);
    if (e)
        store_last_events(&a);
    return e;
}
