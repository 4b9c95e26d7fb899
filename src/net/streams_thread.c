/* The stream thread: the only one that writes to streams' sockets and closes them. */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net/streams_state.h"
#include "sys/fault.h"

enum {
    EVENTS_MAX = 256,
    PIECES_MAX = 32, /* frames written with one call */
};

/* With the mutex held. */
static void stream_close(Stream *stream)
{
    Streams *streams = stream->streams;

    if (!stream->open)
        return;
    stream->open = false;
    epoll_ctl(streams->epoll, EPOLL_CTL_DEL, stream->fd, NULL);
    close(stream->fd);
    stream->fd = -1;
    stream_forget_frames(stream);
    stream_list_remove(stream->ending ? &streams->endings : &streams->beats, stream);
    group_leave(stream);
    if (--streams->counts.open == 0)
        condition_wake_all(&streams->closed_condition);
    stream_release(stream);
}

/* ---- Writing ---- */

static size_t gather(Stream *stream, struct iovec *pieces)
{
    size_t count = 0;

    for (FrameNode *node = stream->queue.first; node && count < PIECES_MAX; node = node->next) {
        Bytes bytes = node->frame->bytes;
        size_t skip = count == 0 ? stream->sent : 0;
        /* sendmsg reads only; its struct has no const */
        pieces[count++] = (struct iovec){(void *)(uintptr_t)(bytes.data + skip), bytes.size - skip};
    }
    return count;
}

static void count_sent(Stream *stream, size_t size)
{
    stream->progressed = true;
    stream->sent += size;
    while (stream->queue.first && stream->sent >= stream->queue.first->frame->bytes.size) {
        stream->sent -= stream->queue.first->frame->bytes.size;
        stream_pop(stream);
    }
}

static void wait_for_room(Stream *stream, bool wait)
{
    struct epoll_event event = {.events = EPOLLRDHUP | (wait ? EPOLLOUT : 0), .data.ptr = stream};

    if (stream->waits_for_room == wait)
        return;
    stream->waits_for_room = wait;
    if (epoll_ctl(stream->streams->epoll, EPOLL_CTL_MOD, stream->fd, &event) < 0)
        stream->broken = true;
}

/* With the mutex held, which it leaves for the system call: meanwhile others only add to the queue. */
static void write_queue(Stream *stream)
{
    Mutex *mutex = &stream->streams->mutex;

    while (stream->queue.first && !stream->broken) {
        struct iovec pieces[PIECES_MAX];
        struct msghdr message = {.msg_iov = pieces, .msg_iovlen = gather(stream, pieces)};
        mutex_unlock(mutex);
        ssize_t size = sendmsg(stream->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        int number = errno;
        mutex_lock(mutex);
        if (size >= 0)
            count_sent(stream, (size_t)size);
        else if (number == EAGAIN)
            break;
        else if (number != EINTR)
            stream->broken = true;
    }
    wait_for_room(stream, stream->queue.first != NULL && !stream->broken);
}

/* With the mutex held. */
static void attend(Stream *stream)
{
    if (!stream->open)
        return;
    if (!stream->broken)
        write_queue(stream);
    if (stream->broken || (stream->ending && !stream->queue.first))
        stream_close(stream);
}

static void attend_dirty(Streams *streams)
{
    LOCKED (&streams->mutex) {
        while (streams->dirty) {
            Stream *stream = streams->dirty;
            streams->dirty = stream->next_dirty;
            stream->dirty = false;
            stream->attended = true;
            attend(stream);
            stream->attended = false;
            stream_recycle(stream);
        }
    }
}

static void take_event(Streams *streams, const struct epoll_event *event)
{
    Stream *stream = event->data.ptr;

    LOCKED (&streams->mutex) {
        if (event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
            stream->broken = true;
        attend(stream);
    }
}

/* ---- Time ---- */

/* With the mutex held. A client that took nothing since the last heartbeat is gone or stuck. */
static void beat(Stream *stream, int64_t now)
{
    Streams *streams = stream->streams;

    if (stream->queue.first && !stream->progressed) {
        stream->broken = true;
        streams->counts.overflowed++;
    }
    stream->progressed = false;
    if (now >= stream->rotate_at) {
        streams->counts.rotated++;
        stream_queue(stream, streams->rotate);
        stream_begin_end(stream, STREAM_END_US);
        return;
    }
    stream_list_remove(&streams->beats, stream);
    stream->due = now + streams->settings.heartbeat_us;
    stream_list_add(&streams->beats, stream);
    stream_queue(stream, streams->beat);
    stream_mark(stream);
}

static void do_what_is_due(Streams *streams)
{
    int64_t now = clock_us();

    LOCKED (&streams->mutex) {
        while (streams->beats.first && streams->beats.first->due <= now)
            beat(streams->beats.first, now);
        while (streams->endings.first && streams->endings.first->due <= now)
            stream_close(streams->endings.first);
    }
}

static int64_t earlier(const StreamList *list, int64_t due)
{
    return list->first && list->first->due < due ? list->first->due : due;
}

static int wait_ms(Streams *streams)
{
    int64_t due = INT64_MAX;

    LOCKED (&streams->mutex) {
        due = earlier(&streams->beats, due);
        due = earlier(&streams->endings, due);
        if (streams->dirty)
            due = 0;
    }
    if (due == INT64_MAX)
        return -1;
    int64_t left = due - clock_us();
    return left > 0 ? (int)((left + US_PER_MS - 1) / US_PER_MS) : 0;
}

Error *streams_run(Scope *s, void *arg)
{
    Streams *streams = arg;
    struct epoll_event end = {.events = EPOLLIN};
    struct epoll_event news = {.events = EPOLLIN, .data.ptr = streams};

    if (epoll_ctl(streams->epoll, EPOLL_CTL_ADD, cancel_fd(scope_cancel(s)), &end) < 0 ||
        epoll_ctl(streams->epoll, EPOLL_CTL_ADD, streams->event, &news) < 0)
        return fail_errno(s, errno, "watching streams");
    for (;;) {
        struct epoll_event events[EVENTS_MAX];
        int count = epoll_wait(streams->epoll, events, EVENTS_MAX, wait_ms(streams));
        for (int i = 0; i < count; i++) {
            if (!events[i].data.ptr)
                return OK;
            if (events[i].data.ptr == streams)
                event_clear(streams->event);
            else
                take_event(streams, &events[i]);
        }
        do_what_is_due(streams);
        attend_dirty(streams);
    }
}
