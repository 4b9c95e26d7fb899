/* The body of a message, from what the envelope carries to JSON. Inner to celery_message.c. */
#pragma once

#include "queue/celery_message.h"

/* Notes the first fault; later ones change nothing. Always false. */
bool celery_fault(Scope *s, CeleryMessage *m, CeleryFault fault, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* body, content-type, content-encoding, properties.body_encoding and compression of the envelope. False
 * with a fault noted. */
bool celery_body_decode(Scope *s, json_t *envelope, CeleryMessage *m, json_t **out);

typedef enum Inflated { INFLATED, INFLATE_BROKEN, INFLATE_TOO_LARGE } Inflated;

/* Appends what a zlib or gzip stream holds, at most max bytes. */
Inflated celery_inflate(Scope *s, Bytes packed, size_t max, Buffer *out);
