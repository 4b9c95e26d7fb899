/* Errors and the one table of their kinds. */

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

static const ErrorKindRow kinds[] = {
    {INVALID, "invalid", 400, false, "info"},
    {MALFORMED, "malformed", 422, false, "info"},
    {UNIDENTIFIED, "unidentified", 401, false, "info"},
    {DENIED, "denied", 403, false, "info"},
    {MISSING, "missing", 404, false, "info"},
    {CONFLICT, "conflict", 409, false, "info"},
    {TOO_LARGE, "too_large", 413, false, "info"},
    {LIMITED, "limited", 429, true, "warning"},
    {CANCELLED, "cancelled", 499, false, "info"},
    {TIMEOUT, "timeout", 504, true, "warning"},
    {UPSTREAM, "upstream", 502, false, "warning"},
    {UNAVAILABLE, "unavailable", 503, true, "warning"},
    {UNSUPPORTED, "unsupported", 501, false, "info"},
    {BUG, "bug", 500, false, "error"},
};

const ErrorKindRow *error_kind(ErrorKind kind)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i].kind == kind)
            return &kinds[i];
    return &kinds[COUNT_OF(kinds) - 1];
}

ErrorKind error_kind_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (text_equal(kinds[i].name, name))
            return kinds[i].kind;
    return 0;
}

Error *error_new(Scope *s, ErrorKind kind, const char *format, ...)
{
    Scope *home = scope_unit(s);
    Error *e = NEW(home, Error);
    va_list args;

    va_start(args, format);
    *e = (Error){.kind = kind, .message = text_v(home, format, args), .home = home};
    va_end(args);
    e->code = error_kind(kind)->name;
    return e;
}

Error *error_pass(Error *e, const char *function, int line)
{
    if (e->trace_count < ERROR_TRACE_MAX) {
        e->trace[e->trace_count].function = function;
        e->trace[e->trace_count++].line = line;
    }
    return e;
}

Error *error_while(Error *e, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    e->message = text(e->home, "%s: %s", text_v(e->home, format, args), e->message);
    va_end(args);
    return e;
}

Error *error_coded(Error *e, const char *code)
{
    e->code = code;
    return e;
}

Error *error_param(Error *e, const char *name, const char *value)
{
    ErrorParam *param = NEW(e->home, ErrorParam);

    *param = (ErrorParam){name, text_copy(e->home, value), e->params};
    e->params = param;
    return e;
}

Error *error_retry_after(Error *e, int64_t us)
{
    e->retry_after_us = us;
    return e;
}

Error *error_move(Scope *s, const Error *e)
{
    if (!e)
        return OK;
    Scope *home = scope_unit(s);
    Error *moved = COPY(home, (Error *)(uintptr_t)e);
    moved->home = home;
    moved->message = text_copy(home, e->message);
    moved->code = text_copy(home, e->code);
    moved->params = NULL;
    for (const ErrorParam *p = e->params; p; p = p->next)
        moved = error_param(moved, text_copy(home, p->name), p->value);
    const Issue **end = &moved->issues;
    for (const Issue *i = e->issues; i; i = i->next) {
        Issue *copy = NEW(home, Issue);
        *copy = (Issue){text_copy(home, i->type), text_copy(home, i->loc), text_copy(home, i->msg),
                        text_copy(home, i->ctx), NULL};
        *end = copy;
        end = &copy->next;
    }
    *end = NULL;
    return moved;
}

bool failed_as(const Error *e, ErrorKind kind)
{
    return e && e->kind == kind;
}

void error_drop(const Error *e, const char *why)
{
    (void)e;
    (void)why;
}
