/* The API around a database of the test's own, spoken to through its port. */
#pragma once

#include "api/api.h"
#include "test/net/given_http.h"
#include "test/store/world.h"

#define PATIENCE_US                                                                                \
    (60 * US_PER_S) /* for something that has to happen; never how long a test takes */

typedef struct Front {
    App app;
    World *world; /* its tenant is the local one */
    Api *api;
    int port;
} Front;

/* Allows the host dursor.example and the origin https://friend.example. */
fallible given_front(Scope *s, World *w, Front **out);

/* The answer to a GET with these header lines beside the Host, each with CRLF; "%s" for the token. */
fallible front_get(Scope *s, const Front *front, const char *path, const char *headers,
                   const char **out);
/* Status, or 0. */
int status_of(Scope *s, const char *answer);
/* "Authorization: Bearer …" CRLF. */
const char *bearer_line(Scope *s, const Front *front);

typedef struct Heard {
    const char *id;
    const char *event;
    const char *run_id;
    int64_t seq;
} Heard;

typedef LIST_OF(Heard) HeardList;

/* Opens a stream behind that id (NULL: none), and hears whole events until one has the text or the
 * stream ends. */
fallible front_hear(Scope *s, const Front *front, const char *path, const char *last_id,
                    const char *until, HeardList *out);
/* Appends that many events of so many bytes to the run, one a transaction, each announced. */
fallible tell_events(Scope *s, Front *front, const Lease *lease, int count, size_t size);
