/* Many pieces of one thing, several at once, in a bounded memory: what comes in order happens on the caller's
 * thread, the slow part on threads of its own. For this folder only. */
#pragma once

#include "base/text.h"

enum { FLIGHT_LANES_MAX = 16 };

typedef struct Piece {
    size_t index;
    char *data; /* capacity bytes, of its lane */
    size_t capacity, size;
} Piece;

typedef struct Flight {
    size_t count; /* pieces */
    int lanes;
    size_t capacity;                                        /* bytes of a piece at most */
    fallible (*prepare)(Scope *s, void *own, Piece *piece); /* in order; may be NULL */
    fallible (*work)(Scope *s, void *own, Piece *piece);    /* any order, on other threads */
    fallible (*finish)(Scope *s, void *own, Piece *piece);  /* in order; may be NULL */
    void *own;
} Flight;

/* The first failure of a piece, in order, ends the others. */
fallible flight_run(Scope *s, const Flight *flight);
