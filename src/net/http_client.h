/* HTTP requests to outside systems, by libcurl.
 *
 *     HttpCall call = {.method = "POST", .url = url, .headers = headers, .body = body};
 *     HttpReply reply;
 *     TRY(http_call(s, client, &call, &reply));       // any status is a success here
 *     TRY(http_expect(s, &call, &reply));             // 2xx, or an error by status
 *
 * The client is thread-safe: it lends each call a handle with its own open connections, which are
 * used again. A call ends within 100 ms of its scope's cancellation and closes the connection.
 *
 * Errors: UNAVAILABLE (no address, refused, reset), TIMEOUT (the message says which one; code
 * HTTP_CONNECT_TIMEOUT when there never was a connection),
 * UPSTREAM (TLS, protocol, answer over its limit), CANCELLED, INVALID (no URL, or not http/https).
 * They name method, scheme, host and path; never headers, userinfo, query or body.
 * Redirects are not followed; proxies only by setting, never from the environment.
 */
#pragma once

#include "base/time.h"
#include "net/pairs.h"

typedef struct HttpClient HttpClient;

typedef struct HttpClientSettings {
    const char *proxy;    /* "http://host:port"; NULL: none */
    const char *no_proxy; /* hosts, comma separated; NULL: none */
    const char *ca_file;  /* PEM; NULL: the system's */
    const char *user_agent;
    size_t idle_max; /* handles kept with their connections; 0: 16 */
} HttpClientSettings;

enum {
    HTTP_ANSWER_MAX = 16 << 20, /* bytes of a body, unless the call says otherwise */
    HTTP_REPLY_HEADERS_MAX = 200,
    HTTP_REPLY_HEADER_BYTES_MAX = 64 << 10,
};

#define HTTP_CONNECT_TIMEOUT "connect_timeout"

#define HTTP_CONNECT_US    (10 * US_PER_S)
#define HTTP_FIRST_BYTE_US (120 * US_PER_S)
#define HTTP_IDLE_US       (120 * US_PER_S)
#define HTTP_WHOLE_US      (30 * US_PER_MIN)

/* Called with each piece of the body as it comes; its error ends the call and is its result. */
typedef Error *HttpTake(Scope *s, void *to, Bytes piece);
/* Called once when status and headers are there, before the body; its error ends the call. */
typedef struct HttpReply HttpReply;
typedef Error *HttpStarted(Scope *s, void *to, const HttpReply *reply);

typedef struct HttpCall {
    const char *method; /* NULL: GET */
    const char *url;
    PairList headers;
    Bytes body;
    int64_t connect_us, first_byte_us, idle_us, whole_us; /* 0: the constants above */
    size_t answer_max;                                    /* 0: HTTP_ANSWER_MAX */
    HttpStarted *started;                                 /* may be NULL */
    HttpTake *take; /* NULL: the body is collected in reply->body */
    void *to;       /* for both */
} HttpCall;

struct HttpReply {
    int status;
    PairList headers;                            /* of the last answer, without 1xx ones */
    Bytes body;                                  /* empty when taken in pieces */
    int64_t connect_us, first_byte_us, total_us; /* what it took */
    size_t received;
};

fallible http_client_open(Scope *s, const HttpClientSettings *settings, HttpClient **out);
fallible http_call(Scope *s, HttpClient *client, const HttpCall *call, HttpReply *out);
/* OK for 2xx. Otherwise the error that fits the status: 401/403 DENIED, 404 MISSING, 408/504 TIMEOUT,
 * 409/412 CONFLICT, 413 TOO_LARGE, 429 LIMITED with its Retry-After, 502/503 UNAVAILABLE, else UPSTREAM. */
fallible http_expect(Scope *s, const HttpCall *call, const HttpReply *reply);
/* Retry-After in microseconds, seconds or HTTP date (RFC 9110 10.2.3); also "retry-after-ms". 0: none. */
int64_t http_retry_after(const PairList *headers);
