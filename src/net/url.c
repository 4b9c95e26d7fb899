/* Taking URLs apart and putting them together. */

#include "net/url.h"

#include <ctype.h>
#include <arpa/inet.h>

static const struct {
    const char *scheme;
    int port;
} scheme_ports[] = {
    {"http", 80},     {"https", 443},       {"redis", 6379},
    {"rediss", 6380}, {"postgresql", 5432}, {"postgres", 5432},
};

static const char *cut(Scope *s, const char *from, const char *to)
{
    return text_of(s, (Bytes){from, (size_t)(to - from)});
}

static Error *invalid(Scope *s, const char *what)
{
    return fail(s, INVALID, "not a valid url: %s", what);
}

/* Visible ASCII only, and each percent sign with two hex digits. */
static fallible check_characters(Scope *s, const char *t)
{
    if (strlen(t) > URL_MAX)
        return fail(s, INVALID, "not a valid url: longer than %d bytes", URL_MAX);
    for (const unsigned char *c = (const unsigned char *)t; *c; c++) {
        if (*c <= ' ' || *c >= 0x7f || *c == '"' || *c == '<' || *c == '>' || *c == '\\')
            return invalid(s, "it holds a character that must be percent-encoded");
        if (*c == '%' && !(isxdigit(c[1]) && isxdigit(c[2])))
            return invalid(s, "a percent sign without two hex digits");
    }
    return OK;
}

static fallible parse_scheme(Scope *s, const char **at, Url *out)
{
    const char *end = *at;

    while (isalnum((unsigned char)*end) || *end == '+' || *end == '-' || *end == '.')
        end++;
    if (*end != ':' || !isalpha((unsigned char)**at))
        return invalid(s, "it must begin with a scheme such as https://");
    out->scheme = text_lower(s, cut(s, *at, end));
    *at = end + 1;
    return OK;
}

static fallible parse_user(Scope *s, const char *from, const char *to, Url *out)
{
    const char *colon = memchr(from, ':', (size_t)(to - from));
    const char *user_end = colon ? colon : to;

    TRY(percent_decode(s, (Bytes){from, (size_t)(user_end - from)}, &out->user));
    if (colon)
        TRY(percent_decode(s, (Bytes){colon + 1, (size_t)(to - colon - 1)}, &out->password));
    return OK;
}

static fallible parse_port(Scope *s, const char *from, const char *to, Url *out)
{
    int64_t port;

    if (from == to)
        return OK; /* RFC 3986 3.2.3: an empty port is none */
    if (!isdigit((unsigned char)*from) || !text_integer(cut(s, from, to), 1, 65535, &port))
        return invalid(s, "its port is not a number within 1 to 65535");
    out->port = (int)port;
    return OK;
}

static fallible parse_ipv6(Scope *s, const char **at, const char *end, Url *out)
{
    const char *close = memchr(*at, ']', (size_t)(end - *at));
    struct in6_addr address;

    if (!close)
        return invalid(s, "a '[' without its ']'");
    out->host = text_lower(s, cut(s, *at + 1, close));
    if (inet_pton(AF_INET6, out->host, &address) != 1)
        return invalid(s, "what is in brackets is not an IPv6 address");
    *at = close + 1;
    return OK;
}

static fallible parse_name(Scope *s, const char **at, const char *end, Url *out)
{
    const char *from = *at;

    while (*at < end && **at != ':') {
        if (!isalnum((unsigned char)**at) && !strchr("-._", **at))
            return invalid(s, "its host may have letters, digits, '-', '.' and '_' only");
        (*at)++;
    }
    out->host = text_lower(s, cut(s, from, *at));
    return OK;
}

static fallible parse_authority(Scope *s, const char *from, const char *end, Url *out)
{
    const char *sign = memrchr(from, '@', (size_t)(end - from));
    const char *at = sign ? sign + 1 : from;

    if (sign)
        TRY(parse_user(s, from, sign, out));
    if (at < end && *at == '[')
        TRY(parse_ipv6(s, &at, end, out));
    else
        TRY(parse_name(s, &at, end, out));
    if (at == end)
        return OK;
    if (*at != ':')
        return invalid(s, "only a port may follow the host");
    return parse_port(s, at + 1, end, out);
}

Error *url_parse(Scope *s, const char *t, Url *out)
{
    Url url = {0};
    const char *at = t;

    TRY(check_characters(s, t));
    TRY(parse_scheme(s, &at, &url));
    if (text_starts(at, "//")) {
        const char *end = at + 2 + strcspn(at + 2, "/?#");
        TRY(parse_authority(s, at + 2, end, &url));
        at = end;
    }
    const char *path_end = at + strcspn(at, "?#");
    url.path = cut(s, at, path_end);
    if (*path_end == '?')
        url.query = cut(s, path_end + 1, path_end + strcspn(path_end, "#"));
    const char *sharp = strchr(path_end, '#');
    if (sharp)
        url.fragment = text_copy(s, sharp + 1);
    *out = url;
    return OK;
}

static void add_host(Buffer *b, const Url *url)
{
    buffer_format(b, strchr(url->host, ':') ? "[%s]" : "%s", url->host);
    if (url->port)
        buffer_format(b, ":%d", url->port);
}

const char *url_text(Scope *s, const Url *url)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "%s:", url->scheme);
    if (url->host) {
        buffer_text(&b, "//");
        if (url->user)
            buffer_text(&b, percent_encode(s, url->user));
        if (url->password)
            buffer_format(&b, ":%s", percent_encode(s, url->password));
        if (url->user || url->password)
            buffer_char(&b, '@');
        add_host(&b, url);
    }
    buffer_text(&b, url->path);
    if (url->query)
        buffer_format(&b, "?%s", url->query);
    if (url->fragment)
        buffer_format(&b, "#%s", url->fragment);
    return buffer_string(&b);
}

int url_port(const Url *url)
{
    if (url->port)
        return url->port;
    for (size_t i = 0; i < COUNT_OF(scheme_ports); i++)
        if (text_equal(scheme_ports[i].scheme, url->scheme))
            return scheme_ports[i].port;
    return 0;
}

const char *url_shown(Scope *s, const char *t)
{
    Url url;
    Error *e = url_parse(s, t ? t : "", &url);

    if (e) {
        error_drop(e, "what cannot be parsed is not shown, since it may hold a secret");
        return "(no valid url)";
    }
    Buffer b = buffer_in(s);
    buffer_format(&b, "%s:", url.scheme);
    if (url.host) {
        buffer_text(&b, "//");
        add_host(&b, &url);
    }
    buffer_text(&b, url.path);
    return buffer_string(&b);
}

const char *url_join(Scope *s, const char *base, const char *path)
{
    size_t size = strlen(base);

    while (size && base[size - 1] == '/')
        size--;
    while (*path == '/')
        path++;
    return text(s, "%.*s/%s", (int)size, base, path);
}
