/* An HTTP/1.1 server: one event thread for connections, a few blocking workers for requests.
 *
 * A request is read whole (head and body, each with a limit and a deadline), waits in a bounded
 * queue, and is run by a worker in a unit of its own: named "request", with the fields request_id,
 * method and path, a deadline, and a cancellation that is asked when the client goes away or the
 * server stops. The handler reads top to bottom and may block; a slow client holds no worker.
 *
 *     static Error *answer(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *out)
 *     {
 *         out->status = 200;
 *         http_answer_header(s, out, "Content-Type", "text/plain");
 *         out->body = BYTES("hello\n");
 *         return OK;
 *     }
 *
 * What follows a first segment "s" is a capability: who has the address has what it opens. It never enters
 * a log, also not from an address that is slightly wrong.
 *
 * What is refused before a handler sees it: 400 (head not strict, two lengths, Host not once), 408 by
 * closing (slow), 413, 414, 431, 501 (transfer encodings but chunked), 503 with Retry-After (queue or
 * body memory full, stopping). Wrong methods are the handler's to answer.
 *
 * libmicrohttpd stands behind it; reference: RFC 9110, RFC 9112.
 */
#pragma once

#include "base/time.h"
#include "net/pairs.h"

typedef enum HttpMethod {
    HTTP_GET = 1,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER, /* a method this server does not know: answer 405 or 501 */
} HttpMethod;

typedef struct HttpExchange HttpExchange; /* the server's side of one request */

typedef struct HttpRequest {
    HttpMethod method;
    const char *method_name;
    const char *target; /* as sent, with query */
    const char *path;   /* as sent, without query, still encoded */
    const char *logged; /* the path for logs: of /s/TOKEN no more than "/s/..." */
    TextList segments;  /* of the path, decoded: "/v1/a%20b" is "v1", "a b"; "/" has none */
    PairList query;     /* decoded */
    PairList headers;
    Bytes body;
    const char *peer; /* address of the other end of the connection */
    const char *id;   /* X-Request-ID as sent when it is a plain one, else a new one */
    Time at;
    bool kept;         /* not the first request of its connection */
    int turn;          /* 0; then how often http_wait() made it wait */
    int64_t waited_us; /* since the first turn */
    HttpExchange *exchange;
} HttpRequest;

typedef struct HttpAnswer {
    int status; /* 0 counts as 200, or 204 without a body */
    PairList headers;
    Bytes body;      /* in the request's scope; copied out when the handler has returned */
    bool body_lasts; /* the body outlives the server: not copied */
    bool has_file; /* the body is file_size bytes of file_fd from file_from; the server closes it */
    int file_fd;
    uint64_t file_from, file_size;
    bool close; /* close the connection afterwards */
} HttpAnswer;

void http_answer_header(Scope *s, HttpAnswer *answer, const char *name, const char *value);

typedef Error *HttpHandler(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *answer);
/* Turns a handler's error, or a refusal of the server's own, into an answer. It cannot fail. */
typedef void HttpFailed(Scope *s, void *app, const HttpRequest *rq, const Error *e,
                        HttpAnswer *answer);
typedef struct HttpOutcome {
    int status;     /* 0: the socket was taken over */
    int64_t us;     /* waiting and running */
    const Error *e; /* already logged; NULL: none */
} HttpOutcome;

/* Told after each run request, by its worker: for metrics. May be NULL. */
typedef void HttpDone(Scope *s, void *app, const HttpRequest *rq, const HttpOutcome *outcome);

typedef struct HttpApp {
    void *app;
    HttpHandler *handle;
    HttpFailed *failed; /* NULL: {"detail","kind","request_id"} by the error's kind */
    HttpDone *done;
    /* Paths, ended by NULL, that are never refused for a full queue and go first. */
    const char *const *express;
} HttpApp;

/* Zero takes the preset named behind it. Times in microseconds. */
typedef struct HttpServerSettings {
    TextList addresses;                 /* numeric; none: 127.0.0.1 and ::1 */
    int port;                           /* 0: a free one, the same on all addresses */
    int workers;                        /* 3 */
    size_t queue_max;                   /* 256 requests that wait for a worker */
    size_t connections_max;             /* 1,000 */
    size_t connections_per_address_max; /* 0: no limit of its own (front doors share one address) */
    size_t body_max;                    /* 4 MiB, one request */
    size_t bodies_max;                  /* 64 MiB, all requests that are being read or run */
    size_t head_max;                    /* 16 KiB, request line and headers */
    size_t headers_max;                 /* 100 */
    size_t target_max;                  /* 8 KiB */
    int64_t head_us;                    /* 10 s, from the first byte to the end of the headers */
    int64_t idle_us;                    /* 60 s, an open connection without a request */
    int64_t body_us;                    /* 30 s */
    int64_t request_us;                 /* 30 s, waiting and running */
    int64_t answer_us;                  /* 30 s to send the answer, and more for a large one: */
    size_t answer_rate_min;             /* 16 KiB a second, at least, must be taken */
    int64_t grace_us;                   /* 10 s, for http_server_stop when s closes */
} HttpServerSettings;

typedef struct HttpServer HttpServer;

typedef struct HttpServerCounts {
    int64_t connections; /* open */
    int64_t queued, running, parked;
    int64_t requests;   /* run so far */
    int64_t refused;    /* turned away so far, for whatever reason */
    int64_t timed_out;  /* connections closed for slowness so far */
    int64_t body_bytes; /* held now */
} HttpServerCounts;

/* Listens; requests are taken from here on. Closing s stops it within grace_us. CONFLICT when the
 * port is taken; an address the machine lacks is left out, if another remains. */
fallible http_server_open(Scope *s, const HttpServerSettings *settings, const HttpApp *app,
                          HttpServer **out);
int http_server_port(const HttpServer *server);
HttpServerCounts http_server_counts(HttpServer *server);
/* Stops listening, refuses new requests, lets running ones finish within the grace, then cancels
 * them and returns when all are gone. Thread-safe; a second call does nothing. */
void http_server_stop(HttpServer *server, int64_t grace_us);

/* ---- Long polls: a request that waits without a worker ----
 *
 *     HttpWaiter *waiter = http_waiter(s, rq);     // first: a wake from now on is not lost
 *     hub_watch(s, hub, run_id, waiter);           // the hub keeps it with http_waiter_keep
 *     TRY(events_after(s, …, &events));
 *     if (!events.count && rq->waited_us < wanted_us) {
 *         http_wait(rq, wanted_us - rq->waited_us);
 *         return OK;                               // the handler runs again, turn + 1
 *     }
 *
 * Each turn is a unit of its own. A waiter is thread-safe and counted: who stores one keeps it, and
 * drops it later; waking one whose request has ended does nothing. */
typedef struct HttpWaiter HttpWaiter;
HttpWaiter *http_waiter(Scope *s, const HttpRequest *rq);
void http_wait(const HttpRequest *rq, int64_t us);
HttpWaiter *http_waiter_keep(HttpWaiter *waiter);
void http_waiter_drop(HttpWaiter *waiter);
void http_wake(HttpWaiter *waiter);

/* ---- Taking the socket over: event streams, proxies ----
 *
 * The descriptor is the caller's from now on (non-blocking, close-on-exec); the server forgets the
 * connection and the answer of the handler is not sent. Once per request. Leans on libmicrohttpd
 * closing without shutdown under MHD_USE_TURBO, which streams_test.c guards. */
fallible http_take_socket(Scope *s, const HttpRequest *rq, int *fd);
