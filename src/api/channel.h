/* One watched run or task: how far its group has been told, and telling it more. The hub's thread
 * only. */
#pragma once

#include "api/hub.h"

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
    bool started;      /* some stream is where the place below says */
    int64_t told;      /* frames broadcast so far: orders them for streams that are held */
    struct Channel *next;
} Channel;

/* Begins where the first stream's order says. */
Channel *channel_open(App *app, Streams *streams, const WatchOrder *order);
void channel_close(Channel *channel);
bool channel_concerned(const Channel *channel, const Wakes *wakes);
/* Broadcasts what is new. */
fallible channel_news(Scope *s, Channel *channel);
/* Sends one stream what it missed and lets it go on with the group. */
fallible channel_catch_up(Scope *s, Channel *channel, const WatchOrder *order, Stream *stream);
