/* A scripted server on loopback: answers one request after the other with the next step, byte for
 * byte, and remembers what it was asked. One connection at a time, one request a connection. */
#pragma once

#include "base/time.h"
#include "net/pairs.h"

typedef enum StepEnd {
    STEP_END = 0, /* a proper end */
    STEP_CUT,     /* the connection closes in the middle of the body */
    STEP_RESET,   /* and is reset */
    STEP_STALL,   /* nothing more comes until the client closes */
    STEP_SILENT,  /* not even the head comes until the client closes */
    STEP_HANG_UP, /* the connection closes without an answer */
} StepEnd;

typedef struct Step {
    const char *status;  /* NULL: "200 OK" */
    const char *headers; /* whole lines; NULL: Content-Type: text/event-stream */
    const char *body;    /* ' stands for " */
    size_t piece;        /* bytes of a chunk; 0: all in one */
    StepEnd end;
    Cancel *cancels; /* cancelled when everything of this step is out */
} Step;

typedef struct Asked {
    const char *path;
    PairList headers;
    const char *body;
} Asked;

typedef struct Script Script;

/* Steps stay the caller's. After the last one connections are refused. */
Script *given_script(Scope *s, const Step *steps, size_t count);
#define GIVEN_SCRIPT(s, ...)                                                                       \
    given_script(s, (const Step[]){__VA_ARGS__}, COUNT_OF(((const Step[]){__VA_ARGS__})))
const char *script_url(Scope *s, const Script *script);
/* How many requests came so far. */
int64_t script_count(Script *script);
/* The request with that number, from 0; empty when it never came. */
Asked script_asked(Scope *s, Script *script, size_t number);
const char *script_header(Scope *s, Script *script, size_t number, const char *name);
/* Waits until so many steps are over (their connections closed, by either side). */
fallible script_wait(Scope *s, Script *script, int64_t steps);

/* ' becomes ". */
const char *quoted(Scope *s, const char *t);
