/* The web application: files that were built before the program and packed into it.
 *
 * What stands below /assets/ has its hash in its name and never changes; each other path that a browser
 * asks for as a page gives index.html, and the application there reads the path. The files hold nothing
 * secret and are given to anybody who may ask this server at all. */
#pragma once

#include "api/api.h"

typedef enum WebCoding { WEB_PLAIN, WEB_BROTLI, WEB_GZIP, WEB_CODINGS } WebCoding;

typedef struct WebFile {
    const char *path;
    const char *media;
    const char *tag;            /* of the plain content */
    Bytes content[WEB_CODINGS]; /* no bytes: not there in that coding */
    bool hashed;                /* its name changes with its content */
} WebFile;

/* Ended by one without a path; none when the program was built without its pages (tools/pack.py). */
extern const WebFile web_files[];

/* Whether a person's browser asks for a page, not a program for data. */
bool web_by_browser(const HttpRequest *rq);
/* Whether the request is for the application: a GET or HEAD of a file, or of a page by a browser. */
bool web_wanted(const HttpRequest *rq);
/* MISSING when there is no such file, or there are no pages in this program. */
fallible web_answer(Scope *s, const HttpRequest *rq, HttpAnswer *out);
