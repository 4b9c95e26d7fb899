/* Who may come in. */

#include "test/api/given.h"

typedef struct Visit {
    const char *path;
    const char *headers; /* "%s" stands for the bearer line */
    int status;
    const char *code;
} Visit;

static fallible visits(Scope *s, World *w, const Visit *all, size_t count)
{
    Front *front;
    const char *answer;

    TRY(given_front(s, w, &front));
    for (size_t i = 0; i < count; i++) {
        const char *bearer = strstr(all[i].headers, "BEARER");
        const char *headers =
            bearer ? text(s, "%.*s%s%s", (int)(bearer - all[i].headers), all[i].headers,
                          bearer_line(s, front), bearer + strlen("BEARER"))
                   : all[i].headers;
        TRY(front_get(s, front, all[i].path, headers, &answer));
        if (status_of(s, answer) != all[i].status)
            return fail(s, BUG, "%s with %s gave %s", all[i].path, all[i].headers, answer);
        if (all[i].code)
            CHECK_HAS(answer, text(s, "\"code\":\"%s\"", all[i].code));
    }
    return OK;
}

static fallible hosts(Scope *s, World *w)
{
    static const Visit all[] = {
        {"/v1/tasks", "Host: localhost:8000\r\nBEARER", 200, NULL},
        {"/v1/tasks", "Host: 127.0.0.1\r\nBEARER", 200, NULL},
        {"/v1/tasks", "Host: [::1]:8000\r\nBEARER", 200, NULL},
        {"/v1/tasks", "Host: LocalHost\r\nBEARER", 200, NULL},
        {"/v1/tasks", "Host: dursor.example\r\nBEARER", 200, NULL},
        {"/v1/tasks", "Host: evil.example\r\nBEARER", 403, "host_not_allowed"},
        {"/v1/tasks", "Host: localhost.evil.example\r\nBEARER", 403, "host_not_allowed"},
        {"/v1/tasks", "Host: [::1\r\nBEARER", 403, "host_not_allowed"},
        {"/healthz", "Host: evil.example\r\n", 403, "host_not_allowed"},
    };

    return visits(s, w, all, COUNT_OF(all));
}

TEST(only_hosts_that_are_ours_are_answered)
{
    return world_test(s, ON_SQLITE, hosts);
}

static fallible origins(Scope *s, World *w)
{
    static const Visit all[] = {
        {"/v1/tasks", "Host: localhost:8000\r\nOrigin: http://localhost:8000\r\nBEARER", 200, NULL},
        {"/v1/tasks", "Host: localhost\r\nOrigin: https://friend.example\r\nBEARER", 200, NULL},
        {"/v1/tasks", "Host: localhost\r\nOrigin: https://evil.example\r\nBEARER", 403,
         "origin_not_allowed"},
        {"/v1/tasks", "Host: localhost:8000\r\nOrigin: http://localhost:9000\r\nBEARER", 403,
         "origin_not_allowed"},
        {"/v1/tasks", "Host: localhost\r\nOrigin: null\r\nBEARER", 403, "origin_not_allowed"},
        {"/healthz", "Host: localhost\r\nOrigin: https://evil.example\r\n", 403,
         "origin_not_allowed"},
    };

    return visits(s, w, all, COUNT_OF(all));
}

TEST(only_pages_of_allowed_origins_may_call)
{
    return world_test(s, ON_SQLITE, origins);
}

static fallible credentials(Scope *s, World *w)
{
    static const Visit all[] = {
        {"/v1/tasks", "Host: localhost\r\n", 401, "not_signed_in"},
        {"/v1/nothing", "Host: localhost\r\n", 401, "not_signed_in"},
        {"/v1/tasks", "Host: localhost\r\nAuthorization: Bearer \r\n", 401, "not_signed_in"},
        {"/v1/tasks", "Host: localhost\r\nAuthorization: Basic Og==\r\n", 401, "not_signed_in"},
        {"/v1/tasks", "Host: localhost\r\nCookie: dursor_session=\r\n", 401, "not_signed_in"},
        {"/v1/tasks", "Host: localhost\r\nCookie: dursor_session=a.b.c\r\n", 401, "not_signed_in"},
        {"/healthz", "Host: localhost\r\n", 200, NULL},
        {"/v1/nothing", "Host: localhost\r\nBEARER", 404, "path_unknown"},
    };

    return visits(s, w, all, COUNT_OF(all));
}

TEST(without_a_valid_credential_there_is_nothing_to_see)
{
    return world_test(s, ON_SQLITE, credentials);
}

static fallible cookie(Scope *s, World *w)
{
    Front *front;
    const char *value, *answer;

    TRY(given_front(s, w, &front));
    TRY(local_login(s, front->api->auth, local_login_code(s, front->api->auth), &value));
    TRY(front_get(
        s, front, "/v1/tasks",
        text(s, "Host: localhost\r\nCookie: other=1; dursor_session=%s; last=2\r\n", value),
        &answer));
    CHECK_EQ(status_of(s, answer), 200);
    TRY(front_get(s, front, "/v1/tasks",
                  text(s, "Host: localhost\r\nCookie: dursor_session=%sx\r\n", value), &answer));
    CHECK_EQ(status_of(s, answer), 401);
    return OK;
}

TEST(a_cookie_of_ours_lets_a_browser_in_among_others)
{
    return world_test(s, ON_SQLITE, cookie);
}

static const char *asks_before(Scope *s, const char *origin)
{
    return text(s,
                "OPTIONS /v1/tasks HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\n"
                "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n",
                origin);
}

static fallible preflight(Scope *s, World *w)
{
    Front *front;
    const char *answer;

    TRY(given_front(s, w, &front));
    TRY(ask(s, front->port, asks_before(s, "https://friend.example"), &answer));
    CHECK_EQ(status_of(s, answer), 204);
    CHECK_HAS(answer, "Access-Control-Allow-Origin: https://friend.example\r\n");
    TRY(ask(s, front->port, asks_before(s, "https://evil.example"), &answer));
    CHECK_EQ(status_of(s, answer), 403);
    CHECK(!strstr(answer, "Access-Control-Allow-Origin"));
    return OK;
}

TEST(a_browser_may_ask_before_it_calls_only_from_allowed_origins)
{
    return world_test(s, ON_SQLITE, preflight);
}
