/* Who may come in. A page of another site cannot: the Host must be ours (DNS rebinding), an Origin
 * must be ours or allowed, the cookie is SameSite=Strict. There is no open mode. */

#include "api/api.h"

/* Without the port, in lower case; NULL when a bracket is never closed. */
static const char *host_name(Scope *s, const char *host)
{
    size_t size = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");

    return size <= strlen(host) ? text_lower(s, text_of(s, (Bytes){host, size})) : NULL;
}

void guard_names(Scope *s, Api *api, const Settings *settings)
{
    static const char *const loopback[] = {"localhost", "127.0.0.1", "[::1]"};

    for (size_t i = 0; i < COUNT_OF(loopback); i++)
        texts_add(s, &api->hosts, loopback[i]);
    EACH (const char *, host, &settings->allowed_hosts)
        texts_add(s, &api->hosts, text_lower(s, *host));
    EACH (const char *, origin, &settings->allowed_origins)
        texts_add(s, &api->origins, *origin);
    if (settings->public_url) {
        texts_add(s, &api->origins, settings->public_url);
        texts_add(s, &api->hosts, host_name(s, strstr(settings->public_url, "://") + 3));
        api->secure = text_starts(settings->public_url, "https://");
    }
}

const char *guard_cookie(const Api *api)
{
    return api->secure ? "__Host-" SESSION_COOKIE : SESSION_COOKIE;
}

static bool host_allowed(Scope *s, const Api *api, const char *host)
{
    const char *name = host_name(s, host);

    return name && texts_have(&api->hosts, name);
}

bool guard_origin_allowed(const Api *api, const HttpRequest *rq, const char *origin)
{
    const char *host = header_get(&rq->headers, "Host"), *after = strstr(origin, "://");

    /* Behind a front door that ends TLS our own pages are https. The Host was checked to be ours. */
    bool own = after && text_equal(after + 3, host) &&
               (text_starts(origin, "http://") || text_starts(origin, "https://"));
    return own || texts_have(&api->origins, origin);
}

static const char *cookie_value(Scope *s, const char *cookies, const char *name)
{
    if (!cookies)
        return NULL;
    TextList parts = text_split(s, cookies, ';');
    const char *start = text(s, "%s=", name);
    EACH (const char *, part, &parts) {
        const char *trimmed = text_trim(s, *part);
        if (text_starts(trimmed, start))
            return trimmed + strlen(start);
    }
    return NULL;
}

static const char *bearer(const HttpRequest *rq)
{
    const char *value = header_get(&rq->headers, "Authorization");

    return value && strncasecmp(value, "Bearer ", 7) == 0 ? value + 7 : NULL;
}

static bool known(Scope *s, const Api *api, const HttpRequest *rq)
{
    return local_bearer_valid(api->auth, bearer(rq)) ||
           local_cookie_valid(
               s, api->auth,
               cookie_value(s, header_get(&rq->headers, "Cookie"), guard_cookie(api)));
}

Error *guard_identify(Scope *s, Api *api, const HttpRequest *rq, const Caller **out)
{
    if (!known(s, api, rq))
        return fail_code(s, UNIDENTIFIED, "not_signed_in",
                         "not signed in: open the address that 'dursor serve' printed, or send the "
                         "bearer token that "
                         "'dursor token' prints");
    *out = &local_caller;
    return OK;
}

Error *guard_check(Scope *s, Api *api, const HttpRequest *rq, const Route *route,
                   const Caller **out)
{
    const char *host = header_get(&rq->headers, "Host"),
               *origin = header_get(&rq->headers, "Origin");

    if (!host || !host_allowed(s, api, host))
        return fail_code(s, DENIED, "host_not_allowed",
                         "this server does not answer for that Host: use localhost, or add it to "
                         "DURSOR_ALLOWED_HOSTS");
    if (origin && !guard_origin_allowed(api, rq, origin))
        return fail_code(s, DENIED, "origin_not_allowed",
                         "pages of that origin may not call this server: add it to "
                         "DURSOR_ALLOWED_ORIGINS if they should");
    *out = NULL;
    if (route && !route->role)
        return OK;
    TRY(guard_identify(s, api, rq, out));
    if (route && route->role > (*out)->role)
        return fail_code(s, DENIED, "role_missing", "your role may not do this");
    return OK;
}
