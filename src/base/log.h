/* Log lines on standard error: one line an event, with the fields of the unit of work.
 *
 * Only the outermost function of a unit logs an error. Text is made printable; values of fields
 * marked SECRET never reach here because errors and fields never hold them. */
#pragma once

#include "base/error.h"

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR } LogLevel;

/* Both may be called at any time from any thread. */
void log_level(LogLevel least);
void log_json(bool json);
bool log_level_named(const char *name, LogLevel *out);

void log_line(Scope *s, LogLevel level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define log_debug(s, ...)   log_line(s, LOG_DEBUG, __VA_ARGS__)
#define log_info(s, ...)    log_line(s, LOG_INFO, __VA_ARGS__)
#define log_warning(s, ...) log_line(s, LOG_WARNING, __VA_ARGS__)

/* One line for a failed unit, at its kind's level, with the trace. Does nothing for NULL. */
void log_failure(Scope *s, const Error *e);
