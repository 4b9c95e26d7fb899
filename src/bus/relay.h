/* Carries wake-ups between processes, over whatever can carry a short text to all of them; for the files
 * of this folder only.
 *
 * One thread tells what was published here (merged, see outbox.h) and wakes this process for what others
 * tell. A line that breaks is opened again, after a pause that grows; after the gap everything may have
 * changed, here and for the others. Meanwhile the slow looks of all processes serve. */
#pragma once

#include "bus/driver.h"

enum { RELAY_TEXT_MAX = 7900 }; /* bytes of one text; longer ones are told as several */

#define RELAY_OPEN_US        (2 * 1000 * 1000LL) /* for the first line; then the start goes on without */
#define RELAY_TELL_US        (5 * 1000 * 1000LL)
#define RELAY_FLUSH_US       (1 * 1000 * 1000LL) /* at the end, for what was just published */
#define RELAY_PAUSE_FIRST_US (100 * 1000LL)
#define RELAY_PAUSE_MAX_US   (5 * 1000 * 1000LL)

/* A way to carry. A line lives in the scope of its opening, which closes after any failure. */
typedef struct Carrier {
    const char *name; /* in logs */
    fallible (*open)(Scope *s, void *from, void **line);
    int (*fd)(const void *line); /* readable when there is something to take */
    /* Appends the texts that were heard, never blocking; *missed when some may have been lost. */
    fallible (*take)(Scope *s, void *line, TextList *out, bool *missed);
    fallible (*tell)(Scope *s, void *line, const char *text);
} Carrier;

/* from is handed to the carrier and outlives s. Fails only when the first line says that it can never be:
 * INVALID or DENIED. Ends with s. */
fallible relay_open(Scope *s, Bus *bus, const Carrier *carrier, void *from);
