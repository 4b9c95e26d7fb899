/* A server with a few routes, and a client that says whatever bytes a test wants. */
#pragma once

#include "net/http_server.h"
#include "net/streams.h"
#include "sys/thread.h"
#include "test/test.h"

/* Routes: /hello says "hello\n"; /echo gives the body back; /where gives method, path segments and
 * query; /big gives 3 MiB; /split sets a header with a line break; /file gives bytes 3 to 5 of a file
 * with digits; /fail is MISSING; /hold runs until site_release or cancellation, /stubborn until
 * site_release only; /stream joins the group "g" and says hello; /poll waits for site_news and says
 * how many turns it took; /hasty is woken just before it waits for a minute; /alive is express. */
typedef struct Site {
    HttpServer *server;
    Streams *streams;
    int port;
    Mutex mutex;
    Condition changed;
    bool released;
    int holding;           /* requests inside /hold */
    int runs;              /* handler calls */
    const char *cancelled; /* why the last /hold was cancelled: constant text */
    HttpWaiter *waiter;    /* of the last /poll */
    bool news;             /* what /poll waits for */
} Site;

/* A scope of at most 20 s, so that a hung test ends. */
Site *given_site(Scope *s, const HttpServerSettings *settings);
Site *given_site_with_streams(Scope *s, const HttpServerSettings *settings,
                              const StreamSettings *streams);
void site_release(Site *site);
/* Waits until that many requests are inside /hold. */
fallible site_wait_holding(Scope *s, Site *site, int count);
void site_news(Site *site);

/* Waits until the condition, looking every millisecond: for what no event announces. */
#define UNTIL(condition)                                                                           \
    while (!(condition))                                                                           \
    TRY(scope_sleep(s, US_PER_MS))

fallible dial(Scope *s, int port, int *fd); /* closed with s */
/* With a small receive buffer, so that what is not read soon blocks the sender. */
fallible dial_narrow(Scope *s, int port, int *fd);
fallible say(Scope *s, int fd, const char *t);
fallible say_bytes(Scope *s, int fd, Bytes bytes);
/* All that comes until the other end closes; a reset ends it as well. */
fallible hear_all(Scope *s, int fd, const char **out);
/* The same, telling how many bytes came, which may hold NUL. */
fallible hear_count(Scope *s, int fd, const char **out, size_t *count);
/* What comes until it holds the text. UNAVAILABLE when the other end closes before. */
fallible hear_until(Scope *s, int fd, const char *part, const char **out);
/* Dials, says and hears all. */
fallible ask(Scope *s, int port, const char *request, const char **answer);
/* Nothing more has come, and the other end is open. */
bool is_quiet(int fd);
size_t count_of(const char *hay, const char *needle);
