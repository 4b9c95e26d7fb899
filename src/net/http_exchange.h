/* The inside of the server, for http_*.c only: who owns what, and on which thread.
 *
 *     event thread   libmicrohttpd: reads heads and bodies, sends answers      (http_events.c)
 *     workers        run handlers, one exchange at a time                      (http_work.c)
 *     door           accepts, closes what is too slow, lingers, sees clients go (http_door.c)
 *
 * A connection has one exchange, used again for each of its requests. The exchange is the event
 * thread's until it is queued (and suspended in libmicrohttpd), then a worker's while it runs, then
 * the event thread's again once resumed. Lists, counts and `working` are under the server's mutex.
 */
#pragma once

#include <stdatomic.h>

#include <microhttpd.h>

#include "net/http_server.h"
#include "sys/thread.h"

enum {
    HTTP_LISTENERS_MAX = 8,
    HTTP_LINGERS_MAX = 128,
    HTTP_ADDRESS_SIZE = 46, /* an IPv6 address as text */
};

#define HTTP_TICK_US   (250 * US_PER_MS) /* how often the door looks around */
#define HTTP_LINGER_US (2 * US_PER_S)
#define HTTP_NEVER     INT64_MAX

typedef enum ExchangePhase {
    EXCHANGE_NONE,   /* between two requests */
    EXCHANGE_HEAD,   /* the request line is there */
    EXCHANGE_BODY,   /* the head was accepted */
    EXCHANGE_QUEUED, /* waits for a worker; suspended from here on */
    EXCHANGE_RUNNING,
    EXCHANGE_PARKED,  /* a long poll that waits for a wake */
    EXCHANGE_ANSWERED /* resumed, with a response or a taken socket */
} ExchangePhase;

typedef struct Connection Connection;

struct HttpExchange {
    HttpServer *server;
    Connection *connection;
    struct MHD_Connection *mhd;
    ExchangePhase phase;
    HttpExchange *next, *previous; /* in the list of its phase */
    Scope *home;                   /* the request's bytes */
    HttpRequest rq;
    Buffer body;
    bool taken; /* the socket is somebody else's now */
    bool gone;  /* the client closed while nobody ran it */
    bool express;
    Scope *working; /* the unit of the running turn */
    int64_t first_turn_at, queued_at;
    int64_t wait_us; /* what the handler asked for; -1: nothing */
    int64_t parked_until;
    bool woken;
    HttpWaiter *waiter;
    struct MHD_Response *response;
    int status;
    uint64_t answer_size;
};

struct Connection {
    Connection *next, *previous; /* in the server's list */
    Scope *s;                    /* event thread's */
    int fd;
    int64_t requests;
    char address[HTTP_ADDRESS_SIZE];
    _Atomic int64_t until; /* when the door shuts it */
    _Atomic int64_t since; /* since when it has no request */
    _Atomic bool between;  /* it has none */
    bool dripping;         /* door's: bytes of a head came, and it had its time from then on */
    HttpExchange exchange;
};

typedef struct ExchangeList {
    HttpExchange *first, *last;
    int64_t count;
} ExchangeList;

/* A socket on which everything is said; it is read empty so that the client gets to read, too. */
typedef struct Linger {
    int fd; /* -1: free */
    int64_t until;
} Linger;

struct HttpServer {
    HttpServerSettings settings;
    HttpApp app;
    Scope *home; /* threads and memory; not cancelled with the opener's scope */
    Scope *work; /* parent of all requests' units */
    int port;
    int listeners[HTTP_LISTENERS_MAX];
    size_t listener_count;
    struct MHD_Daemon *daemon;
    int door_epoll, door_event;

    Mutex mutex;
    Condition work_condition; /* the queue has something, or the end has come */
    Condition idle_condition; /* nothing queued or running any more */
    Connection *connections;
    ExchangeList queue, running, parked;
    Linger lingers[HTTP_LINGERS_MAX];
    bool stopping, ending, listening;

    _Atomic int64_t connection_count, open_exchanges, body_bytes;
    _Atomic int64_t requests, refused, timed_out;
};

/* ---- http_events.c: libmicrohttpd's callbacks ---- */

fallible http_daemon_start(Scope *s, HttpServer *server);

/* ---- http_head.c: what a head must be ---- */

typedef struct Refusal {
    int status; /* 0: accepted */
    ErrorKind kind;
    const char *message;
} Refusal;

/* Fills rq from what libmicrohttpd parsed. */
Refusal http_head_read(HttpExchange *ex, const char *method, const char *version);
/* Bytes announced; -1 for a chunked body. Only after the head was accepted. */
int64_t http_head_body_size(const HttpRequest *rq);

/* ---- http_answer.c ---- */

/* Fills *answer by the app, or as {"detail","kind","request_id"}. */
void http_answer_failure(Scope *s, HttpExchange *ex, const Error *e, HttpAnswer *answer);
/* BUG when a header is not one. */
fallible http_answer_build(Scope *s, HttpExchange *ex, const HttpAnswer *answer,
                           struct MHD_Response **out, int *status);
Error *http_refusal_error(Scope *s, const Refusal *refusal);
/* Status line and headers with the empty line. */
void http_write_head(Buffer *b, int status, const PairList *headers);

/* ---- http_work.c ---- */

/* Suspends and queues; false when there is no room or the server stops. Event thread only. */
bool http_queue(HttpExchange *ex);
/* With the mutex held: from parked to the queue. */
void http_unpark(HttpExchange *ex);
fallible http_workers_start(Scope *s, HttpServer *server);

/* ---- http_wait.c ---- */

void http_waiter_end(HttpExchange *ex); /* no wake reaches ex any more */

/* ---- http_door.c ---- */

fallible http_door_start(Scope *s, HttpServer *server);
/* Gives an open socket, on which all is written, to the door. Any thread. */
void http_linger(HttpServer *server, int fd);

/* ---- http_listen.c ---- */

fallible http_listen(Scope *s, HttpServer *server);
/* "" for what is no IP address. */
void http_address_text(const struct sockaddr *address, char out[HTTP_ADDRESS_SIZE]);

/* ---- exchanges ---- */

static inline void exchange_push(ExchangeList *list, HttpExchange *ex)
{
    ex->previous = list->last;
    ex->next = NULL;
    if (list->last)
        list->last->next = ex;
    else
        list->first = ex;
    list->last = ex;
    list->count++;
}

static inline void exchange_push_front(ExchangeList *list, HttpExchange *ex)
{
    ex->next = list->first;
    ex->previous = NULL;
    if (list->first)
        list->first->previous = ex;
    else
        list->last = ex;
    list->first = ex;
    list->count++;
}

static inline void exchange_remove(ExchangeList *list, HttpExchange *ex)
{
    if (ex->previous)
        ex->previous->next = ex->next;
    else
        list->first = ex->next;
    if (ex->next)
        ex->next->previous = ex->previous;
    else
        list->last = ex->previous;
    ex->next = ex->previous = NULL;
    list->count--;
}
