/* Reading news of a run or task, as frames. */

#include "api/channel.h"

#include "base/json.h"
#include "store/events.h"
#include "store/runs.h"

enum { LOG_FRAME_BYTES = 128 << 10 }; /* lines sent in one piece */

static const char complete_frame[] = "event: complete\ndata: {}\n\n";
static const char rotate_frame[] = "event: rotate\ndata: {}\n\n";

/* Where frames go: the group, or one stream that catches up with it. */
typedef struct Outlet {
    Channel *channel;
    Stream *stream; /* NULL: the group */
    bool alone;     /* the stream is the group's first: nobody else has a place yet */
    size_t bytes, frames;
    bool complete; /* of a log: its run has ended, and this was the last line */
    bool looked;   /* of a newcomer: nothing behind its place was removed */
} Outlet;

/* How far somebody has been told. */
typedef struct Place {
    int64_t seq;
    RunCursor cursor;
    RunCursor sent; /* of a task: what ids say. Behind cursor while events are left to the broadcast:
                       who goes away then comes back for them */
} Place;

static RunCursor cursor_copy(Scope *s, const RunCursor *cursor)
{
    RunCursor copy = {.known = cursor->known};

    EACH (const RunPlace, run, &cursor->places)
        *list_add(s, &copy.places) = *run;
    return copy;
}

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
                         .topic = order->kind == WATCH_LOG ? text(home, "run:%s", order->id)
                                                           : hub_group(home, order),
                         .seq = order->seq};
    channel->caller = (Caller){text_copy(home, order->caller->tenant_id),
                               text_copy(home, order->caller->user_id), order->caller->role};
    return channel;
}

void channel_close(Channel *channel)
{
    if (channel->only)
        stream_drop(channel->only);
    scope_close(channel->place);
    scope_close(channel->home);
}

static bool has_run(const Channel *channel, const Wakes *wakes)
{
    /* Which runs are the task's only the database knows: any run's news may be its own. A tenant's may
     * be anything. */
    if (channel->kind == WATCH_TENANT)
        return wakes->topics.count != 0;
    EACH (const char *, topic, &wakes->topics)
        if (channel->kind == WATCH_TASK && text_starts(*topic, "run:"))
            return true;
    return false;
}

bool channel_concerned(const Channel *channel, const Wakes *wakes)
{
    return wakes->all || texts_have(&wakes->topics, channel->topic) || has_run(channel, wakes);
}

static void send(Scope *s, Outlet *out, const EventView *view, const char *id)
{
    const char *data = json_text(s, &event_view_type, view);
    int64_t position = out->stream ? out->channel->told : ++out->channel->told;
    Frame *frame =
        frame_event(name_of(event_kind_names, (int)view->kind), id, bytes_of(data), position);

    out->bytes += strlen(data);
    out->frames++;
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

/* A stream takes so much at once; the rest it comes back for. One event always goes. */
static bool is_full(const Outlet *out)
{
    size_t half = (size_t)out->channel->app->settings->stream_buffer_bytes / 2;
    size_t most = half < HUB_CATCH_UP_BYTES ? half : HUB_CATCH_UP_BYTES;

    return out->stream && (out->bytes >= most || out->frames >= HUB_CATCH_UP_FRAMES);
}

/* Events behind the reader's place are gone: the page reads everything again, and goes on from that id. */
static void send_reset(Outlet *out, const char *id)
{
    Frame *frame = frame_event("reset", id, BYTES("{}"), out->channel->told);

    (void)stream_send(out->stream, frame);
    frame_drop(frame);
}

/* Only who comes from outside may be behind what was removed: a group has seen all. */
static fallible run_look(Scope *s, Tx *tx, Outlet *out, Place *place)
{
    RunEventList first = {0};
    RunState state;

    out->looked = true;
    TRY(run_state(s, tx, out->channel->id, &state));
    TRY(events_after(s, tx, (EventsFrom){out->channel->id, place->seq, 1}, &first));
    if (!events_lost(&state, place->seq, &first))
        return OK;
    place->seq = first.count ? first.items[0].seq - 1 : state.event_seq;
    send_reset(out, text(s, "%lld", (long long)place->seq));
    return OK;
}

static fallible run_page(Scope *s, Tx *tx, Outlet *out, Place *place, bool *more)
{
    RunEventList events = {0};

    if (out->stream && !out->looked)
        TRY(run_look(s, tx, out, place));
    TRY(events_after(s, tx, (EventsFrom){out->channel->id, place->seq, HUB_PAGE}, &events));
    EACH (RunEvent, event, &events) {
        EventView view = event_view(event);
        *more = is_full(out);
        if (*more)
            return OK;
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
    if (news.is_reset && out->stream)
        send_reset(out, run_cursor_text(s, &news.cursor));
    EACH (RunEvent, event, &news.events) {
        EventView view = event_view(event);
        int64_t number = number_of(&news.runs, event->run_id);
        if (!wanted(out, event->seq, run_cursor_seq(&out->channel->cursor, number)))
            continue;
        *more = is_full(out);
        if (*more)
            return OK;
        run_cursor_move(s, &place->sent, (RunPlace){number, event->seq});
        send(s, out, &view, run_cursor_text(s, &place->sent));
    }
    place->cursor = news.cursor;
    *more = news.more;
    return OK;
}

static void write_line(Buffer *b, const LogLine *line)
{
    buffer_format(b, "id: %lld\ndata: ", (long long)line->line_number);
    json_write(b, &log_line_type, line);
    buffer_text(b, "\n\n");
}

static void send_bytes(Outlet *out, Bytes bytes)
{
    Frame *frame = frame_new(bytes, out->channel->told);

    out->bytes += bytes.size;
    (void)stream_send(out->stream, frame);
    frame_drop(frame);
}

static void log_complete(Outlet *out)
{
    send_bytes(out, bytes_of(complete_frame));
    stream_end(out->stream);
    if (!out->channel->only)
        return;
    stream_drop(out->channel->only);
    out->channel->only = NULL;
}

static fallible log_page(Scope *s, Tx *tx, Outlet *out, Place *place, bool *more)
{
    Buffer lines = buffer_in(s);
    LogPage news = {0};

    TRY(log_lines_from(s, tx, out->channel->id, place->seq, &news));
    EACH (const LogLine, line, &news.logs) {
        if (lines.size > LOG_FRAME_BYTES)
            break;
        write_line(&lines, line);
        place->seq = line->line_number + 1;
    }
    if (lines.size)
        send_bytes(out, buffer_view(&lines));
    *more = place->seq < news.total_lines;
    out->complete = !*more && run_finished(news.run_status);
    return OK;
}

static fallible page(Scope *s, Outlet *out, Place *place, bool *more)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, out->channel->app->store, &out->channel->caller, &tx));
    if (out->channel->kind == WATCH_LOG)
        return log_page(s, tx, out, place, more);
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
    if (channel->kind == WATCH_TENANT)
        return tenant_news(s, channel);
    Outlet out = {.channel = channel, .stream = channel->only, .alone = true};
    Place place = {channel->seq, channel->cursor, cursor_copy(s, &channel->cursor)};
    bool more = channel->kind != WATCH_LOG || channel->only;

    while (more) {
        TRY(scope_check(s));
        TRY(page(s, &out, &place, &more));
        keep_place(channel, &place);
    }
    if (out.complete)
        log_complete(&out);
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
    if (channel->kind != WATCH_TASK)
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
    if (channel->kind == WATCH_TENANT)
        return tenant_catch_up(s, channel, order, stream);
    Outlet out = {.channel = channel, .stream = stream, .alone = !channel->started};
    Place place;
    bool more = true;

    TRY(place_of(s, channel, order, &place));
    place.sent = cursor_copy(s, &place.cursor);
    if (channel->kind != WATCH_LOG) /* whose old clients know lines only */
        greet(s, channel, &place, stream);
    while (more && !is_full(&out))
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
    if (out.complete)
        log_complete(&out);
    else if (channel->kind == WATCH_LOG)
        channel->only = stream_keep(stream);
    return OK;
}
