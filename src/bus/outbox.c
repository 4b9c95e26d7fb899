/* Merging what is to be told. */

#include "bus/outbox.h"

/* FNV-1a. */
static uint32_t hash_of(const char *name)
{
    uint32_t hash = 2166136261U;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619U;
    return hash;
}

static bool may_be_forgotten(const OutboxTopic *topic, int64_t now)
{
    return !topic->waits && now - topic->told_at >= OUTBOX_PAUSE_US;
}

/* What was told long enough ago makes room. */
static void forget(Outbox *box, int64_t now)
{
    size_t kept = 1;

    for (size_t i = 1; i < box->count; i++)
        if (!may_be_forgotten(&box->topics[i], now))
            box->topics[kept++] = box->topics[i];
    box->count = kept;
}

static OutboxTopic *topic_of(Outbox *box, const char *name, int64_t now)
{
    uint32_t hash = hash_of(name);

    for (size_t i = 1; i < box->count; i++)
        if (box->topics[i].hash == hash && text_equal(box->topics[i].name, name))
            return &box->topics[i];
    if (box->count == OUTBOX_TOPICS_MAX)
        forget(box, now);
    if (box->count == OUTBOX_TOPICS_MAX)
        return &box->topics[0];
    OutboxTopic *topic = &box->topics[box->count++];
    *topic = (OutboxTopic){.hash = hash, .told_at = now - OUTBOX_PAUSE_US};
    memcpy(topic->name, name, strlen(name) + 1);
    return topic;
}

static void make_ready(Outbox *box)
{
    if (box->count)
        return;
    box->topics[0] = (OutboxTopic){.name = OUTBOX_ALL, .told_at = -OUTBOX_PAUSE_US};
    box->count = 1;
}

void outbox_add(Outbox *box, const char *topic, int64_t now)
{
    make_ready(box);
    if (!topic || strlen(topic) >= TOPIC_SIZE_MAX || strpbrk(topic, " *"))
        box->topics[0].waits = true;
    else
        topic_of(box, topic, now)->waits = true;
}

static void take_all(Scope *s, Outbox *box, int64_t now, TextList *out)
{
    texts_add(s, out, OUTBOX_ALL);
    for (size_t i = 0; i < box->count; i++) {
        if (box->topics[i].waits)
            box->topics[i].told_at = now;
        box->topics[i].waits = false;
    }
}

void outbox_take(Scope *s, Outbox *box, int64_t now, TextList *out)
{
    make_ready(box);
    if (box->topics[0].waits && now - box->topics[0].told_at >= OUTBOX_PAUSE_US) {
        take_all(s, box, now, out);
        return;
    }
    for (size_t i = 1; i < box->count; i++) {
        OutboxTopic *topic = &box->topics[i];
        if (!topic->waits || now - topic->told_at < OUTBOX_PAUSE_US)
            continue;
        texts_add(s, out, text_copy(s, topic->name));
        topic->waits = false;
        topic->told_at = now;
    }
}

int64_t outbox_wait(const Outbox *box, int64_t now)
{
    int64_t wait = INT64_MAX;

    for (size_t i = 0; i < box->count; i++) {
        int64_t left = box->topics[i].told_at + OUTBOX_PAUSE_US - now;
        if (box->topics[i].waits && left < wait)
            wait = left > 0 ? left : 0;
    }
    return wait;
}

bool outbox_empty(const Outbox *box)
{
    return outbox_wait(box, 0) == INT64_MAX;
}
