/* Server-sent events (WHATWG HTML, section 9.2): reading as they arrive, and writing frames. */
#pragma once

#include "base/text.h"

enum { SSE_EVENT_MAX = 4 << 20 }; /* bytes of one event, unless said otherwise */

typedef struct SseEvent {
    const char *event; /* "message" unless named */
    const char *data;  /* lines joined by LF; valid UTF-8, bad bytes became U+FFFD */
    const char *id;    /* the last id so far; NULL: none yet */
} SseEvent;

/* Called for each event; what it is given dies when it returns. Its error ends the reading. */
typedef Error *SseTake(Scope *s, void *to, const SseEvent *event);

typedef struct SseReader SseReader;

/* max: bytes of one event, 0 for SSE_EVENT_MAX. */
SseReader *sse_reader(Scope *s, size_t max, SseTake *take, void *to);
/* Takes bytes in any pieces. UPSTREAM when an event is over the limit. s: for the events. */
fallible sse_read(Scope *s, SseReader *reader, Bytes bytes);
/* Milliseconds of the last "retry:" field; -1: none. */
int64_t sse_retry_ms(const SseReader *reader);
const char *sse_last_id(const SseReader *reader);

/* Writing one event: NULL leaves a field out. Data may have several lines; event and id are one
 * line (line breaks in them are dropped). */
void sse_write(Buffer *b, const char *event, const char *id, Bytes data);
void sse_write_comment(Buffer *b, const char *comment);
