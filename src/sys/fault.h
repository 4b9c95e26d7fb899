/* Failures of system calls as errors.
 *
 *     if (fd < 0)
 *         return fail_errno(s, errno, "opening %s", path);   // "opening /x: no such file or directory"
 *
 * ENOENT is MISSING, EACCES and EPERM are DENIED, EEXIST is CONFLICT, a used-up limit of the process
 * is LIMITED, a full disk and everything else that may pass is UNAVAILABLE, a path that cannot be is
 * INVALID.
 */
#pragma once

#include <errno.h>

#include "base/error.h"

#define fail_errno(s, number, ...)                                                                 \
    error_pass(errno_error(s, number, __VA_ARGS__), __func__, __LINE__)

fallible errno_error(Scope *s, int number, const char *format, ...)
    __attribute__((format(printf, 3, 4), returns_nonnull));

/* A descriptor that s closes. */
void close_with(Scope *s, int fd);
