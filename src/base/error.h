/* What can fail returns an Error pointer; NULL is success.
 *
 *     fallible task_get(Scope *s, Tx *tx, const char *id, Task *out);
 *
 *     TRY(task_get(s, tx, id, &task));                  // passes a failure up
 *     TRY_WHILE(mirror_fetch(s, m), "fetching %s", url); // and says what was being done
 *     return fail(s, MISSING, "no task %s", id);
 *
 *     Error *e = ref_read(s, repo, name, &oid);
 *     if (failed_as(e, MISSING))
 *         return OK;
 *     TRY(e);
 *
 * Errors live as long as the unit of work. Messages are lower-case phrases a person can act on and
 * never hold a secret. They are logged once, where the unit ends (log_failure in base/log.h).
 */
#pragma once

#include "base/scope.h"

typedef enum ErrorKind {
    INVALID = 1,  /* the request asks for something that cannot be */
    MALFORMED,    /* its shape is wrong; carries a list of issues */
    UNIDENTIFIED, /* no credential, or not a valid one */
    DENIED,       /* known, and not allowed */
    MISSING,      /* no such thing */
    CONFLICT,     /* true a moment ago, or somebody else has it */
    TOO_LARGE,    /* over a named limit */
    LIMITED,      /* too many for now: try later */
    CANCELLED,    /* somebody asked for the end */
    TIMEOUT,      /* the deadline passed */
    UPSTREAM,     /* an outside system answered with a failure that will stay */
    UNAVAILABLE,  /* an outside system, or a part of ours, is away for now */
    UNSUPPORTED,  /* understood, and not done here */
    BUG,          /* ours */
} ErrorKind;

/* What one field of a MALFORMED input did wrong, in the form FastAPI made known. */
typedef struct Issue {
    const char *type; /* "missing", "json_invalid", "string_type", "enum" … */
    const char *loc;  /* JSON array text: ["body","repo_id"] */
    const char *msg;
    const char *ctx; /* JSON object of the bounds that it does not keep; NULL: none */
    const struct Issue *next;
} Issue;

/* A named value of a coded error, for pages that translate it. */
typedef struct ErrorParam {
    const char *name;
    const char *value;
    const struct ErrorParam *next;
} ErrorParam;

enum { ERROR_TRACE_MAX = 8 };

typedef struct Error {
    ErrorKind kind;
    const char *message;
    const char *code; /* stable word for translation; the kind's name unless said otherwise */
    const ErrorParam *params;
    const Issue *issues;
    int64_t retry_after_us; /* 0: not said */
    Scope *home;
    int trace_count;
    struct {
        const char *function;
        int line;
    } trace[ERROR_TRACE_MAX];
} Error;

#define fallible __attribute__((warn_unused_result)) Error *
#define OK       ((Error *)NULL)

#define TRY(call)                                                                                  \
    do {                                                                                           \
        Error *try_error = (call);                                                                 \
        if (__builtin_expect(try_error != NULL, 0))                                                \
            return error_pass(try_error, __func__, __LINE__);                                      \
    } while (0)

#define TRY_WHILE(call, ...)                                                                       \
    do {                                                                                           \
        Error *try_error = (call);                                                                 \
        if (__builtin_expect(try_error != NULL, 0))                                                \
            return error_pass(error_while(try_error, __VA_ARGS__), __func__, __LINE__);            \
    } while (0)

#define fail(s, kind, ...) error_pass(error_new(s, kind, __VA_ARGS__), __func__, __LINE__)
/* The same with a stable code of its own. */
#define fail_code(s, kind, code, ...)                                                              \
    error_pass(error_coded(error_new(s, kind, __VA_ARGS__), code), __func__, __LINE__)

fallible error_new(Scope *s, ErrorKind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4), returns_nonnull));
fallible error_pass(Error *e, const char *function, int line) __attribute__((returns_nonnull));
/* Puts "what was being done: " before the message. */
fallible error_while(Error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
fallible error_coded(Error *e, const char *code) __attribute__((returns_nonnull));
fallible error_param(Error *e, const char *name, const char *value)
    __attribute__((returns_nonnull));
fallible error_retry_after(Error *e, int64_t us) __attribute__((returns_nonnull));
/* Copies an error of another unit, which is about to close, into s. NULL stays NULL. */
fallible error_move(Scope *s, const Error *e);

bool failed_as(const Error *e, ErrorKind kind);
/* Says that a failure is fine here, and why. */
void error_drop(const Error *e, const char *why);

/* What the rest of the program needs to know about a kind. */
typedef struct ErrorKindRow {
    ErrorKind kind;
    const char *name;  /* in JSON */
    int status;        /* HTTP */
    bool retry;        /* may a job be tried again */
    const char *level; /* "error", "warning", "info" */
} ErrorKindRow;

const ErrorKindRow *error_kind(ErrorKind kind);
/* 0 when no kind has that name. */
ErrorKind error_kind_named(const char *name);

/* CANCELLED or TIMEOUT once the scope's end has come. */
fallible scope_check(Scope *s);

struct pollfd;
/* Waits for one of the descriptors, the time, or the scope's end. Negative time: no limit of its
 * own. *ready counts descriptors with events, 0 after the time. Fails with CANCELLED or TIMEOUT. */
fallible scope_poll(Scope *s, struct pollfd *fds, size_t count, int64_t timeout_us, int *ready);
fallible scope_sleep(Scope *s, int64_t us);
