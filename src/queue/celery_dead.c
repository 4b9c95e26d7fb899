/* Dead letters: what is kept of them, and what whoever waits for the result is told. */

#include "queue/celery_parts.h"

CeleryReason celery_reason(const CeleryMessage *message)
{
    return (CeleryReason){name_of(celery_fault_names, message->fault), message->reason};
}

/* Beside the reason the message itself, as it came, so that it can be sent again. */
Bytes celery_dead_record(Scope *s, const CeleryDeadLetter *letter)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);
    bool readable = utf8_valid(letter->envelope);

    json_open(&w, '{');
    json_member_text(&w, "reason", letter->why.word);
    json_member_text(&w, "said", letter->why.said);
    json_member_text(&w, "at", time_text(s, time_now()));
    json_member_text(&w, "queue", letter->queue);
    json_member_text(&w, "id", letter->message->id);
    json_member_text(&w, "task", letter->message->task);
    json_key(&w, readable ? "envelope" : "envelope_base64");
    if (readable)
        json_put_bytes(&w, letter->envelope);
    else
        json_put_text(&w, base64(s, letter->envelope));
    json_close(&w, '}');
    return buffer_view(&b);
}

/* The exception is one that stock clients know. */
Error *celery_dead_result(Scope *s, Celery *c, const CeleryDeadLetter *letter)
{
    const CeleryMessage *m = letter->message;
    bool lost = text_equal(letter->why.word, "deliveries"), stored;

    if (!m->id || m->ignore_result)
        return OK;
    CeleryResult result = {
        .status = CELERY_FAILURE,
        .task_id = m->id,
        .date_done = time_now(),
        .group_id = m->group,
        .parent_id = m->parent_id,
        .exception = celery_exception(s, lost ? "billiard.exceptions" : "celery.exceptions",
                                      lost ? "WorkerLostError" : "InvalidTaskError",
                                      text(s, "%s: %s", letter->why.word, letter->why.said)),
    };
    return celery_result_store(s, c, &result, &stored);
}

Error *celery_bury(Scope *s, Celery *c, const CeleryClaim *claim, CeleryReason why, bool *held)
{
    SCOPE(tmp, s);
    const CeleryDeadLetter letter = {claim->queue, why, claim->envelope, &claim->message};
    const CeleryMove move = {.key = celery_dead_key(tmp, &c->o.keys, claim->queue),
                             .command = "LPUSH",
                             .first = celery_dead_record(tmp, &letter)};

    /* Told first: if this process dies in between, both are done again. */
    TRY(celery_dead_result(tmp, c, &letter));
    return celery_leave(s, c, &(CeleryLeave){.token = claim->token, .moves = &move, .count = 1},
                        held);
}
