/* Addresses of a host, without holding whoever waits longer than its scope: the system's look-up cannot be
 * interrupted, so it runs on a thread of its own, which ends alone when nobody waits any more. */
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/text.h"

enum { ADDRESSES_MAX = 8 };

typedef struct Address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at;
    socklen_t size;
} Address;

typedef struct Addresses {
    size_t count;
    Address
        items[ADDRESSES_MAX]; /* in the system's order of preference, families in turn (RFC 8305 §4) */
} Addresses;

/* UNAVAILABLE when the host has none. */
fallible resolve(Scope *s, const char *host, int port, Addresses *out);
