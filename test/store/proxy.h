/* A TCP proxy before the database server: counts round trips, and cuts when told to. */
#pragma once

#include "sys/thread.h"
#include "test/test.h"

/* Nothing; swallow it and close both sides; pass it on and close them before the answer. */
typedef enum AtCommit { PASS = 0, SWALLOW, DEAFEN } AtCommit;

typedef struct Proxy {
    const char *url;            /* the database's, through it */
    _Atomic int64_t trips;      /* how often the client spoke after the server had */
    _Atomic bool cut;           /* swallow what the client says next, and close both sides */
    _Atomic AtCommit at_commit; /* of the next one that is sent by that word; then nothing again */
    _Atomic bool silent;        /* accept, and never answer */
    int listening;
    const char *host, *port;
} Proxy;

/* For the URL of a database on a TCP port. Runs until s closes. */
fallible proxy_open(Scope *s, const char *url, Proxy **out);
