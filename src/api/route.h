/* A route is a row: what it takes, what it gives, who may call it. The frame (api/dispatch.c) checks
 * the caller, decodes and validates before the handler, encodes after it, and turns errors into
 * answers, so that a handler holds only what the route is about.
 *
 *     static fallible task_show(Scope *s, Api *api, const Request *rq, Reply *reply)
 *     {
 *         TaskDetail detail = {0};
 *         TRY(task_detail(s, api->app->store, rq->caller, path_part(rq, "task_id"), &detail));
 *         return answer(reply, &detail);
 *     }
 *
 *     const Route task_routes[] = {
 *         {HTTP_GET, "/v1/tasks/{task_id}", task_show, .out = &task_detail_type, .status = 200,
 *          .role = ROLE_VIEWER, .about = "Show a task."},
 *         {0},
 *     };
 */
#pragma once

#include "model/views.h"
#include "net/http_server.h"

typedef struct Api Api;
typedef struct Route Route;

typedef struct Request {
    const HttpRequest *http;
    const Route *route;
    const Caller *caller;
    const void *body;  /* of route->in; NULL without one */
    const void *query; /* of route->query; NULL without one */
    PairList path;
} Request;

typedef struct Reply {
    Scope *s;
    const Route *route;
    HttpAnswer *http;
    Buffer body;
} Reply;

typedef Error *RouteHandler(Scope *s, Api *api, const Request *rq, Reply *reply);

struct Route {
    HttpMethod method;
    const char *path; /* "/v1/runs/{run_id}" */
    RouteHandler *handle;
    const Type *in, *query, *out;
    bool out_list; /* the answer is an array of out, or of texts when there is no out */
    int status;    /* of success */
    Role role;     /* the least that may call it; 0: nobody has to be known */
    bool creates;  /* takes Idempotency-Key; its handler uses create_begin and create_commit */
    const char
        *out_media; /* what it gives beside or instead of JSON: "text/plain", "text/event-stream" */
    const char *about;
    const int *fails; /* more statuses than the frame's own, ended by 0, for the API description */
};

/* The tables, in the order the API description lists them. */
extern const Route *const route_tables[];

/* The route and its path values, or NULL; *allowed then holds the methods of that path, if any. */
const Route *route_find(Scope *s, const HttpRequest *rq, PairList *path, TextList *allowed);

/* "GET". */
const char *route_method(const Route *route);

const char *path_part(const Request *rq, const char *name);

/* Encodes an object, or a list when the route says so, by the route's out type. */
fallible answer(Reply *reply, const void *object);
/* A success without a body. */
fallible answer_empty(Reply *reply);
