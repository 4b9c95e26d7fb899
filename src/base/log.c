/* Log lines: written with one write each, so that lines of threads and processes never mix. */

#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"

static _Atomic int least_level = LOG_INFO;
static _Atomic bool as_json = false;

static const char *const level_names[] = {"debug", "info", "warning", "error"};

void log_level(LogLevel least)
{
    atomic_store(&least_level, (int)least);
}

void log_json(bool json)
{
    atomic_store(&as_json, json);
}

bool log_level_named(const char *name, LogLevel *out)
{
    for (size_t i = 0; i < COUNT_OF(level_names); i++) {
        if (strcasecmp(name, level_names[i]) == 0) {
            *out = (LogLevel)i;
            return true;
        }
    }
    return false;
}

/* Control characters would let a message forge lines or move a terminal's cursor. */
static void printable(Buffer *b, const char *t)
{
    for (; *t; t++) {
        if ((unsigned char)*t < ' ' || *t == 0x7f)
            buffer_format(b, "\\x%02x", (unsigned)(unsigned char)*t);
        else
            buffer_char(b, *t);
    }
}

static void write_json(Buffer *b, Scope *s, LogLevel level, const char *message)
{
    JsonWriter w = json_writer(b);

    json_open(&w, '{');
    json_key(&w, "time");
    json_put_text(&w, time_text(b->s, time_now()));
    json_key(&w, "level");
    json_put_text(&w, level_names[level]);
    json_key(&w, "unit");
    json_put_text(&w, scope_name(s));
    json_key(&w, "message");
    json_put_text(&w, text_clean(b->s, bytes_of(message), NULL));
    for (const ScopeField *f = scope_fields(s); f; f = f->next) {
        json_key(&w, f->name);
        json_put_text(&w, text_clean(b->s, bytes_of(f->value), NULL));
    }
    json_close(&w, '}');
}

static void write_text(Buffer *b, Scope *s, LogLevel level, const char *message)
{
    buffer_format(b, "%s %-7s %s: ", time_text(b->s, time_now()), level_names[level],
                  scope_name(s));
    printable(b, message);
    for (const ScopeField *f = scope_fields(s); f; f = f->next) {
        buffer_format(b, " %s=", f->name);
        printable(b, f->value);
    }
}

static void emit(Scope *s, LogLevel level, const char *message)
{
    if ((int)level < atomic_load(&least_level))
        return;
    SCOPE(tmp, s);
    Buffer b = buffer_in(tmp);
    if (atomic_load(&as_json))
        write_json(&b, s, level, message);
    else
        write_text(&b, s, level, message);
    buffer_char(&b, '\n');
    /* A log that cannot be written must not stop the work. */
    if (write(STDERR_FILENO, b.data, b.size) < 0)
        return;
}

void log_line(Scope *s, LogLevel level, const char *format, ...)
{
    va_list args;

    if ((int)level < atomic_load(&least_level))
        return;
    SCOPE(tmp, s);
    va_start(args, format);
    emit(s, level, text_v(tmp, format, args));
    va_end(args);
}

void log_failure(Scope *s, const Error *e)
{
    LogLevel level = LOG_ERROR;

    if (!e)
        return;
    log_level_named(error_kind(e->kind)->level, &level);
    SCOPE(tmp, s);
    Buffer b = buffer_in(tmp);
    buffer_format(&b, "%s: %s (", error_kind(e->kind)->name, e->message);
    for (int i = 0; i < e->trace_count; i++)
        buffer_format(&b, "%s%s:%d", i ? " < " : "", e->trace[i].function, e->trace[i].line);
    buffer_char(&b, ')');
    emit(s, level, buffer_string(&b));
}
