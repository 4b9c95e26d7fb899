/* The inside of a wire, for wire*.c only. */
#pragma once

#include <openssl/ssl.h>

#include "net/resolve.h"
#include "net/wire.h"

struct WireTls {
    SSL_CTX *context;
    bool any_name; /* the host's name is not compared */
};

struct Wire {
    int fd;
    SSL *tls; /* NULL: plain */
    Scope *home;
    const char *shown;
};

/* ---- wire_connect.c: a connected socket that does not block ---- */
fallible wire_connect(Scope *s, const WireTarget *target, int *out);
/* To whichever of them answers first, tried in turn. */
fallible wire_race(Scope *s, const Addresses *addresses, int *out);

/* ---- wire_tls.c ---- */
fallible wire_tls_begin(Scope *s, Wire *wire, const WireTarget *target);
/* Up to room bytes; *got 0: wait for *wait (POLLIN, POLLOUT). */
fallible wire_tls_read(Scope *s, Wire *wire, Bytes room, size_t *got, short *wait);
fallible wire_tls_write(Scope *s, Wire *wire, Bytes bytes, size_t *sent, short *wait);
/* NULL in wire->tls is accepted. */
void wire_tls_end(Wire *wire);
/* Something to read, or the end. */
bool wire_tls_stirs(Wire *wire);
