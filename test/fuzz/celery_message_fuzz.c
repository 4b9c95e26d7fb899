/* Celery's envelopes: a fault or a whole message, and what is restored is the same message. */

#include "queue/celery_message.h"
#include "test/fuzz/fuzz.h"

static void check_whole(const CeleryMessage *m)
{
    FUZZ_CHECK(m->id && m->task && m->tag && m->exchange && m->routing_key);
    FUZZ_CHECK(json_is_array(m->args) && json_is_object(m->kwargs));
    FUZZ_CHECK(m->priority >= 0 && m->priority <= CELERY_PRIORITY_LAST && m->retries >= 0);
}

static void check_restored(Scope *s, const CeleryMessage *m, Bytes restored)
{
    CeleryMessage again;

    celery_message_read(s, restored, &again);
    FUZZ_CHECK(again.redelivered && text_equal(again.tag, "fresh"));
    FUZZ_CHECK(again.fault == m->fault && text_equal(again.id, m->id));
    FUZZ_CHECK(!m->args || json_equal(again.args, m->args));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    Bytes input = {(const char *)data, size}, restored;
    CeleryUnacked entry;
    CeleryMessage m;

    celery_message_read(s, input, &m);
    FUZZ_CHECK((m.fault != CELERY_FINE) == (m.reason != NULL));
    if (!m.fault)
        check_whole(&m);
    if (celery_message_restore(s, input, "fresh", 7, &restored))
        check_restored(s, &m, restored);
    if (celery_unacked_read(s, input, &entry))
        FUZZ_CHECK(entry.envelope.data >= input.data && entry.envelope.size < input.size);
    return 0;
}
