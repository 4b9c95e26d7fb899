/* The API description, written from the route tables and the types they name: what is here cannot
 * differ from what is served. OpenAPI 3.1. */

#include <assert.h>

#include "api/api.h"
#include "api/tagged.h"
#include "base/json.h"

enum { TYPES_MAX = 200 };

/* The types met on the way, each described once. */
typedef struct Schemas {
    const Type *types[TYPES_MAX];
    bool input[TYPES_MAX]; /* met in what is sent, not in what is answered */
    size_t count;
} Schemas;

static void schemas_note(Schemas *all, const Type *type, bool input)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->types[i] == type)
            return;
    assert(all->count < TYPES_MAX);
    all->input[all->count] = input;
    all->types[all->count++] = type;
}

static void reference(JsonWriter *w, Schemas *all, const Type *type, bool input)
{
    schemas_note(all, type, input);
    json_open(w, '{');
    json_key(w, "$ref");
    json_put_text(w, text(w->b->s, "#/components/schemas/%s", type->name));
    json_close(w, '}');
}

static void write_names(JsonWriter *w, const Field *f, bool nullable)
{
    json_key(w, "enum");
    json_open(w, '[');
    for (const Name *n = f->names; n->name; n++)
        json_put_text(w, n->name);
    if (nullable)
        json_put_null(w);
    json_close(w, ']');
}

static const char *json_type_of(FieldKind kind)
{
    switch (kind) {
    case FIELD_INT:
    case FIELD_OPT_INT:
        return "integer";
    case FIELD_REAL:
    case FIELD_OPT_REAL:
        return "number";
    case FIELD_BOOL:
        return "boolean";
    case FIELD_TEXTS:
    case FIELD_ENUMS:
    case FIELD_LIST:
        return "array";
    default:
        return "string";
    }
}

static void write_bounds(JsonWriter *w, const Field *f)
{
    if (!f->least && !f->most)
        return;
    bool number = f->kind == FIELD_INT || f->kind == FIELD_OPT_INT;
    bool array = text_equal(json_type_of(f->kind), "array");
    /* Texts are measured in bytes: as characters the bound is an upper one. */
    json_key(w, number ? "minimum" : array ? "minItems" : "minLength");
    json_put_int(w, f->least);
    json_key(w, number ? "maximum" : array ? "maxItems" : "maxLength");
    json_put_int(w, f->most);
}

static void write_items(JsonWriter *w, Schemas *all, const Field *f, bool input)
{
    json_key(w, "items");
    if (f->kind == FIELD_LIST) {
        reference(w, all, f->type, input);
        return;
    }
    json_open(w, '{');
    json_key(w, "type");
    json_put_text(w, "string");
    if (f->kind == FIELD_ENUMS)
        write_names(w, f, false);
    json_close(w, '}');
}

/* Whether null may stand for the value. */
static bool nullable(const Field *f)
{
    bool always = f->kind == FIELD_INT || f->kind == FIELD_REAL || f->kind == FIELD_BOOL ||
                  f->kind == FIELD_TEXTS || f->kind == FIELD_ENUMS || f->kind == FIELD_LIST;

    return !(f->flags & REQUIRED) && !always;
}

static void write_preset(JsonWriter *w, const Field *f)
{
    if (!f->preset)
        return;
    json_key(w, "default");
    if (text_equal(json_type_of(f->kind), "string"))
        json_put_text(w, f->preset);
    else
        json_put_raw(w, f->preset);
}

static void write_property(JsonWriter *w, Schemas *all, const Field *f, bool input)
{
    bool null = input ? !(f->flags & REQUIRED) : nullable(f);

    if (f->kind == FIELD_OBJECT) {
        reference(w, all, f->type, input);
        return;
    }
    json_open(w, '{');
    if (f->kind != FIELD_JSON) {
        json_key(w, "type");
        if (null)
            json_open(w, '[');
        json_put_text(w, json_type_of(f->kind));
        if (null) {
            json_put_text(w, "null");
            json_close(w, ']');
        }
    }
    if (f->kind == FIELD_ENUM)
        write_names(w, f, null);
    if (f->kind == FIELD_TIME) {
        json_key(w, "format");
        json_put_text(w, "date-time");
    }
    if (text_equal(json_type_of(f->kind), "array"))
        write_items(w, all, f, input);
    write_bounds(w, f);
    write_preset(w, f);
    if (f->about) {
        json_key(w, "description");
        json_put_text(w, f->about);
    }
    json_close(w, '}');
}

static bool shown(const Field *f)
{
    return !(f->flags & NO_JSON);
}

static void write_properties(JsonWriter *w, Schemas *all, const Type *type, bool input)
{
    for (const Field *f = type->fields; f->name; f++) {
        if (!shown(f) || (f->flags & SECRET && !input))
            continue;
        if (f->flags & FLAT) {
            write_properties(w, all, f->type, input);
            continue;
        }
        json_key(w, f->name);
        write_property(w, all, f, input);
    }
}

/* Output always has every key; input only what it must. */
static void write_required(JsonWriter *w, const Type *type, bool input)
{
    for (const Field *f = type->fields; f->name; f++) {
        if (!shown(f) || (f->flags & SECRET && !input))
            continue;
        if (f->flags & FLAT)
            write_required(w, f->type, input);
        else if (!input || (f->flags & REQUIRED && !f->preset))
            json_put_text(w, f->name);
    }
}

static void write_schema(JsonWriter *w, Schemas *all, size_t which)
{
    const Type *type = all->types[which];
    bool input = all->input[which];

    json_key(w, type->name);
    json_open(w, '{');
    json_key(w, "type");
    json_put_text(w, "object");
    json_key(w, "description");
    json_put_text(w, type->about);
    json_key(w, "properties");
    json_open(w, '{');
    write_properties(w, all, type, input);
    json_close(w, '}');
    json_key(w, "required");
    json_open(w, '[');
    write_required(w, type, input);
    json_close(w, ']');
    json_close(w, '}');
}

static void write_content(JsonWriter *w, const char *media)
{
    json_key(w, "content");
    json_open(w, '{');
    json_key(w, media);
    json_open(w, '{');
    json_key(w, "schema");
}

static void close_content(JsonWriter *w)
{
    json_close(w, '}');
    json_close(w, '}');
}

static void write_array(JsonWriter *w, Schemas *all, const Type *type)
{
    json_open(w, '{');
    json_key(w, "type");
    json_put_text(w, "array");
    json_key(w, "items");
    reference(w, all, type, false);
    json_close(w, '}');
}

static void write_media(JsonWriter *w, const char *media)
{
    json_key(w, media);
    /* A stream has no whole that a schema could describe. */
    json_put_raw(w, text_equal(media, "text/event-stream") ? "{}"
                                                           : "{\"schema\":{\"type\":\"string\"}}");
}

/* JSON by its type, or another medium, or either of both. */
static void write_success(JsonWriter *w, Schemas *all, const Route *route)
{
    json_key(w, text(w->b->s, "%d", route->status));
    json_open(w, '{');
    json_key(w, "description");
    json_put_text(w, route->about);
    if (route->out) {
        write_content(w, "application/json");
        if (route->out_list)
            write_array(w, all, route->out);
        else
            reference(w, all, route->out, false);
        json_close(w, '}');
        if (route->out_media)
            write_media(w, route->out_media);
        json_close(w, '}');
    } else if (route->out_list) { /* of texts */
        write_content(w, "application/json");
        json_put_raw(w, "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}");
        json_close(w, '}');
        json_close(w, '}');
    } else if (route->out_media) {
        json_key(w, "content");
        json_open(w, '{');
        write_media(w, route->out_media);
        json_close(w, '}');
    }
    json_close(w, '}');
}

/* A route of pages may say it as a page. */
static void write_failure(JsonWriter *w, const Route *route, int status, const char *about)
{
    json_key(w, text(w->b->s, "%d", status));
    json_open(w, '{');
    json_key(w, "description");
    json_put_text(w, about);
    write_content(w, "application/json");
    json_put_raw(w, "{\"$ref\":\"#/components/schemas/Failure\"}");
    json_close(w, '}');
    if (text_equal(route->out_media, "text/html"))
        write_media(w, route->out_media);
    json_close(w, '}');
    json_close(w, '}');
}

static bool always(const Route *route)
{
    (void)route;
    return true;
}

static bool names_something(const Route *route)
{
    return strchr(route->path, '{') != NULL;
}

static bool guarded(const Route *route)
{
    return route->role != 0;
}

static bool takes_input(const Route *route)
{
    return route->in || route->query;
}

static bool takes_body(const Route *route)
{
    return route->in != NULL;
}

static bool takes_key(const Route *route)
{
    return route->creates;
}

/* What the frame and the listener may answer to any request of a kind. */
static const struct {
    int status;
    bool (*may)(const Route *route);
    const char *about;
} frame_failures[] = {
    {400, always, "The request cannot be read, or what it asks for cannot be."},
    {401, guarded, "No valid credential."},
    {403, always, "The Host, the Origin or the role is not allowed here."},
    {404, names_something, "There is no such thing."},
    {409, takes_key, "The Idempotency-Key came with another request, or that one is under way."},
    {413, takes_body, "The body is too large."},
    {422, takes_input, "The input's shape is wrong; detail lists where."},
    {429, always, "Too much for now: see Retry-After."},
    {431, always, "The headers, with the address, are too large."},
    {503, always, "A part is away for now: see Retry-After."},
    {504, always, "The time for the request is over."},
};

static bool frame_says(const Route *route, int status)
{
    for (size_t i = 0; i < COUNT_OF(frame_failures); i++)
        if (frame_failures[i].status == status && frame_failures[i].may(route))
            return true;
    return false;
}

static void write_failures(JsonWriter *w, const Route *route)
{
    for (size_t i = 0; i < COUNT_OF(frame_failures); i++)
        if (frame_failures[i].may(route))
            write_failure(w, route, frame_failures[i].status, frame_failures[i].about);
    if (tagged(route)) {
        json_key(w, "304");
        json_put_raw(w, "{\"description\":\"It is still what If-None-Match names.\"}");
    }
    json_key(w, "414"); /* said before there is a request: without a body */
    json_put_raw(w, "{\"description\":\"The address is too long.\"}");
    for (const int *status = route->fails; status && *status; status++)
        if (!frame_says(route, *status))
            write_failure(w, route, *status, "See detail.");
}

static void write_parameter(JsonWriter *w, const char *name, const char *in)
{
    json_open(w, '{');
    json_key(w, "name");
    json_put_text(w, name);
    json_key(w, "in");
    json_put_text(w, in);
    json_key(w, "required");
    json_put_bool(w, text_equal(in, "path"));
    json_key(w, "schema");
}

static void write_parameters(JsonWriter *w, Schemas *all, const Route *route)
{
    json_key(w, "parameters");
    json_open(w, '[');
    for (const char *at = strchr(route->path, '{'); at; at = strchr(at + 1, '{')) {
        write_parameter(w, text_of(w->b->s, (Bytes){at + 1, strcspn(at, "}") - 1}), "path");
        json_put_raw(w, "{\"type\":\"string\"}");
        json_close(w, '}');
    }
    for (const Field *f = route->query ? route->query->fields : NULL; f && f->name; f++) {
        write_parameter(w, f->name, "query");
        write_property(w, all, f, false);
        json_close(w, '}');
    }
    if (route->creates) {
        write_parameter(w, "Idempotency-Key", "header");
        json_put_raw(w, "{\"type\":\"string\",\"minLength\":1,\"maxLength\":255}");
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void write_operation(JsonWriter *w, Schemas *all, const Route *route)
{
    json_key(w, text_lower(w->b->s, route_method(route)));
    json_open(w, '{');
    json_key(w, "summary");
    json_put_text(w, route->about);
    json_key(w, "operationId");
    json_put_text(w, text(w->b->s, "%s %s", route_method(route), route->path));
    if (!route->role)
        json_key(w, "security"), json_put_raw(w, "[]");
    write_parameters(w, all, route);
    if (route->in) {
        json_key(w, "requestBody");
        json_open(w, '{');
        json_key(w, "required");
        json_put_bool(w, true);
        write_content(w, "application/json");
        reference(w, all, route->in, true);
        close_content(w);
        json_close(w, '}');
    }
    json_key(w, "responses");
    json_open(w, '{');
    write_success(w, all, route);
    write_failures(w, route);
    json_close(w, '}');
    json_close(w, '}');
}

/* True for the first route of its path: the others are written with it. */
static bool first_of_path(const Route *wanted)
{
    for (const Route *const *table = route_tables; *table; table++)
        for (const Route *route = *table; route->path; route++)
            if (text_equal(route->path, wanted->path))
                return route == wanted;
    return true;
}

static void write_paths(JsonWriter *w, Schemas *all)
{
    json_key(w, "paths");
    json_open(w, '{');
    for (const Route *const *table = route_tables; *table; table++) {
        for (const Route *route = *table; route->path; route++) {
            if (!first_of_path(route))
                continue;
            json_key(w, route->path);
            json_open(w, '{');
            for (const Route *const *t = route_tables; *t; t++)
                for (const Route *same = *t; same->path; same++)
                    if (text_equal(same->path, route->path))
                        write_operation(w, all, same);
            json_close(w, '}');
        }
    }
    json_close(w, '}');
}

static const char failure_schema[] =
    "{\"type\":\"object\",\"required\":[\"detail\",\"kind\",\"code\",\"params\",\"request_id\"],"
    "\"properties\":{"
    "\"detail\":{\"description\":\"A sentence, or for 422 a list of what is wrong where.\"},"
    "\"kind\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},"
    "\"params\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},"
    "\"request_id\":{\"type\":\"string\"}}}";

const char *openapi_text(Scope *s)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);
    Schemas all = {0};

    json_open(&w, '{');
    json_key(&w, "openapi");
    json_put_text(&w, "3.1.0");
    json_key(&w, "info");
    json_put_raw(&w, "{\"title\":\"dursor API\",\"version\":\"" DURSOR_VERSION
                     "\",\"license\":{\"name\":\"MIT\"}}");
    json_key(&w, "security");
    json_put_raw(&w, "[{\"bearer\":[]},{\"cookie\":[]}]");
    write_paths(&w, &all);
    json_key(&w, "components");
    json_open(&w, '{');
    json_key(&w, "securitySchemes");
    json_put_raw(&w, "{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"cookie\":{\"type\":"
                     "\"apiKey\",\"in\":\"cookie\","
                     "\"name\":\"" SESSION_COOKIE "\"}}");
    json_key(&w, "schemas");
    json_open(&w, '{');
    for (size_t i = 0; i < all.count; i++) /* grows while types are described */
        write_schema(&w, &all, i);
    json_key(&w, "Failure");
    json_put_raw(&w, failure_schema);
    json_close(&w, '}');
    json_close(&w, '}');
    json_close(&w, '}');
    return buffer_string(&b);
}
