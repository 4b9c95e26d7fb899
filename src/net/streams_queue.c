/* Streams in memory: their queues, lists and groups. Structs are used again, since the scope that
 * holds them lives as long as the program serves. */

#include "net/streams_state.h"

/* ---- Queues of frames ---- */

static void queue_add(Streams *streams, FrameQueue *queue, Frame *frame)
{
    FrameNode *node = streams->free_nodes;

    if (node)
        streams->free_nodes = node->next;
    else
        node = NEW(streams->home, FrameNode);
    *node = (FrameNode){.frame = frame_keep(frame)};
    if (queue->last)
        queue->last->next = node;
    else
        queue->first = node;
    queue->last = node;
    queue->count++;
    queue->bytes += frame->bytes.size;
    streams->counts.queued_frames++;
}

static void queue_pop(Streams *streams, FrameQueue *queue)
{
    FrameNode *node = queue->first;

    queue->first = node->next;
    if (!queue->first)
        queue->last = NULL;
    queue->count--;
    queue->bytes -= node->frame->bytes.size;
    streams->counts.queued_frames--;
    frame_drop(node->frame);
    *node = (FrameNode){.next = streams->free_nodes};
    streams->free_nodes = node;
}

static bool is_full(const Stream *stream, const Frame *frame)
{
    const StreamSettings *settings = &stream->streams->settings;

    if (!stream->queue.count && !stream->kept_back.count)
        return false; /* a frame over the limit passes alone: its reader could never get beyond it */
    return stream->queue.count + stream->kept_back.count >= settings->queue_max ||
           stream->queue.bytes + stream->kept_back.bytes + frame->bytes.size >
               settings->queue_bytes_max;
}

static bool take(Stream *stream, FrameQueue *queue, Frame *frame)
{
    if (!stream->open || stream->broken || stream->ending)
        return false;
    if (is_full(stream, frame)) {
        stream->broken = true;
        stream->streams->counts.overflowed++;
        stream_mark(stream);
        return false;
    }
    queue_add(stream->streams, queue, frame);
    return true;
}

bool stream_queue(Stream *stream, Frame *frame)
{
    if (!take(stream, &stream->queue, frame))
        return false;
    if (frame->position > stream->position)
        stream->position = frame->position;
    stream_mark(stream);
    return true;
}

bool stream_keep_back(Stream *stream, Frame *frame)
{
    return take(stream, &stream->kept_back, frame);
}

void stream_let_go(Stream *stream)
{
    stream->held = false;
    while (stream->kept_back.first) {
        Frame *frame = frame_keep(stream->kept_back.first->frame);
        queue_pop(stream->streams, &stream->kept_back);
        if (!frame->position || frame->position > stream->position)
            stream_queue(stream, frame);
        frame_drop(frame);
    }
}

void stream_pop(Stream *stream)
{
    queue_pop(stream->streams, &stream->queue);
    stream->streams->counts.sent_frames++;
}

void stream_forget_frames(Stream *stream)
{
    while (stream->queue.first)
        queue_pop(stream->streams, &stream->queue);
    while (stream->kept_back.first)
        queue_pop(stream->streams, &stream->kept_back);
}

/* ---- Streams ---- */

Stream *stream_make(Streams *streams)
{
    Stream *stream = streams->free_streams;

    if (stream)
        streams->free_streams = stream->next;
    else
        stream = NEW(streams->home, Stream);
    *stream = (Stream){.streams = streams, .fd = -1};
    return stream;
}

void stream_release(Stream *stream)
{
    stream->holds--;
    stream_recycle(stream);
}

void stream_recycle(Stream *stream)
{
    Streams *streams = stream->streams;

    if (stream->holds > 0 || stream->dirty || stream->attended)
        return;
    *stream = (Stream){.streams = streams, .fd = -1, .next = streams->free_streams};
    streams->free_streams = stream;
}

void stream_mark(Stream *stream)
{
    Streams *streams = stream->streams;

    if (stream->dirty || !stream->open)
        return;
    if (!streams->dirty)
        event_set(streams->event);
    stream->dirty = true;
    stream->next_dirty = streams->dirty;
    streams->dirty = stream;
}

void stream_list_add(StreamList *list, Stream *stream)
{
    stream->previous = list->last;
    stream->next = NULL;
    if (list->last)
        list->last->next = stream;
    else
        list->first = stream;
    list->last = stream;
}

void stream_list_remove(StreamList *list, Stream *stream)
{
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        list->first = stream->next;
    if (stream->next)
        stream->next->previous = stream->previous;
    else
        list->last = stream->previous;
    stream->next = stream->previous = NULL;
}

void stream_begin_end(Stream *stream, int64_t within_us)
{
    Streams *streams = stream->streams;

    if (!stream->open || stream->ending)
        return;
    stream_let_go(stream);
    stream->ending = true;
    stream->due = clock_us() + within_us;
    stream_list_remove(&streams->beats, stream);
    stream_list_add(&streams->endings, stream);
    stream_mark(stream);
}

/* ---- Groups ---- */

static StreamGroup **bucket_of(Streams *streams, const char *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        hash = (hash ^ *c) * 16777619u;
    return &streams->buckets[hash % STREAM_BUCKETS];
}

StreamGroup *group_find(Streams *streams, const char *name)
{
    StreamGroup *group = *bucket_of(streams, name);

    while (group && strcmp(group->name, name) != 0)
        group = group->next;
    return group;
}

static StreamGroup *group_make(Streams *streams, const char *name)
{
    StreamGroup **bucket = bucket_of(streams, name);
    StreamGroup *group = streams->free_groups;

    if (group)
        streams->free_groups = group->next;
    else
        group = NEW(streams->home, StreamGroup);
    *group = (StreamGroup){.next = *bucket};
    memcpy(group->name, name, strlen(name) + 1);
    *bucket = group;
    streams->counts.groups++;
    return group;
}

void group_join(Streams *streams, const char *name, Stream *stream)
{
    StreamGroup *group = group_find(streams, name);

    if (!group)
        group = group_make(streams, name);
    stream->group = group;
    stream->next_in_group = group->first;
    if (group->first)
        group->first->previous_in_group = stream;
    group->first = stream;
    group->count++;
}

static void group_drop(Streams *streams, StreamGroup *group)
{
    StreamGroup **at = bucket_of(streams, group->name);

    while (*at != group)
        at = &(*at)->next;
    *at = group->next;
    group->next = streams->free_groups;
    streams->free_groups = group;
    streams->counts.groups--;
}

void group_leave(Stream *stream)
{
    StreamGroup *group = stream->group;

    if (stream->previous_in_group)
        stream->previous_in_group->next_in_group = stream->next_in_group;
    else
        group->first = stream->next_in_group;
    if (stream->next_in_group)
        stream->next_in_group->previous_in_group = stream->previous_in_group;
    stream->group = NULL;
    if (--group->count == 0)
        group_drop(stream->streams, group);
}
