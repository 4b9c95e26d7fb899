/* URLs (RFC 3986), strict: no spaces, control bytes or bad percent signs anywhere, a port within
 * 1..65535, a host of letters, digits, '-', '.', '_' or an IPv6 address in brackets.
 *
 * The settings' addresses have this form too: "store:", "sqlite:///var/lib/x.db",
 * "azblob://ACCOUNT?endpoint=…", "celery+rediss://:secret@host:6380/0".
 *
 * A URL may hold a password or a key in its query: only url_shown() may go into errors and logs.
 */
#pragma once

#include "net/pairs.h"

enum {
    URL_MAX = 8 << 10,     /* bytes of one URL */
    QUERY_PAIRS_MAX = 200, /* parameters of one query */
};

typedef struct Url {
    const char *scheme;   /* lower case */
    const char *user;     /* decoded; NULL: none */
    const char *password; /* decoded; NULL: none */
    const char *host;     /* lower case, IPv6 without its brackets; NULL: no authority ("store:") */
    int port;             /* 0: not said */
    const char *path;     /* as it is, still encoded; "" when absent */
    const char *query;    /* as it is, without '?'; NULL: none */
    const char *fragment; /* as it is, without '#'; NULL: none */
} Url;

/* INVALID, with a message that does not repeat the URL. */
fallible url_parse(Scope *s, const char *t, Url *out);
const char *url_text(Scope *s, const Url *url);
/* The port, or the scheme's own: http 80, https 443, redis 6379, rediss 6380, postgresql 5432;
 * 0 when unknown. */
int url_port(const Url *url);
/* Scheme, host, port and path only; "(no valid url)" for what is none. */
const char *url_shown(Scope *s, const char *t);
/* base + path, with exactly one '/' between them; path may carry a query. */
const char *url_join(Scope *s, const char *base, const char *path);

/* Everything but RFC 3986's unreserved characters becomes %XX: fit for a path segment or a value. */
const char *percent_encode(Scope *s, const char *t);
/* INVALID for a bad percent sign, a NUL or bytes that are not UTF-8. A plus stays a plus. */
fallible percent_decode(Scope *s, Bytes bytes, const char **out);

/* "a=1&b=x+y": decoded names and values, '+' is a space, an absent '=' gives "". */
fallible query_parse(Scope *s, Bytes query, PairList *out);
/* Adds "&name=value", encoded, without the '&' at the front of an empty buffer. */
void query_add(Buffer *b, const char *name, const char *value);
