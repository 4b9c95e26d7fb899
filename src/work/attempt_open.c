/* What a run needs to know before it begins. */

#include "base/json.h"
#include "service/models.h"
#include "work/attempt.h"
#include "work/patience.h"

enum { HISTORY_MAX = 20 }; /* earlier messages that an agent is told of */

static Error *mark_running(Scope *s, void *self)
{
    SCOPE(tmp, s);
    Slot *slot = self;
    Tx *tx;

    TRY(tx_write(tmp, slot->runner->app->store, &slot->caller, &tx));
    TRY(run_start(tmp, tx, &slot->lease));
    return tx_commit(tmp, tx);
}

static const Run *run_on_line(const RunList *runs, const char *message_id, const char *line_id)
{
    EACH (Run, run, runs)
        if (text_equal(run->message_id, message_id) && text_equal(run->line_id, line_id) &&
            run->status == RUN_SUCCEEDED)
            return run;
    return NULL;
}

/* The conversation up to this run's message. */
static fallible read_history(Scope *s, Tx *tx, Attempt *a)
{
    MessageList messages = {0};
    RunList runs = {0};
    Page first = {0}, second = {0};

    TRY(message_list(s, tx, a->task.id, &first, &messages));
    TRY(runs_of_task(s, tx, a->task.id, &second, &runs));
    EACH (Message, message, &messages) {
        if (text_equal(message->id, a->run.message_id))
            break;
        if (message->role != ROLE_OF_USER)
            continue;
        const Run *run = run_on_line(&runs, message->id, a->line.id);
        *list_add(s, &a->history) = (AgentMessage){message->content, run ? run->summary : NULL};
    }
    if (a->history.count > HISTORY_MAX) {
        a->history.items += a->history.count - HISTORY_MAX;
        a->history.count = HISTORY_MAX;
    }
    return OK;
}

static fallible read_warnings(Scope *s, Attempt *a)
{
    json_t *args;

    if (!a->slot->job.args.text)
        return OK;
    TRY(json_parse(s, bytes_of(a->slot->job.args.text), &args));
    json_t *notes = json_at(args, "notes"); /* jobs of former versions have none */
    for (size_t i = 0; i < json_array_size(notes); i++)
        TRY(json_read_value(s, json_array_get(notes, i), &note_type, list_add(s, &a->warnings)));
    return OK;
}

static Error *read_rows(Scope *s, void *self)
{
    SCOPE(tmp, s);
    Attempt *a = self;
    Tx *tx;

    a->history = (AgentMessageList){0};
    TRY(tx_read(tmp, a->app->store, &a->slot->caller, &tx));
    TRY(run_get(s, tx, a->slot->job.run_id, &a->run));
    TRY(task_get(s, tx, a->run.task_id, &a->task));
    TRY(repo_get(s, tx, a->task.repo_id, &a->repo));
    TRY(line_get(s, tx, a->run.line_id, &a->line));
    TRY(read_history(s, tx, a));
    return model_open(s, a->app, tx, a->run.model_id, &a->model);
}

Error *attempt_open(Scope *s, Slot *slot, Attempt *a)
{
    RecordingTarget target = {slot->caller, slot->lease, scope_cancel(s)};

    *a = (Attempt){.slot = slot, .app = slot->runner->app};
    TRY(patiently(s, mark_running, slot));
    TRY(recording_open(s, slot->runner->recorder, &target, &a->rec));
    TRY(patiently(s, read_rows, a));
    return read_warnings(s, a);
}
