/* Finding routes, and encoding what they answer. */

#include "api/route.h"

#include "base/json.h"

static const Name method_names[] = {{HTTP_GET, "GET"},       {HTTP_POST, "POST"},
                                    {HTTP_PUT, "PUT"},       {HTTP_PATCH, "PATCH"},
                                    {HTTP_DELETE, "DELETE"}, {0}};

/* "{run_id}" takes any one segment. */
static bool segment_fits(const char *pattern, size_t size, const char *segment)
{
    return pattern[0] == '{' || (strlen(segment) == size && memcmp(pattern, segment, size) == 0);
}

static bool path_fits(const char *pattern, const TextList *segments)
{
    size_t i = 0;

    for (; *pattern == '/'; i++) {
        size_t size = strcspn(++pattern, "/");
        if (!size && !*pattern)
            break;
        if (i == segments->count || !segment_fits(pattern, size, segments->items[i]))
            return false;
        pattern += size;
    }
    return i == segments->count;
}

const char *route_method(const Route *route)
{
    return name_of(method_names, route->method);
}

static PairList path_values(Scope *s, const char *pattern, const TextList *segments)
{
    PairList values = {0};

    for (size_t i = 0; i < segments->count; i++) {
        size_t size = strcspn(++pattern, "/");
        if (*pattern == '{')
            pairs_add(s, &values, text_of(s, (Bytes){pattern + 1, size - 2}), segments->items[i]);
        pattern += size;
    }
    return values;
}

const Route *route_find(Scope *s, const HttpRequest *rq, PairList *path, TextList *allowed)
{
    HttpMethod method = rq->method == HTTP_HEAD ? HTTP_GET : rq->method;

    for (const Route *const *table = route_tables; *table; table++) {
        for (const Route *route = *table; route->path; route++) {
            if (!path_fits(route->path, &rq->segments))
                continue;
            if (route->method == method) {
                *path = path_values(s, route->path, &rq->segments);
                return route;
            }
            texts_add(s, allowed, route_method(route));
        }
    }
    return NULL;
}

const char *path_part(const Request *rq, const char *name)
{
    return pairs_get(&rq->path, name);
}

Error *answer(Reply *reply, const void *object)
{
    reply->body = buffer_in(reply->s);
    if (reply->route->out_list)
        json_write_list(&reply->body, reply->route->out, object);
    else
        json_write(&reply->body, reply->route->out, object);
    http_answer_header(reply->s, reply->http, "Content-Type", "application/json");
    reply->http->status = reply->route->status;
    reply->http->body = buffer_view(&reply->body);
    return OK;
}

Error *answer_empty(Reply *reply)
{
    reply->http->status = reply->route->status;
    return OK;
}
