/* One watched run or task: how far its group has been told, and telling it more. The hub's thread
 * only. */
#pragma once

#include "api/hub.h"
#include "model/news.h"

typedef struct Channel {
    Scope *home;
    App *app;
    Streams *streams;
    WatchKind kind;
    const char *id;
    const char *group;
    Caller caller;
    const char *topic; /* of its news */
    Stream *only;      /* of a log, until it has ended */
    int64_t seq;       /* of a run; of a log the next line */
    RunCursor cursor;  /* of a task */
    NewsCursor news;   /* of a tenant */
    Scope *place;      /* whose memory that is */
    int64_t due_at;    /* not read again before that (clock_us) */
    bool owes;         /* there may be news that were not read yet */
    bool fresh;        /* of a tenant: the last reading had news */
    bool started;      /* some stream is where the place below says */
    int64_t told;      /* frames broadcast so far: orders them for streams that are held */
    struct Channel *next;
} Channel;

/* Begins where the first stream's order says. */
Channel *channel_open(App *app, Streams *streams, const WatchOrder *order);
void channel_close(Channel *channel);
bool channel_concerned(const Channel *channel, const Wakes *wakes);
/* The same for a tenant (channel_tenant.c). */
fallible tenant_news(Scope *s, Channel *channel);
/* Reads from the order's place on: the beginning of a channel without a stream. */
fallible tenant_begin(Scope *s, Channel *channel, const WatchOrder *order);
fallible tenant_catch_up(Scope *s, Channel *channel, const WatchOrder *order, Stream *stream);
/* Broadcasts what is new. */
fallible channel_news(Scope *s, Channel *channel);
/* Sends one stream what it missed and lets it go on with the group. */
fallible channel_catch_up(Scope *s, Channel *channel, const WatchOrder *order, Stream *stream);
