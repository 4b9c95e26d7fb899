/* Event streams as their users see them. */

#include "net/streams.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/id.h"
#include "net/http_exchange.h"
#include "net/streams_state.h"
#include "sys/fault.h"

/* ---- Opening and closing all ---- */

static void fill_presets(StreamSettings *settings)
{
    if (!settings->heartbeat_us)
        settings->heartbeat_us = 10 * US_PER_S;
    if (!settings->rotate_us)
        settings->rotate_us = 200 * US_PER_S;
    if (!settings->queue_max)
        settings->queue_max = 256;
    if (!settings->queue_bytes_max)
        settings->queue_bytes_max = 1 << 20;
    if (!settings->streams_max)
        settings->streams_max = 10000;
}

static fallible wait_until_closed(Scope *s, Streams *streams)
{
    LOCKED (&streams->mutex) {
        while (streams->counts.open)
            TRY(condition_wait(s, &streams->closed_condition, &streams->mutex));
    }
    return OK;
}

void streams_stop(Streams *streams, Frame *last, int64_t grace_us)
{
    UNIT(s, NULL, "streams stop");

    LOCKED (&streams->mutex) {
        streams->stopping = true;
        while (streams->beats.first) {
            Stream *stream = streams->beats.first;
            if (last)
                stream_queue(stream, last);
            stream_begin_end(stream, grace_us);
        }
    }
    event_set(streams->event);
    error_drop(wait_until_closed(s, streams),
               "it waits without end; the thread cuts who is too slow");
}

static void streams_close(void *what)
{
    Streams *streams = what;

    streams_stop(streams, NULL, US_PER_S);
    frame_drop(streams->beat);
    frame_drop(streams->rotate);
    scope_close(streams->home);
}

static fallible start(Scope *s, Streams *streams)
{
    streams->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (streams->epoll < 0)
        return fail_errno(s, errno, "opening streams");
    close_with(streams->home, streams->epoll);
    TRY(event_open(streams->home, &streams->event));
    return thread_start(streams->home, "streams", streams_run, streams, NULL);
}

Error *streams_open(Scope *s, const StreamSettings *settings, Streams **out)
{
    Scope *home = unit_open(NULL, "streams");
    Streams *streams = NEW(home, Streams);

    *streams = (Streams){.settings = *settings, .home = home};
    fill_presets(&streams->settings);
    streams->beat = frame_new(BYTES(":\n\n"), 0);
    streams->rotate = frame_event("rotate", NULL, BYTES("{}"), 0);
    Error *e = start(s, streams);
    if (e) {
        e = error_move(s, e);
        streams_close(streams);
        return e;
    }
    scope_undo(s, streams_close, streams);
    *out = streams;
    return OK;
}

StreamCounts streams_counts(Streams *streams)
{
    StreamCounts counts = {0};

    LOCKED (&streams->mutex)
        counts = streams->counts;
    return counts;
}

/* ---- One stream ---- */

static Frame *head_frame(Scope *s, const HttpRequest *rq, const PairList *more)
{
    Buffer b = buffer_in(s);
    PairList headers = {0};

    pairs_add(s, &headers, "Content-Type", "text/event-stream; charset=utf-8");
    pairs_add(s, &headers, "Cache-Control", "no-store, no-transform");
    pairs_add(s, &headers, "X-Accel-Buffering", "no");
    pairs_add(s, &headers, "Connection", "close");
    pairs_add(s, &headers, "X-Request-ID", rq->id);
    for (size_t i = 0; more && i < more->count; i++)
        pairs_add(s, &headers, more->items[i].name, more->items[i].value);
    http_write_head(&b, 200, &headers);
    return frame_new(buffer_view(&b), 0);
}

static fallible check_room(Scope *s, Streams *streams)
{
    bool full = false;

    LOCKED (&streams->mutex)
        full = streams->stopping || streams->counts.open >= (int64_t)streams->settings.streams_max;
    if (full)
        return error_retry_after(
            error_new(s, LIMITED, "too many event streams are open, try again"), US_PER_S);
    return OK;
}

/* So that streams opened together are not all closed together. */
static int64_t rotation(const StreamSettings *settings)
{
    uint16_t random;

    random_bytes(&random, sizeof random);
    return settings->rotate_us - settings->rotate_us / 10 * random / UINT16_MAX;
}

static Stream *begin(Streams *streams, int fd, const char *group, Frame *head)
{
    Stream *stream = NULL;
    int64_t now = clock_us();

    LOCKED (&streams->mutex) {
        stream = stream_make(streams);
        stream->fd = fd;
        stream->holds = 2;
        stream->open = stream->held = stream->progressed = true;
        stream->due = now + streams->settings.heartbeat_us;
        stream->rotate_at = now + rotation(&streams->settings);
        stream_list_add(&streams->beats, stream);
        group_join(streams, group, stream);
        streams->counts.open++;
        streams->counts.opened++;
        struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = stream};
        if (epoll_ctl(streams->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
            stream->broken = true;
        stream_queue(stream, head);
        if (streams->stopping)
            stream_begin_end(stream, STREAM_END_US);
        stream_mark(stream);
    }
    return stream;
}

/* The opener's scope closes: a stream that is still held back, and that nobody else keeps, has nobody
 * who would let it go. */
static void opener_done(void *what)
{
    Stream *stream = what;

    LOCKED (&stream->streams->mutex) {
        stream_release(stream);
        if (stream->held && stream->holds == 1)
            stream_begin_end(stream, STREAM_END_US);
    }
}

Error *stream_open(Scope *s, Streams *streams, const HttpRequest *rq, const StreamOptions *options,
                   Stream **out)
{
    int fd;

    if (strlen(options->group) >= STREAM_GROUP_SIZE)
        return fail(s, BUG, "the name of a stream's group is too long");
    TRY(check_room(s, streams));
    TRY(http_take_socket(s, rq, &fd));
    Frame *head = head_frame(s, rq, &options->headers);
    *out = begin(streams, fd, options->group, head);
    frame_drop(head);
    scope_undo(s, opener_done, *out);
    return OK;
}

bool stream_send(Stream *stream, Frame *frame)
{
    bool taken = false;

    LOCKED (&stream->streams->mutex)
        taken = stream_queue(stream, frame);
    return taken;
}

void stream_go(Stream *stream)
{
    LOCKED (&stream->streams->mutex)
        stream_let_go(stream);
}

void stream_end(Stream *stream)
{
    LOCKED (&stream->streams->mutex)
        stream_begin_end(stream, STREAM_END_US);
}

bool stream_is_open(Stream *stream)
{
    bool open = false;

    LOCKED (&stream->streams->mutex)
        open = stream->open && !stream->broken && !stream->ending;
    return open;
}

Stream *stream_keep(Stream *stream)
{
    LOCKED (&stream->streams->mutex)
        stream->holds++;
    return stream;
}

void stream_drop(Stream *stream)
{
    LOCKED (&stream->streams->mutex)
        stream_release(stream);
}

/* ---- Groups ---- */

size_t streams_broadcast(Streams *streams, const char *group, Frame *frame)
{
    size_t taken = 0;

    LOCKED (&streams->mutex) {
        StreamGroup *found = group_find(streams, group);
        for (Stream *stream = found ? found->first : NULL; stream; stream = stream->next_in_group) {
            if (stream->held)
                taken += stream_keep_back(stream, frame);
            else if (!frame->position || frame->position > stream->position)
                taken += stream_queue(stream, frame);
        }
    }
    return taken;
}

TextList streams_groups(Scope *s, Streams *streams)
{
    TextList names = {0};

    LOCKED (&streams->mutex)
        for (size_t i = 0; i < STREAM_BUCKETS; i++)
            for (StreamGroup *group = streams->buckets[i]; group; group = group->next)
                texts_add(s, &names, group->name);
    return names;
}

size_t streams_in_group(Streams *streams, const char *group)
{
    size_t count = 0;

    LOCKED (&streams->mutex) {
        StreamGroup *found = group_find(streams, group);
        count = found ? found->count : 0;
    }
    return count;
}
