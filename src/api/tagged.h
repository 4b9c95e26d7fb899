/* Answers that a browser may keep and has to ask about: a weak ETag of their bytes, and 304 for whoever has
 * them already (RFC 9110 8.8.3, 13.1.2). What is read is the same work for the server; what is sent is not. */
#pragma once

#include "api/route.h"

enum { TAGGED_MAX = 1 << 20 }; /* bytes of an answer that gets a tag */

/* JSON about what somebody may see, whole: no stream, and nothing that waits. */
bool tagged(const Route *route);
/* To a success of such a route. What has said how long it may be kept stays as it is. */
void answer_tag(Scope *s, const HttpRequest *rq, const Route *route, HttpAnswer *out);
