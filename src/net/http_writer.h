/* An answer that a worker writes piece by piece on a socket taken over from the server: chunked,
 * closed at its end. It holds its worker for as long as it lasts, so it is for servers with few
 * clients (brokers, scripted servers); streams.h serves many.
 *
 *     HttpWriter *out;
 *     TRY(http_writer_open(s, rq, 200, &headers, &out));
 *     TRY(http_write(s, out, piece));                      // waits within the scope's deadline
 *     return http_writer_end(s, out);                      // without it the client sees a cut answer
 */
#pragma once

#include "net/http_server.h"

typedef struct HttpWriter HttpWriter;

fallible http_writer_open(Scope *s, const HttpRequest *rq, int status, const PairList *headers,
                          HttpWriter **out);
/* UNAVAILABLE when the client is gone. */
fallible http_write(Scope *s, HttpWriter *writer, Bytes piece);
fallible http_writer_end(Scope *s, HttpWriter *writer);
/* Closes at once with a reset, so that the client sees a broken connection. */
void http_writer_reset(HttpWriter *writer);
/* The same in place of any answer. */
fallible http_reset(Scope *s, const HttpRequest *rq);
