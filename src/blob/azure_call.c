/* One request until it has an answer: what is for now is asked again, with the pause the service asks for. */

#include "base/id.h"
#include "blob/azure_parts.h"
#include "blob/azure_read.h"
#include "sys/crypto.h"

AzureRequest azure_request(Scope *s, const AzureBlobs *azure, const char *method, const char *path)
{
    AzureRequest rq = {.method = method, .path = text(s, "%s%s", azure->base_path, path)};

    pairs_add(s, &rq.headers, "x-ms-version", AZURE_VERSION);
    return rq;
}

/* ---- What an answer means ---- */

typedef struct AnswerRow {
    int status;       /* 0: any */
    const char *code; /* with which x-ms-error-code begins */
    ErrorKind kind;
    const char *own; /* code of the error */
    bool again;
} AnswerRow;

/* The first that fits. */
static const AnswerRow answers[] = {
    {0, "FeatureNotSupported", UNSUPPORTED, NULL, false},
    {409, "Lease", CONFLICT, BLOB_LEASED, false},
    {412, "Lease", CONFLICT, BLOB_LEASED, false},
    {409, "BlobArchived", UNAVAILABLE, BLOB_ARCHIVED, false},
    {409, "BlobBeingRehydrated", UNAVAILABLE, BLOB_ARCHIVED, false},
    {409, "ContainerBeingDeleted", UNAVAILABLE, NULL, true},
    {409, "", CONFLICT, NULL, false},
    {412, "", CONFLICT, NULL, false},
    {400, "InvalidBlockList", CONFLICT, NULL, false},
    {400, "Md5Mismatch", UNAVAILABLE, NULL, true},
    {404, "", MISSING, NULL, false},
    {401, "", DENIED, NULL, false},
    {403, "", DENIED, NULL, false},
    {408, "", TIMEOUT, NULL, true},
    {413, "", TOO_LARGE, NULL, false},
    {429, "", LIMITED, NULL, true},
    {500, "", UNAVAILABLE, NULL, true},
    {502, "", UNAVAILABLE, NULL, true},
    {503, "", UNAVAILABLE, NULL, true},
    {504, "", TIMEOUT, NULL, true},
    {0, "", UPSTREAM, NULL, false},
};

static const AnswerRow *row_of(int status, const char *code)
{
    const AnswerRow *row = answers;

    while ((row->status && row->status != status) || !text_starts(code, row->code))
        row++;
    return row;
}

static int64_t asked_pause(const PairList *headers)
{
    const char *ms = header_get(headers, "x-ms-retry-after-ms");
    int64_t number, pause = http_retry_after(headers);

    if (ms && text_integer(ms, 0, AZURE_PAUSE_MAX_US / US_PER_MS, &number))
        pause = number * US_PER_MS;
    return pause < AZURE_PAUSE_MAX_US ? pause : AZURE_PAUSE_MAX_US;
}

static bool good(const HttpReply *reply)
{
    return reply->status >= 200 && reply->status < 300;
}

Error *azure_expect(Scope *s, const AzureRequest *rq, const HttpReply *reply)
{
    const char *code = azure_error_code(s, &reply->headers);

    if (good(reply))
        return OK;
    const AnswerRow *row = row_of(reply->status, code);
    Error *e = error_new(s, row->kind, "%s %s: Azure answered %d%s%s", rq->method, rq->path,
                         reply->status, *code ? " " : "", code);
    if (row->own)
        e = error_coded(e, row->own);
    return error_retry_after(e, asked_pause(&reply->headers));
}

/* ---- Sending ---- */

typedef struct Answering {
    Piece *into;
    bool good;
    Buffer rest; /* the body of an error */
} Answering;

static Error *on_started(Scope *s, void *to, const HttpReply *reply)
{
    Answering *a = to;

    (void)s;
    a->good = good(reply);
    a->into->size = 0;
    return OK;
}

static Error *on_piece(Scope *s, void *to, Bytes piece)
{
    Answering *a = to;

    if (!a->good)
        return OK; /* the header says what is wrong */
    if (piece.size > a->into->capacity - a->into->size)
        return fail(s, UPSTREAM, "Azure sent more than was asked for");
    memcpy(a->into->data + a->into->size, piece.data, piece.size);
    a->into->size += piece.size;
    return OK;
}

static fallible md5_check(Scope *s, const Piece *piece, const HttpReply *reply)
{
    const char *md5 = header_get(&reply->headers, "Content-MD5");

    if (!good(reply) || !md5 || text_equal(md5, md5_base64(s, (Bytes){piece->data, piece->size})))
        return OK;
    return fail(s, UNAVAILABLE, "what Azure sent does not fit its MD5");
}

static fallible send_once(Scope *s, AzureBlobs *azure, const AzureRequest *asked, Piece *into,
                          HttpReply *out)
{
    AzureRequest rq = *asked;
    Answering answering = {.into = into};

    /* The list grows: it needs memory of its own. */
    rq.headers = (PairList){0};
    EACH (Pair, p, &asked->headers)
        pairs_add(s, &rq.headers, p->name, p->value);
    pairs_add(s, &rq.headers, "x-ms-client-request-id", id_new(s));
    TRY(azure_prove(s, azure, &rq));
    HttpCall call = {.method = rq.method,
                     .url = azure_url(s, azure, &rq),
                     .headers = rq.headers,
                     .body = rq.body,
                     .first_byte_us = 4 * azure->quiet_us,
                     .idle_us = azure->quiet_us,
                     .answer_max = AZURE_XML_MAX};
    if (into) {
        call.started = on_started;
        call.take = on_piece;
        call.to = &answering;
    }
    TRY(http_call(s, azure->client, &call, out));
    return into ? md5_check(s, into, out) : OK;
}

static bool transient(Scope *s, AzureBlobs *azure, const Error *e, const HttpReply *reply)
{
    if (e)
        return failed_as(e, UNAVAILABLE) || (failed_as(e, TIMEOUT) && scope_remaining(s) > 0);
    if (reply->status == 401 && azure->token) {
        azure_forget_token(azure);
        return true;
    }
    return !good(reply) && row_of(reply->status, azure_error_code(s, &reply->headers))->again;
}

/* A random part of a limit that doubles, on top of what the service asked for. */
static int64_t pause_after(const AzureBlobs *azure, int tries, int64_t asked)
{
    int64_t limit = azure->pause_us << (tries - 1);
    uint32_t random;

    random_bytes(&random, sizeof random);
    if (limit > AZURE_PAUSE_MAX_US)
        limit = AZURE_PAUSE_MAX_US;
    return asked + limit / 2 + (int64_t)((double)limit / 2 * random / UINT32_MAX);
}

Error *azure_call(Scope *s, AzureBlobs *azure, const AzureRequest *rq, Piece *into, HttpReply *out)
{
    for (int tries = 1;; tries++) {
        HttpReply reply = {0};
        Error *e = send_once(s, azure, rq, into, &reply);
        if (!transient(s, azure, e, &reply) || tries == AZURE_TRIES) {
            TRY(e);
            *out = reply;
            return OK;
        }
        int64_t pause = pause_after(azure, tries, e ? 0 : asked_pause(&reply.headers));
        if (pause >= scope_remaining(s)) { /* the failure says more than the deadline */
            TRY(e);
            *out = reply;
            return OK;
        }
        TRY(scope_sleep(s, pause));
    }
}
