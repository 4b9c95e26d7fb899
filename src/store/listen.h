/* Messages between the processes that share one PostgreSQL: LISTEN and NOTIFY, on a connection of their
 * own to the server itself. A pooler would take them for messages to somebody else.
 *
 *     TRY(listener_open(s, &order, &listener));
 *     TRY(listener_tell(s, listener, "hello"));
 *     struct pollfd fd = {listener_fd(listener), POLLIN, 0};
 *     TRY(scope_poll(s, &fd, 1, -1, &ready));
 *     TRY(listener_take(tmp, listener, &heard));
 *
 * What is told is heard by all who listen, the teller as well, and by nobody later. A Listener belongs to
 * the thread that opened it. Any failure ends it: what was told meanwhile is lost, and another is opened. */
#pragma once

#include "store/store.h"

enum { LISTENER_TEXT_MAX = 7900 }; /* bytes of a message; the server takes 7,999 */

typedef struct Listener Listener;

typedef struct ListenOrder {
    const StoreOptions *store; /* direct_url, or url without it */
    const char *channel;       /* letters and '_' only */
} ListenOrder;

/* UNAVAILABLE while the server is away; INVALID when a pooler stands before it. Closed with s. */
fallible listener_open(Scope *s, const ListenOrder *order, Listener **out);
int listener_fd(const Listener *listener);
/* Appends what was told since the last look. Never blocks. */
fallible listener_take(Scope *s, Listener *listener, TextList *out);
fallible listener_tell(Scope *s, Listener *listener, const char *message);
