/* The pages, embedded in the program: plain files that use the API like any other client. */

#include "api/pages.h"

#include "sys/crypto.h"

extern const Bytes page_index, page_login, page_css, page_js, page_login_js;

static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
                             "'self'; img-src 'self' data:; "
                             "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

static const struct {
    const char *path;
    const Bytes *content;
    const char *media;
} files[] = {
    {"/", &page_index, "text/html; charset=utf-8"},
    {"/login", &page_login, "text/html; charset=utf-8"},
    {"/page/page.css", &page_css, "text/css; charset=utf-8"},
    {"/page/page.js", &page_js, "text/javascript; charset=utf-8"},
    {"/page/login.js", &page_login_js, "text/javascript; charset=utf-8"},
};

static fallible file(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    (void)api;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (!text_equal(files[i].path, rq->http->path))
            continue;
        const char *tag = text(s, "\"%.20s\"", sha256_hex(s, *files[i].content));
        http_answer_header(s, reply->http, "Content-Type", files[i].media);
        http_answer_header(s, reply->http, "Content-Security-Policy", policy);
        http_answer_header(s, reply->http, "Cache-Control", "no-cache");
        http_answer_header(s, reply->http, "ETag", tag);
        reply->http->status =
            text_equal(header_get(&rq->http->headers, "If-None-Match"), tag) ? 304 : 200;
        if (reply->http->status == 200)
            reply->http->body = *files[i].content;
        reply->http->body_lasts = true;
        return OK;
    }
    return fail(s, MISSING, "Not Found");
}

/* What the predecessor said here to programs; people get the page. */
static fallible home(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const char *accept = header_get(&rq->http->headers, "Accept");
    const Caller *caller;

    if (!accept || !strstr(accept, "text/html")) {
        ServiceInfo info = {"dursor API", DURSOR_VERSION, NULL, "/openapi.json"};
        TRY(guard_identify(s, api, rq->http, &caller));
        return answer(reply, &info);
    }
    if (guard_identify(s, api, rq->http, &caller)) { /* nobody yet: the way in */
        reply->http->status = 303;
        http_answer_header(s, reply->http, "Location", "/login");
        return OK;
    }
    return file(s, api, rq, reply);
}

/* The code was in the fragment of the printed address; the page posts it. */
static fallible login(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const LoginCode *in = rq->body;
    const char *cookie;

    TRY(local_login(s, api->auth, in->code, &cookie));
    http_answer_header(s, reply->http, "Set-Cookie",
                       text(s,
                            SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld",
                            cookie, (long long)SESSION_COOKIE_S));
    http_answer_header(s, reply->http, "Cache-Control", "no-store");
    return answer_empty(reply);
}

/* For a program of the same user: dursor token --login. */
static fallible new_code(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    LoginCode code = {local_login_code(s, api->auth)};

    (void)rq;
    http_answer_header(s, reply->http, "Cache-Control", "no-store");
    return answer(reply, &code);
}

static const Type login_code_type = TYPE(LoginCode, "The code of a login address.",
                                         FIELD(LoginCode, code, REQUIRED, .least = 1, .most = 200));
static const Type service_info_type =
    TYPE(ServiceInfo, "What this is.", FIELD(ServiceInfo, name, REQUIRED),
         FIELD(ServiceInfo, version, REQUIRED), FIELD(ServiceInfo, docs),
         FIELD(ServiceInfo, openapi, REQUIRED));

static const int unidentified[] = {401, 0};

const Route page_routes[] = {
    {HTTP_GET, "/", home, .out = &service_info_type, .status = 200,
     .about = "The application, or to programs what this is."},
    {HTTP_GET, "/login", file, .status = 200, .out_media = "text/html",
     .about = "The way in for browsers."},
    {HTTP_POST, "/login", login, .in = &login_code_type, .status = 204, .fails = unidentified,
     .about = "Trade a login code for a cookie."},
    {HTTP_POST, "/v1/login-codes", new_code, .out = &login_code_type, .status = 201,
     .role = ROLE_ADMIN,
     .about = "Make a login code: opened as /login#CODE within ten minutes, once."},
    {HTTP_GET, "/page/{file}", file, .status = 200, .out_media = "text/javascript",
     .about = "Parts of the pages."},
    {0},
};
