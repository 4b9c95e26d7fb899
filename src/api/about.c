/* Routes about this installation: its settings, and the agents it found. */

#include "api/api.h"
#include "model/operation_views.h"

static fallible not_yet(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    (void)api;
    (void)rq;
    (void)reply;
    return fail(s, UNSUPPORTED, "this version does not answer here");
}

const Route about_routes[] = {
    {HTTP_GET, "/v1/about", not_yet, .out = &about_view_type, .status = 200, .role = ROLE_VIEWER,
     .about = "The service itself; for administrators with its settings, secrets masked."},
    {HTTP_GET, "/v1/agents", not_yet, .out = &agents_view_type, .status = 200, .role = ROLE_VIEWER,
     .about = "Agent programs found on the server's machine, and what a message may be given to."},
    {0},
};
