/* COPY: rows as a stream, in or out. Pipeline mode has none, so it is left meanwhile. */

#include <poll.h>

#include "store/postgres.h"

#define CLEARED __attribute__((cleanup(clear_result)))
#define FREED   __attribute__((cleanup(free_message)))

static void clear_result(PGresult **result)
{
    PQclear(*result);
}

static void free_message(char **message)
{
    PQfreemem(*message);
}

/* ---- In ---- */

/* Sends what libpq holds; what the server says meanwhile is taken, so that neither waits for the other. */
static fallible flush(Scope *s, PostgresConnection *c)
{
    int unsent, ready;

    while ((unsent = PQflush(c->pg)) > 0) {
        struct pollfd fd = {.fd = PQsocket(c->pg), .events = POLLIN | POLLOUT};
        TRY(scope_poll(s, &fd, 1, -1, &ready));
        if (fd.revents & ~POLLOUT && !PQconsumeInput(c->pg))
            break;
    }
    return unsent ? postgres_lost(s, c, "talking to the database") : OK;
}

static fallible send_in(Scope *s, PostgresConnection *c, Bytes data)
{
    while (data.size) {
        size_t size = data.size < PG_STREAM_CHUNK ? data.size : PG_STREAM_CHUNK;
        if (PQputCopyData(c->pg, data.data, (int)size) != 1)
            return postgres_lost(s, c, "talking to the database");
        TRY(flush(s, c));
        data = (Bytes){data.data + size, data.size - size};
    }
    if (PQputCopyEnd(c->pg, NULL) != 1)
        return postgres_lost(s, c, "talking to the database");
    return flush(s, c);
}

/* ---- Out ---- */

static fallible take_out(Scope *s, PostgresConnection *c, const CopyStream *stream)
{
    for (;;) {
        SCOPE(tmp, s);
        FREED char *message = NULL;
        int size = PQgetCopyData(c->pg, &message, true);
        if (size == 0)
            TRY(postgres_wait(s, c));
        else if (size > 0)
            TRY(stream->out(stream->arg, tmp, (Bytes){message, (size_t)size}));
        else
            return size == -1 ? OK : postgres_lost(s, c, "talking to the database");
    }
}

/* ---- Both ---- */

static fallible next_result(Scope *s, PostgresConnection *c, PGresult **out)
{
    while (PQisBusy(c->pg))
        TRY(postgres_wait(s, c));
    *out = PQgetResult(c->pg);
    return OK;
}

/* The server's own failure is kept while its results are read to their end. */
static fallible converse(Scope *s, PostgresConnection *c, const CopyStream *stream)
{
    Error *failure = OK;

    for (;;) {
        CLEARED PGresult *result = NULL;
        TRY(next_result(s, c, &result));
        if (!result)
            return failure;
        switch (PQresultStatus(result)) {
        case PGRES_COPY_IN:
            TRY(send_in(s, c, stream->in));
            break;
        case PGRES_COPY_OUT:
            TRY(take_out(s, c, stream));
            break;
        case PGRES_COMMAND_OK:
            break;
        default:
            failure = failure ? failure : postgres_failure(s, c, result, "copying rows");
            if (c->broken)
                return failure;
        }
    }
}

fallible postgres_stream(Scope *s, PostgresConnection *c, const CopyStream *stream)
{
    if (!PQexitPipelineMode(c->pg) || !PQsendQuery(c->pg, stream->sql))
        return postgres_lost(s, c, "talking to the database");
    Error *e = converse(s, c, stream);
    if (PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) != PQTRANS_ACTIVE &&
        PQenterPipelineMode(c->pg))
        return e;
    c->broken = true; /* a stream that was left in its middle */
    return e ? e : postgres_lost(s, c, "talking to the database");
}
