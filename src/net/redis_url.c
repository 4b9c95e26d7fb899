/* Reading the addresses of Redis. */

#include "net/redis_url.h"

#include "net/url.h"

enum { DATABASE_MAX = 1 << 20 };

typedef struct Parameter {
    const char *name;
    bool secure; /* of TLS only */
    Error *(*set)(Scope *s, const char *value, RedisAddress *out);
} Parameter;

/* ---- Parameters ---- */

static Error *set_cert_reqs(Scope *s, const char *value, RedisAddress *out)
{
    const char *low = text_lower(s, value);
    const char *what = text_starts(low, "cert_") ? low + 5 : low;

    out->tls.any_certificate = text_equal(what, "none");
    if (out->tls.any_certificate || text_equal(what, "required") || text_equal(what, "optional"))
        return OK;
    return fail(s, INVALID, "ssl_cert_reqs is neither required nor none");
}

static Error *set_check_hostname(Scope *s, const char *value, RedisAddress *out)
{
    const char *low = text_lower(s, value);

    out->tls.any_name = text_equal(low, "false") || text_equal(low, "0") || text_equal(low, "no");
    if (out->tls.any_name || text_equal(low, "true") || text_equal(low, "1") ||
        text_equal(low, "yes"))
        return OK;
    return fail(s, INVALID, "ssl_check_hostname is neither true nor false");
}

static fallible file_name(Scope *s, const char *value, const char **out)
{
    if (value[0] != '/')
        return fail(s, INVALID, "files of certificates are named by absolute paths");
    *out = value;
    return OK;
}

static Error *set_ca(Scope *s, const char *value, RedisAddress *out)
{
    return file_name(s, value, &out->tls.ca_file);
}

static Error *set_cert(Scope *s, const char *value, RedisAddress *out)
{
    return file_name(s, value, &out->tls.cert_file);
}

static Error *set_key(Scope *s, const char *value, RedisAddress *out)
{
    return file_name(s, value, &out->tls.key_file);
}

static Error *set_database(Scope *s, const char *value, RedisAddress *out)
{
    int64_t number = 0;

    if (*value && !text_integer(value, 0, DATABASE_MAX, &number))
        return fail(s, INVALID, "the database after the host is not a number, as in /0");
    out->database = (int)number;
    return OK;
}

static const Parameter parameters[] = {
    {"ssl_cert_reqs", true, set_cert_reqs}, {"ssl_check_hostname", true, set_check_hostname},
    {"ssl_ca_certs", true, set_ca},         {"ssl_certfile", true, set_cert},
    {"ssl_keyfile", true, set_key},         {"db", false, set_database},
    {"virtual_host", false, set_database},
};

static fallible set_parameter(Scope *s, const Pair *given, RedisAddress *out)
{
    for (size_t i = 0; i < COUNT_OF(parameters); i++) {
        if (!text_equal(parameters[i].name, given->name))
            continue;
        if (parameters[i].secure && !out->secure)
            return fail(s, INVALID, "%s is for TLS: begin the address with rediss://", given->name);
        return parameters[i].set(s, given->value, out);
    }
    return fail(
        s, INVALID,
        "the parameter %s is not known; there are ssl_cert_reqs, ssl_check_hostname, ssl_ca_certs, "
        "ssl_certfile, ssl_keyfile and db",
        text_head(s, text_clean(s, bytes_of(given->name), NULL), 40));
}

/* ---- Where ---- */

static fallible set_host(Scope *s, const Url *url, RedisAddress *out)
{
    if (text_empty(url->host))
        return fail(s, INVALID, "it names no host, as in %s://localhost:6379", url->scheme);
    out->secure = text_equal(url->scheme, "rediss");
    out->target.host = url->host;
    out->target.port = url_port(url);
    return set_database(s, *url->path == '/' ? url->path + 1 : url->path, out);
}

static fallible set_path(Scope *s, const Url *url, RedisAddress *out)
{
    if (!text_empty(url->host) || url->path[0] != '/')
        return fail(s, INVALID,
                    "a socket is named by three slashes and its path, as in %s:///run/redis.sock",
                    url->scheme);
    return percent_decode(s, bytes_of(url->path), &out->target.path);
}

static fallible read_parts(Scope *s, const char *text, RedisAddress *out)
{
    Url url;
    PairList query = {0};

    TRY(url_parse(s, text, &url));
    if (text_equal(url.scheme, "redis") || text_equal(url.scheme, "rediss"))
        TRY(set_host(s, &url, out));
    else if (text_equal(url.scheme, "unix") || text_equal(url.scheme, "redis+socket"))
        TRY(set_path(s, &url, out));
    else
        return fail(s, INVALID, "it begins with none of redis://, rediss://, unix://");
    out->user = text_empty(url.user) ? NULL : url.user;
    out->password = url.password;
    if (url.query)
        TRY(query_parse(s, bytes_of(url.query), &query));
    EACH (Pair, p, &query)
        TRY(set_parameter(s, p, out));
    if (out->tls.key_file && !out->tls.cert_file)
        return fail(s, INVALID, "ssl_keyfile needs ssl_certfile beside it");
    return OK;
}

Error *redis_address(Scope *s, const char *url, RedisAddress *out)
{
    RedisAddress address = {0};

    TRY_WHILE(read_parts(s, url ? url : "", &address), "the address of Redis");
    address.shown = text(s, "%s://%s",
                         address.secure        ? "rediss"
                         : address.target.host ? "redis"
                                               : "unix",
                         wire_target_shown(s, &address.target));
    *out = address;
    return OK;
}
