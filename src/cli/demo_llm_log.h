/* The demo server's log: a JSON line for each request. */
#pragma once

#include "net/http_server.h"
#include "sys/thread.h"

typedef struct DemoLog {
    Mutex mutex;
    const char *path; /* NULL: no log */
} DemoLog;

/* {"time","method","path","headers":{…},"body":…,"answered":"…"}; keys in headers are masked, and the
 * query, which may hold one, is left out. */
fallible demo_log_write(Scope *s, DemoLog *log, const HttpRequest *rq, const char *answered);
