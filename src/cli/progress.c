/* Watching runs. */

#include "cli/progress.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/progress_draw.h"
#include "service/comparison.h"
#include "store/events.h"
#include "store/runs.h"
#include "sys/signals.h"

enum { EVENTS_AT_ONCE = 200 };

#define LOOK_US   (2 * US_PER_S)    /* the net below the wake-ups */
#define REDRAW_US (200 * US_PER_MS) /* the clock on the terminal */

ProgressForm progress_form(bool json)
{
    if (json)
        return PROGRESS_JSON;
    return isatty(STDOUT_FILENO) ? PROGRESS_TERMINAL : PROGRESS_LINES;
}

static const char *last_line_of(Scope *s, const char *lines)
{
    Bytes rest = bytes_of(lines), line, last = {0};

    while (bytes_line(&rest, &line))
        if (line.size)
            last = line;
    return last.size ? text_of(s, last) : NULL;
}

static fallible take_events(Scope *s, Tx *tx, Progress *p, Watched *watched)
{
    RunEventList events = {0};

    do {
        events.count = 0;
        TRY(events_after(s, tx, (EventsFrom){watched->run.id, watched->seq, EVENTS_AT_ONCE},
                         &events));
        EACH (RunEvent, event, &events) {
            watched->seq = event->seq;
            if (p->form == PROGRESS_JSON)
                TRY(progress_print_event(s, event));
            const char *line = event->kind == EVENT_LOG ? last_line_of(s, event->data) : NULL;
            if (line)
                watched->last_line = line;
        }
    } while (events.count == EVENTS_AT_ONCE);
    return OK;
}

static fallible read_rows(Scope *fresh, Progress *p, bool *all_ended)
{
    SCOPE(tmp, fresh);
    Tx *tx;

    *all_ended = true;
    TRY(tx_read(tmp, p->app->store, &local_caller, &tx));
    EACH (Watched, watched, &p->runs) {
        TRY(run_get(fresh, tx, watched->run.id, &watched->run));
        TRY(take_events(tmp, tx, p, watched));
        *all_ended &= run_finished(watched->run.status) && watched->seq >= watched->run.event_seq;
        watched->last_line = text_copy(fresh, watched->last_line);
        watched->told = text_copy(fresh, watched->told);
    }
    return OK;
}

/* What was seen last lives in a scope of its own, which the next look replaces: a long comparison
 * stays small. */
static fallible look(Scope *s, Progress *p, Scope **rows, bool *all_ended)
{
    Scope *fresh = scope_child(s);
    Error *e = read_rows(fresh, p, all_ended);

    scope_close(e ? fresh : *rows);
    if (!e)
        *rows = fresh;
    return e;
}

static fallible cancel_all(Scope *s, const Progress *p)
{
    bool canceled;

    EACH (Watched, watched, &p->runs)
        if (!run_finished(watched->run.status))
            TRY(run_stop(s, p->app, &local_caller, watched->run.id, &canceled));
    return OK;
}

static fallible take_signal(Scope *s, const Progress *p, int fd, bool *canceled)
{
    int number = signals_next(fd);

    if (!number)
        return OK;
    if (*canceled)
        return fail(s, CANCELLED, "ended at once by %s", signal_name(s, number));
    *canceled = true;
    fprintf(stderr, "canceling…\n");
    return cancel_all(s, p);
}

Error *progress_watch(Scope *s, Progress *p, bool *canceled)
{
    Subscription *sub;
    struct pollfd fds[2] = {{.events = POLLIN}, {.events = POLLIN}};
    Scope *rows __attribute__((cleanup(scope_close_at))) = NULL;
    bool ended = false;
    int ready;

    *canceled = false;
    TRY(bus_subscribe(s, p->app->bus, "run:", &sub));
    fds[0].fd = subscription_fd(sub);
    TRY(signals_open(s, &fds[1].fd));
    for (;;) {
        SCOPE(turn, s);
        (void)subscription_take(turn, sub);
        TRY(look(s, p, &rows, &ended));
        TRY(progress_draw(turn, p));
        if (ended)
            return OK;
        TRY(scope_poll(turn, fds, COUNT_OF(fds), p->form == PROGRESS_TERMINAL ? REDRAW_US : LOOK_US,
                       &ready));
        TRY(take_signal(turn, p, fds[1].fd, canceled));
    }
}
