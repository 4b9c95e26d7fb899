/* Addresses of Redis:
 *
 *     redis://[[USER]:PASSWORD@]HOST[:6379][/DB]
 *     rediss://[[USER]:PASSWORD@]HOST[:6380][/DB][?PARAMETERS]      TLS
 *     unix:///PATH[?db=DB]    redis+socket:///PATH[?virtual_host=DB]
 *
 * User and password are percent-decoded. The parameters are those of redis-py, but the server's certificate
 * and its host name are verified unless the address says otherwise:
 *
 *     ssl_cert_reqs       required (also CERT_REQUIRED, the preset), none (CERT_NONE): verify nothing
 *     ssl_check_hostname  true (the preset), false: any name, if the chain is good
 *     ssl_ca_certs        PEM file of the authorities that are trusted; without it the system's
 *     ssl_certfile, ssl_keyfile   PEM files of our own certificate
 */
#pragma once

#include "net/wire.h"

typedef struct RedisAddress {
    const char *shown; /* without secrets */
    WireTarget target; /* tls is left to whoever connects */
    bool secure;       /* TLS */
    WireTlsOptions tls;
    const char *user;     /* NULL: "default" */
    const char *password; /* NULL: none */
    int database;
} RedisAddress;

/* INVALID, with what is wrong, which parameter, and what can be said instead; it never repeats the address. */
fallible redis_address(Scope *s, const char *url, RedisAddress *out);
