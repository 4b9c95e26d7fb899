/* Creating requests that may come twice. With an Idempotency-Key the key's row, the work and the
 * answer are one transaction: a crash in between leaves nothing, a repeat gets the same answer.
 *
 *     TRY(create_begin(s, api, rq, reply, &tx));
 *     if (!tx)
 *         return OK;                              // answered as before
 *     TRY(task_insert(s, tx, &task));
 *     return create_commit(s, tx, rq, reply, &task);
 */
#pragma once

#include "api/api.h"

fallible create_begin(Scope *s, Api *api, const Request *rq, Reply *reply, Tx **out);
/* Whether this request was answered before; for handlers with slow work before their transaction. */
fallible create_seen(Scope *s, Api *api, const Request *rq, Reply *reply, bool *seen);
/* Encodes the answer, keeps it under the key, commits. */
fallible create_commit(Scope *s, Tx *tx, const Request *rq, Reply *reply, const void *object);
