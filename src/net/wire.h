/* A wire to a server: bytes in both directions over TCP or a Unix socket, plain or in TLS (OpenSSL). All
 * waits end with the scope of the call. A wire belongs to no scope: it is lent between threads, one has it
 * at a time, and wire_close ends it.
 *
 * TLS is at least 1.2, names the host (SNI), and verifies chain and host name unless told otherwise.
 *
 * Errors: UNAVAILABLE (no address, refused, reset, no connection within the target's time), UPSTREAM (TLS),
 * INVALID (files that cannot be used), CANCELLED, TIMEOUT (of the scope). They name host and port.
 */
#pragma once

#include "base/text.h"
#include "base/time.h"

typedef struct Wire Wire;
typedef struct WireTls WireTls;

typedef struct WireTlsOptions {
    const char *ca_file;   /* PEM; NULL: the system's */
    const char *cert_file; /* PEM, our own certificate with its chain; NULL: none */
    const char *key_file;  /* PEM; NULL: in cert_file */
    bool any_name;         /* the host's name is not compared */
    bool any_certificate;  /* nothing is verified */
} WireTlsOptions;

/* Thread-safe; for all wires with these options. Closed with s, after them. */
fallible wire_tls_open(Scope *s, const WireTlsOptions *options, WireTls **out);

typedef struct WireTarget {
    const char *host; /* name or address; NULL: path says where */
    int port;
    const char *path;     /* of a Unix socket */
    const WireTls *tls;   /* NULL: plain */
    const char *tls_name; /* the name in the certificate; NULL: host */
    int64_t connect_us;   /* for all of it, the handshake included; 0: only s limits it */
} WireTarget;

/* "host:port" or the path. */
const char *wire_target_shown(Scope *s, const WireTarget *target);

/* Addresses are tried in turn, the next one as soon as the last has failed or been silent for 250 ms; the
 * first that answers is taken (RFC 8305). */
fallible wire_open(Scope *s, const WireTarget *target, Wire **out);
/* NULL is accepted. Never waits. */
void wire_close(Wire *wire);

/* All of it. After a failure the wire is good for nothing but closing; *sent, which may be NULL, tells
 * how many bytes were handed over. */
fallible wire_write(Scope *s, Wire *wire, Bytes bytes, size_t *sent);
/* Waits for at least one byte. UNAVAILABLE when the server has closed. */
fallible wire_read(Scope *s, Wire *wire, char *into, size_t room, size_t *got);
/* Open, and nothing to read: what an idle connection should be. Never waits. */
bool wire_idle(Wire *wire);
