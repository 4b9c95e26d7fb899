/* The HTTP API and what serves it: listener, credential, event streams. */
#pragma once

#include "api/route.h"
#include "identity/local.h"
#include "net/streams.h"
#include "service/app.h"

typedef struct Hub Hub;

struct Api {
    App *app;
    HttpServer *server;
    LocalAuth *auth;
    Streams *streams;
    Hub *hub;
    TextList hosts;   /* of the Host header, without port */
    TextList origins; /* of the Origin header, beside the server's own */
    bool secure;      /* browsers come over TLS, by the public address */
};

/* Listens at the address of the settings. Closing s stops it within the grace of the settings. */
fallible api_open(Scope *s, App *app, Api **out);
int api_port(const Api *api);
/* PUBLIC/login#CODE, else http://localhost:PORT/login#CODE, with a new code. */
const char *api_login_address(Scope *s, Api *api);

/* Address and limits by the settings, without the number of workers. */
HttpServerSettings api_server_settings(Scope *s, const Settings *settings);

/* ---- The parts of the frame (api/dispatch.c puts them together) ---- */

/* The names by which this server may be asked, into api->hosts and api->origins. */
void guard_names(Scope *s, Api *api, const Settings *settings);

/* Who is asking: host and origin allowed, credential valid. *out is NULL for an open route. */
fallible guard_check(Scope *s, Api *api, const HttpRequest *rq, const Route *route,
                     const Caller **out);
/* Whose credential it is; UNIDENTIFIED without a valid one. */
fallible guard_identify(Scope *s, Api *api, const HttpRequest *rq, const Caller **out);
/* The name of the cookie: behind TLS one that nothing but this host over TLS can set (RFC 6265bis
 * 4.1.3.2). */
const char *guard_cookie(const Api *api);
bool guard_origin_allowed(const Api *api, const HttpRequest *rq, const char *origin);
/* The answer of an error: {"detail", "kind", "code", "params", "request_id"}. */
void error_answer(Scope *s, const HttpRequest *rq, const Error *e, HttpAnswer *out);
/* The headers of all answers. */
void dispatch_headers(Scope *s, const Api *api, const HttpRequest *rq, HttpAnswer *out);
Error *dispatch(Scope *s, void *api, const HttpRequest *rq, HttpAnswer *out);
void dispatch_failed(Scope *s, void *api, const HttpRequest *rq, const Error *e, HttpAnswer *out);
void dispatch_done(Scope *s, void *api, const HttpRequest *rq, const HttpOutcome *outcome);
/* The API description, OpenAPI 3.1, from the route tables. */
const char *openapi_text(Scope *s);
