/* Idempotency-Key around a handler's own transaction. */

#include "api/create.h"

#include "store/idempotency.h"
#include "sys/crypto.h"

static const char *key_of(const Request *rq)
{
    return rq->route->creates ? header_get(&rq->http->headers, "Idempotency-Key") : NULL;
}

static const char *hash_of(Scope *s, const Request *rq)
{
    Hash *hash = hash_open(s);

    hash_add(hash, bytes_of(text(s, "%s %s\n", rq->http->method_name, rq->http->path)));
    hash_add(hash, rq->http->body);
    Sha256 sum = hash_sum(hash);
    return hex(s, sha256_view(&sum));
}

static void answer_again(Scope *s, Reply *reply, const KeptAnswer *kept)
{
    reply->http->status = (int)kept->status;
    reply->http->body = bytes_of(kept->body);
    http_answer_header(s, reply->http, "Content-Type", "application/json");
    http_answer_header(s, reply->http, "Idempotency-Replayed", "true");
}

Error *create_begin(Scope *s, Api *api, const Request *rq, Reply *reply, Tx **out)
{
    const char *key = key_of(rq);
    KeptAnswer kept = {0};

    TRY(tx_write(s, api->app->store, rq->caller, out));
    if (!key)
        return OK;
    TRY(idempotency_begin(s, *out, &(IdempotentRequest){key, hash_of(s, rq)}, &kept));
    if (!kept.status)
        return OK;
    TRY(tx_commit(s, *out));
    answer_again(s, reply, &kept);
    *out = NULL;
    return OK;
}

Error *create_seen(Scope *s, Api *api, const Request *rq, Reply *reply, bool *seen)
{
    SCOPE(tmp, s);
    Tx *tx;

    *seen = false;
    if (!key_of(rq))
        return OK;
    /* Rolled back at the end of tmp: only the transaction with the work may take the key. */
    TRY(tx_write(tmp, api->app->store, rq->caller, &tx));
    KeptAnswer kept = {0};
    TRY(idempotency_begin(s, tx, &(IdempotentRequest){key_of(rq), hash_of(s, rq)}, &kept));
    *seen = kept.status != 0;
    if (*seen)
        answer_again(s, reply, &kept);
    return OK;
}

Error *create_commit(Scope *s, Tx *tx, const Request *rq, Reply *reply, const void *object)
{
    TRY(answer(reply, object));
    if (key_of(rq))
        TRY(idempotency_finish(s, tx, key_of(rq), reply->route->status,
                               buffer_string(&reply->body)));
    return tx_commit(s, tx);
}
