/* Event streams to many clients: one thread, bounded queues, shared frames.
 *
 * A handler authorises a stream and opens it; the socket is then the stream thread's. Frames are
 * counted and shared: a broadcast to 5,000 streams copies nothing. Everything here is thread-safe.
 *
 *     Stream *stream;
 *     TRY(stream_open(s, streams, rq, &options, &stream)); // held: broadcasts wait
 *     stream_send(stream, hello);
 *     … what the client missed, from the database, each with its position …
 *     stream_go(stream);                                  // now broadcasts newer than that flow
 *
 * Each stream gets a comment every heartbeat_us and, at about rotate_us, `event: rotate`, after which
 * it is closed: front doors cut long answers, and a planned end loses nothing. A stream whose queue
 * is full is closed as well: its client comes back with Last-Event-ID and reads from the database.
 */
#pragma once

#include "net/http_server.h"

enum {
    STREAM_GROUP_SIZE = 80, /* bytes of a group's name, with its end */
};

/* Zero takes the preset behind it. */
typedef struct StreamSettings {
    int64_t heartbeat_us;   /* 10 s */
    int64_t rotate_us;      /* 200 s, less up to a tenth at random */
    size_t queue_max;       /* 256 frames */
    size_t queue_bytes_max; /* 1 MiB of frames */
    size_t streams_max;     /* 10,000; over it stream_open is LIMITED */
} StreamSettings;

typedef struct Streams Streams;
typedef struct Stream Stream;
typedef struct Frame Frame;

typedef struct StreamCounts {
    int64_t open, groups, queued_frames;
    int64_t opened, overflowed, rotated, sent_frames; /* so far */
} StreamCounts;

/* Closing s stops them: each gets what is queued and is closed within a second. Nobody may hold a
 * Stream any more then. */
fallible streams_open(Scope *s, const StreamSettings *settings, Streams **out);
StreamCounts streams_counts(Streams *streams);
/* Sends last (may be NULL) to all, closes them when it is written, within grace_us; returns when all
 * are closed. No stream can be opened afterwards. */
void streams_stop(Streams *streams, Frame *last, int64_t grace_us);

/* A counted frame; the bytes are copied once. position orders frames of a group (a sequence number):
 * a broadcast frame whose position is not above the stream's is left out for it; 0 has no order. */
Frame *frame_new(Bytes bytes, int64_t position);
Frame *frame_event(const char *event, const char *id, Bytes data, int64_t position);
Frame *frame_keep(Frame *frame);
void frame_drop(Frame *frame); /* NULL is accepted */

typedef struct StreamOptions {
    const char *group; /* what it listens to: the name broadcasts use */
    PairList headers;  /* of the answer, beside the usual ones */
} StreamOptions;

/* Takes the request's socket and joins the group. The head of the answer (200, text/event-stream,
 * no-store) is sent. The stream is held back from broadcasts until stream_go. *out is good until s
 * closes (stream_keep for longer); if it was not let go by then and nobody keeps it, it ends. LIMITED over
 * streams_max or while stopping. */
fallible stream_open(Scope *s, Streams *streams, const HttpRequest *rq,
                     const StreamOptions *options, Stream **out);
/* Queues a frame for one stream, also while it is held, and raises its position. Keeps the frame itself.
 * False when the stream is closed (also by this very frame overflowing it). */
bool stream_send(Stream *stream, Frame *frame);
/* Ends the hold: frames broadcast meanwhile that are above its position follow in order. */
void stream_go(Stream *stream);
/* Closes after what is queued is written. */
void stream_end(Stream *stream);
bool stream_is_open(Stream *stream);
Stream *stream_keep(Stream *stream);
void stream_drop(Stream *stream);

/* Queues the frame for every stream of the group, also behind the hold; returns how many took it. */
size_t streams_broadcast(Streams *streams, const char *group, Frame *frame);
/* The groups that have streams, for the one who reads their news. */
TextList streams_groups(Scope *s, Streams *streams);
size_t streams_in_group(Streams *streams, const char *group);
