/* A run as a page for reading only: HTML from the server, no scripts, nothing to press. All that comes
 * from outside is escaped, and the Content-Security-Policy lets nothing in but the page's own style. */
#pragma once

#include "net/http_server.h"
#include "store/store.h"

enum {
    PLAIN_FILES_MAX = 1000,         /* rows of the list of files */
    PLAIN_DIFF_BYTES_MAX = 1 << 20, /* of the patch; the page says when it is cut */
};

/* English or Japanese, by Accept-Language. MISSING when the tenant has no such run. */
fallible plain_answer(Scope *s, Tx *tx, const char *run_id, const HttpRequest *rq, HttpAnswer *out);

/* The same page without a run, status 404: whoever asks learns no more than that. */
void plain_missing(Scope *s, const HttpRequest *rq, HttpAnswer *out);
