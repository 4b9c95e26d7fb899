/* One request through libcurl, for http_client.c only. */
#pragma once

#include <curl/curl.h>

#include "net/http_client.h"

/* A handle with its own open connections; one call has it at a time. */
typedef struct HttpLine {
    CURLM *multi;
    CURL *easy;
    struct HttpLine *next; /* in the client's list of idle ones */
} HttpLine;

typedef struct Transfer {
    Scope *s;
    const HttpClientSettings *settings;
    const HttpCall *call;
    HttpReply reply;
    Buffer body;
    size_t header_bytes;
    int64_t began, connected_at, last_at; /* last_at: of the last bytes that came */
    bool headers_done;
    Error *failure; /* of a callback */
    char details[CURL_ERROR_SIZE];
} Transfer;

/* "POST https://host/path" */
const char *http_shown(Scope *s, const HttpCall *call);
fallible transfer_run(Transfer *t, HttpLine *line);
/* ---- http_setup.c ---- */
fallible transfer_set_up(Transfer *t, CURL *easy, struct curl_slist **headers);
