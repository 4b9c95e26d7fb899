/* The inside of event streams, for streams*.c and frame.c only. Everything here is under the one
 * mutex, except a frame, which is counted and never changes. Only the stream thread writes to
 * sockets and closes them; others queue frames and mark streams as dirty. */
#pragma once

#include <stdatomic.h>

#include "net/streams.h"
#include "sys/thread.h"

enum { STREAM_BUCKETS = 1024 };

#define STREAM_END_US (5 * US_PER_S) /* to take what is queued when a stream ends */

struct Frame {
    Scope *home;
    _Atomic int holds;
    int64_t position;
    Bytes bytes;
};

typedef struct FrameNode {
    struct FrameNode *next;
    Frame *frame;
} FrameNode;

typedef struct FrameQueue {
    FrameNode *first, *last;
    size_t count;
    size_t bytes;
} FrameQueue;

typedef struct StreamGroup {
    struct StreamGroup *next; /* in its bucket, or the free list */
    char name[STREAM_GROUP_SIZE];
    Stream *first;
    size_t count;
} StreamGroup;

typedef struct StreamList {
    Stream *first, *last;
} StreamList;

struct Stream {
    Streams *streams;
    int holds; /* one is the thread's, while it is open; the others are users' */
    int fd;
    StreamGroup *group;
    Stream *next_in_group, *previous_in_group;
    Stream *next, *previous; /* in beats or in endings; next also in the free list */
    Stream *next_dirty;
    bool dirty, held, ending, open;
    bool attended;               /* the thread has it in hand, maybe without the mutex */
    bool broken;                 /* overflowed or gone: to be closed without a word */
    bool waits_for_room;         /* the socket is full */
    bool progressed;             /* since the last heartbeat */
    FrameQueue queue, kept_back; /* kept_back: broadcast while held */
    size_t sent;                 /* bytes of the first frame */
    int64_t position;
    int64_t due; /* next heartbeat, or when an ending one is cut */
    int64_t rotate_at;
};

struct Streams {
    StreamSettings settings;
    Scope *home; /* under the mutex */
    int epoll, event;
    Frame *beat, *rotate;
    Mutex mutex;
    Condition closed_condition;
    bool stopping;
    StreamList beats, endings; /* each in the order of its due times */
    Stream *dirty;
    StreamGroup *buckets[STREAM_BUCKETS];
    StreamGroup *free_groups;
    Stream *free_streams;
    FrameNode *free_nodes;
    StreamCounts counts;
};

/* ---- streams_queue.c; all with the mutex held ---- */

Stream *stream_make(Streams *streams);
void stream_release(Stream *stream); /* a hold less */
/* Takes the struct back when nobody holds it and it is on no list. */
void stream_recycle(Stream *stream);
/* False and broken when it is full. */
bool stream_queue(Stream *stream, Frame *frame);
bool stream_keep_back(Stream *stream, Frame *frame);
/* Broadcast frames kept back go to the queue. */
void stream_let_go(Stream *stream);
void stream_pop(Stream *stream);
void stream_forget_frames(Stream *stream);
void stream_mark(Stream *stream);
void stream_list_add(StreamList *list, Stream *stream);
void stream_list_remove(StreamList *list, Stream *stream);
/* From now on it is only written empty. */
void stream_begin_end(Stream *stream, int64_t within_us);

StreamGroup *group_find(Streams *streams, const char *name);
void group_join(Streams *streams, const char *name, Stream *stream);
void group_leave(Stream *stream);

/* ---- streams_thread.c ---- */

Error *streams_run(Scope *s, void *streams);
