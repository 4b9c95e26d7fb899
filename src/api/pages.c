/* The way in, and the door of the application: plain files embedded in the program. */

#include "api/pages.h"

#include "api/plain_words.h"
#include "api/web.h"
#include "sys/crypto.h"

extern const Bytes page_login, page_login_ja, page_login_css, page_login_js;

static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
                             "'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
                             "frame-ancestors 'none'";

static const struct {
    const char *path;
    const Bytes *content, *japanese; /* NULL: the same in every language */
    const char *media;
} files[] = {
    {"/login", &page_login, &page_login_ja, "text/html; charset=utf-8"},
    {"/page/login.css", &page_login_css, NULL, "text/css; charset=utf-8"},
    {"/page/login.js", &page_login_js, NULL, "text/javascript; charset=utf-8"},
};

static fallible file(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    bool japanese =
        plain_language(s, header_get(&rq->http->headers, "Accept-Language")) == PLAIN_JAPANESE;

    (void)api;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (!text_equal(files[i].path, rq->http->path))
            continue;
        Bytes content = *(japanese && files[i].japanese ? files[i].japanese : files[i].content);
        const char *tag = text(s, "\"%.20s\"", sha256_hex(s, content));
        http_answer_header(s, reply->http, "Content-Type", files[i].media);
        http_answer_header(s, reply->http, "Content-Security-Policy", policy);
        http_answer_header(s, reply->http, "Cache-Control", "no-cache");
        http_answer_header(s, reply->http, "ETag", tag);
        if (files[i].japanese)
            http_answer_header(s, reply->http, "Vary", "Accept-Language");
        reply->http->status =
            text_equal(header_get(&rq->http->headers, "If-None-Match"), tag) ? 304 : 200;
        if (reply->http->status == 200)
            reply->http->body = content;
        reply->http->body_lasts = true;
        return OK;
    }
    return fail(s, MISSING, "Not Found");
}

/* What the predecessor said here to programs; people get the application. */
static fallible home(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    ServiceInfo info = {"dursor API", DURSOR_VERSION, NULL, "/openapi.json"};
    const Caller *caller;

    if (web_wanted(rq->http))
        return web_answer(s, rq->http, reply->http);
    TRY(guard_identify(s, api, rq->http, &caller));
    return answer(reply, &info);
}

/* ends: in seconds. */
static void set_cookie(Reply *reply, const Api *api, const char *value, int64_t ends)
{
    Scope *s = reply->s;

    http_answer_header(s, reply->http, "Set-Cookie",
                       text(s, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
                            guard_cookie(api), value, (long long)ends,
                            api->secure ? "; Secure" : ""));
    http_answer_header(s, reply->http, "Cache-Control", "no-store");
}

/* The code was in the fragment of the printed address; the page posts it. */
static fallible login(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const LoginCode *in = rq->body;
    const char *cookie;

    TRY(local_login(s, api->auth, in->code, &cookie));
    set_cookie(reply, api, cookie, SESSION_COOKIE_S);
    return answer_empty(reply);
}

static fallible logout(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    (void)s;
    (void)rq;
    set_cookie(reply, api, "", 0);
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
    {HTTP_POST, "/logout", logout, .status = 204, .about = "Take the cookie away."},
    {HTTP_POST, "/v1/login-codes", new_code, .out = &login_code_type, .status = 201,
     .role = ROLE_ADMIN,
     .about = "Make a login code: opened as /login#CODE within ten minutes, once."},
    {HTTP_GET, "/page/{file}", file, .status = 200, .out_media = "text/javascript",
     .about = "Parts of the way in."},
    {0},
};
