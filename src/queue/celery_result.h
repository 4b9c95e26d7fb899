/* What the result backend holds of a task: a JSON object, stored and published under one key
 * (celery/backends/base.py). Ours are read by stock clients, and theirs by us. */
#pragma once

#include "base/json.h"

enum { CELERY_RESULT_MAX = 16 << 20 /* bytes of a payload */ };

/* A ready state is final for whoever waits; a waiting client sees no other. */
#define CELERY_STARTED "STARTED"
#define CELERY_SUCCESS "SUCCESS"
#define CELERY_FAILURE "FAILURE"
#define CELERY_RETRY   "RETRY"
#define CELERY_REVOKED "REVOKED"

bool celery_ready(const char *status);
/* FAILURE, RETRY and REVOKED carry an exception in the place of a result. */
bool celery_failed(const char *status);

typedef struct CeleryException {
    const char *type;   /* "ValueError"; NULL: none, as of a retry without a cause */
    const char *module; /* "builtins"; NULL: the client makes a class of the type's name */
    Json message;       /* an array of the exception's arguments */
} CeleryException;

/* One argument, a text. */
CeleryException celery_exception(Scope *s, const char *module, const char *type, const char *said);

typedef struct CeleryResult {
    const char *status; /* one of the above, or a name of the task's own, like PROGRESS */
    const char *task_id;
    Json result; /* of states without exception; {NULL} is null. Data of users is first
                                * shown to celery_values_plain */
    CeleryException exception; /* of the others */
    const char *traceback;
    Json children;  /* [[[id, parent], [children] or null] …]; {NULL}: none */
    Time date_done; /* of ready states */
    const char *group_id, *parent_id;
    /* Of result_extended; name NULL: left out. */
    const char *name, *worker, *queue;
    Json args, kwargs;
    int64_t retries;
} CeleryResult;

/* STARTED's result: who runs it. */
Json celery_started_by(Scope *s, int64_t pid, const char *hostname);

void celery_result_write(Buffer *b, const CeleryResult *result);
/* INVALID when a stock client could not read it either. What is optional may be absent. */
fallible celery_result_read(Scope *s, Bytes payload, CeleryResult *out);
