/* The web role: gives the pages of this program and passes the API's paths on to DURSOR_API_URL.
 *
 * It is what browsers reach: Host and Origin are checked here, and the API sees neither of the browser's,
 * so it needs no name of this server. Credentials go through unread. Headers of one hop (RFC 9110,
 * 7.6.1) and what a client says about who forwarded it are left out both ways.
 *
 * An answer is passed on as it comes. One that is small is read whole before it is sent; a long one and
 * an event stream hold a worker each, FRONT_STREAMS_MAX at once, and what is more is asked to come back. */
#pragma once

#include "model/settings.h"

enum {
    FRONT_WORKERS = 64,
    FRONT_STREAMS_MAX = 48,   /* answers that go through in pieces */
    FRONT_HELD_MAX = 1 << 20, /* bytes of an answer that is read whole */
};

typedef struct Front Front;

/* Listens at the address of the settings; INVALID without an address of the API. Closing s stops it
 * within the grace of the settings. */
fallible front_open(Scope *s, const Settings *settings, Front **out);
int front_port(const Front *front);
/* From now on /readyz says that this server stops; else it says what the API's says. */
void front_drain(Front *front);
