/* A server that says fixed bytes to whoever connects, and notes what it heard. */
#pragma once

#include "sys/thread.h"
#include "test/test.h"

typedef struct Peer {
    int port;
    const char *says;            /* NULL: closes without a word; "": says nothing and stays */
    _Atomic bool closes;         /* after it has spoken */
    _Atomic(const char *) heard; /* of the last connection: head and body */
    int listener;
    Mutex mutex;
    Condition changed;
    int closed; /* connections that the other end closed */
} Peer;

Peer *given_peer(Scope *s, const char *says);
fallible peer_wait_closed(Scope *s, Peer *peer);
/* A port whose queue of connections is full, so that a further one waits. */
fallible given_full_listener(Scope *s, int *port);
