/* Reading news of a run or task, as frames. */

#include "api/channel.h"

#include "base/json.h"
#include "store/events.h"
#include "store/runs.h"

static const char rotate_frame[] = "event: rotate\ndata: {}\n\n";

/* Where frames go: the group, or one stream that catches up with it. */
typedef struct Outlet {
    Channel *channel;
    Stream *stream; /* NULL: the group */
    bool alone;     /* the stream is the group's first: nobody else has a place yet */
    size_t bytes;
} Outlet;

/* How far somebody has been told. */
typedef struct Place {
    int64_t seq;
    RunCursor cursor;
} Place;

Channel *channel_open(App *app, Streams *streams, const WatchOrder *order)
{
    Scope *home = unit_open(NULL, "channel");
    Channel *channel = NEW(home, Channel);

    *channel = (Channel){.home = home,
                         .app = app,
                         .streams = streams,
                         .kind = order->kind,
                         .id = text_copy(home, order->id),
                         .group = hub_group(home, order),
                         .seq = order->seq};
    channel->caller = (Caller){text_copy(home, order->caller->tenant_id),
                               text_copy(home, order->caller->user_id), order->caller->role};
    return channel;
}

void channel_close(Channel *channel)
{
    scope_close(channel->home);
}

static bool has_run(const Channel *channel, const Wakes *wakes)
{
    /* Which runs are the task's only the database knows: any run's news may be its own. */
    EACH (const char *, topic, &wakes->topics)
        if (channel->kind == WATCH_TASK && text_starts(*topic, "run:"))
            return true;
    return false;
}

bool channel_concerned(const Channel *channel, const Wakes *wakes)
{
    return wakes->all || texts_have(&wakes->topics, channel->group) || has_run(channel, wakes);
}

static void send(Scope *s, Outlet *out, const EventView *view, const char *id)
{
    const char *data = json_text(s, &event_view_type, view);
    int64_t position = out->stream ? out->channel->told : ++out->channel->told;
    Frame *frame =
        frame_event(name_of(event_kind_names, (int)view->kind), id, bytes_of(data), position);

    out->bytes += strlen(data);
    if (out->stream)
        (void)stream_send(out->stream,
                          frame); /* closed ones are dropped by the streams' own thread */
    else
        (void)streams_broadcast(out->channel->streams, out->channel->group, frame);
    frame_drop(frame);
}

/* What the group has not been told yet comes to a newcomer by broadcast, with all the others. */
static bool wanted(const Outlet *out, int64_t seq, int64_t group_seq)
{
    return !out->stream || out->alone || seq <= group_seq;
}

static fallible run_page(Scope *s, Tx *tx, Outlet *out, Place *place, bool *more)
{
    RunEventList events = {0};

    TRY(events_after(s, tx, (EventsFrom){out->channel->id, place->seq, HUB_PAGE}, &events));
    EACH (RunEvent, event, &events) {
        EventView view = event_view(event);
        if (wanted(out, event->seq, out->channel->seq))
            send(s, out, &view, text(s, "%lld", (long long)event->seq));
        place->seq = event->seq;
    }
    *more = events.count == HUB_PAGE;
    return OK;
}

static int64_t number_of(const RunStateList *runs, const char *run_id)
{
    EACH (RunState, run, runs)
        if (text_equal(run->id, run_id))
            return run->number;
    return 0;
}

static fallible task_page(Scope *s, Tx *tx, Outlet *out, Place *place, bool *more)
{
    TaskEvents news = {0};

    TRY(events_of_task_after(s, tx, out->channel->id, &place->cursor, &news));
    EACH (RunEvent, event, &news.events) {
        EventView view = event_view(event);
        int64_t number = number_of(&news.runs, event->run_id);
        run_cursor_move(s, &place->cursor, (RunPlace){number, event->seq});
        if (wanted(out, event->seq, run_cursor_seq(&out->channel->cursor, number)))
            send(s, out, &view, run_cursor_text(s, &place->cursor));
    }
    place->cursor = news.cursor;
    *more = news.more;
    return OK;
}

static fallible page(Scope *s, Outlet *out, Place *place, bool *more)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, out->channel->app->store, &out->channel->caller, &tx));
    return out->channel->kind == WATCH_RUN ? run_page(s, tx, out, place, more)
                                           : task_page(s, tx, out, place, more);
}

/* Keeps the place in the channel's own memory, made anew so that a long life does not fill it. */
static void keep_place(Channel *channel, const Place *place)
{
    channel->seq = place->seq;
    if (channel->kind != WATCH_TASK)
        return;
    channel->cursor.known = place->cursor.known;
    channel->cursor.places.count = 0;
    EACH (RunPlace, run, &place->cursor.places)
        *list_add(channel->home, &channel->cursor.places) = *run;
}

Error *channel_news(Scope *s, Channel *channel)
{
    Outlet out = {.channel = channel};
    Place place = {channel->seq, channel->cursor};
    bool more = true;

    while (more) {
        TRY(scope_check(s));
        TRY(page(s, &out, &place, &more));
        keep_place(channel, &place);
    }
    return OK;
}

/* A task's stream without a place begins with what is still to come. */
static fallible end_of_task(Scope *s, Channel *channel, RunCursor *out)
{
    SCOPE(tmp, s);
    RunStateList runs = {0};
    Tx *tx;

    TRY(tx_read(tmp, channel->app->store, &channel->caller, &tx));
    TRY(run_states_of_task(s, tx, channel->id, &runs));
    EACH (RunState, run, &runs) {
        run_cursor_move(s, out, (RunPlace){run->number, run->event_seq});
        if (run_finished(run->status))
            run_cursor_close(s, out, run->number);
    }
    return OK;
}

static fallible place_of(Scope *s, Channel *channel, const WatchOrder *order, Place *out)
{
    *out = (Place){.seq = order->seq};
    if (channel->kind == WATCH_RUN)
        return OK;
    if (order->cursor)
        return run_cursor_parse(s, order->cursor, &out->cursor);
    return end_of_task(s, channel, &out->cursor);
}

static const char *id_of(Scope *s, const Channel *channel, const Place *place)
{
    return channel->kind == WATCH_RUN ? text(s, "%lld", (long long)place->seq)
                                      : run_cursor_text(s, &place->cursor);
}

static void greet(Scope *s, Channel *channel, const Place *place, Stream *stream)
{
    Frame *hello = frame_event("hello", id_of(s, channel, place), BYTES("{}"), channel->told);

    (void)stream_send(stream, hello);
    frame_drop(hello);
}

Error *channel_catch_up(Scope *s, Channel *channel, const WatchOrder *order, Stream *stream)
{
    Outlet out = {.channel = channel, .stream = stream, .alone = !channel->started};
    Place place;
    bool more = true;

    TRY(place_of(s, channel, order, &place));
    greet(s, channel, &place, stream);
    while (more && out.bytes < HUB_CATCH_UP_BYTES)
        TRY(page(s, &out, &place, &more));
    if (more) {
        Frame *rotate = frame_new(bytes_of(rotate_frame), channel->told);
        (void)stream_send(stream, rotate);
        frame_drop(rotate);
        stream_end(stream);
        return OK;
    }
    if (out.alone)
        keep_place(channel, &place);
    channel->started = true;
    stream_go(stream);
    return OK;
}
