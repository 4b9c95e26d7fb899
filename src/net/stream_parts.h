/* The inside of a stream, for stream*.c only. */
#pragma once

#include <openssl/ssl.h>

#include "net/stream.h"

struct StreamTls {
    SSL_CTX *context;
    bool any_name; /* the host's name is not compared */
};

struct Stream {
    int fd;
    SSL *tls; /* NULL: plain */
    Scope *home;
    const char *shown;
};

/* ---- stream_connect.c: a connected socket that does not block ---- */
fallible stream_connect(Scope *s, const StreamTarget *target, int *out);

/* ---- stream_tls.c ---- */
fallible stream_tls_begin(Scope *s, Stream *stream, const StreamTarget *target);
/* Up to room bytes; *got 0: wait for *wait (POLLIN, POLLOUT). */
fallible stream_tls_read(Scope *s, Stream *stream, Bytes room, size_t *got, short *wait);
fallible stream_tls_write(Scope *s, Stream *stream, Bytes bytes, size_t *sent, short *wait);
/* NULL in stream->tls is accepted. */
void stream_tls_end(Stream *stream);
/* Something to read, or the end. */
bool stream_tls_stirs(Stream *stream);
