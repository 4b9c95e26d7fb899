/* What a subscriber has heard, between the thread that listens and the one that takes it. */

#include <stdio.h>

#include "net/redis_listen.h"

/* ---- From the listening thread ---- */

static void stir(RedisSubscriber *sub)
{
    event_set(sub->event);
    condition_wake_all(&sub->changed);
}

void redis_stands(RedisSubscriber *sub)
{
    LOCKED (&sub->mutex) {
        sub->connected = sub->missed = true;
        sub->kind = 0;
        stir(sub);
    }
}

void redis_misses(RedisSubscriber *sub)
{
    LOCKED (&sub->mutex) {
        sub->missed = true;
        stir(sub);
    }
}

void redis_falls(RedisSubscriber *sub, const Error *e)
{
    LOCKED (&sub->mutex) {
        sub->connected = false;
        sub->kind = e->kind;
        snprintf(sub->fault, sizeof sub->fault, "%s", e->message);
        stir(sub);
    }
}

static void keep(RedisSubscriber *sub, const RedisMessage *m)
{
    *(RedisMessage *)list_add(sub->box, &sub->messages) =
        (RedisMessage){.channel = text_copy(sub->box, m->channel),
                       .pattern = text_copy(sub->box, m->pattern),
                       .payload = bytes_copy(sub->box, m->payload)};
}

void redis_delivers(RedisSubscriber *sub, const RedisMessage *m)
{
    LOCKED (&sub->mutex) {
        sub->bytes += m->payload.size;
        if (sub->messages.count == REDIS_HEARD_MAX || sub->bytes > REDIS_HEARD_BYTES_MAX)
            sub->missed = true;
        else
            keep(sub, m);
        stir(sub);
    }
}

/* ---- From the other ---- */

int redis_subscriber_fd(const RedisSubscriber *sub)
{
    return sub->event;
}

static void empty_box(RedisSubscriber *sub)
{
    scope_close(sub->box);
    sub->box = unit_open(NULL, "heard");
    sub->messages = (RedisMessageList){0};
    sub->bytes = 0;
}

RedisHeard redis_heard(Scope *s, RedisSubscriber *sub)
{
    RedisHeard heard = {0};

    LOCKED (&sub->mutex) {
        (void)event_clear(sub->event);
        EACH (RedisMessage, m, &sub->messages)
            *(RedisMessage *)list_add(s, &heard.messages) =
                (RedisMessage){.channel = text_copy(s, m->channel),
                               .pattern = text_copy(s, m->pattern),
                               .payload = bytes_copy(s, m->payload)};
        if (sub->bytes || sub->messages.count)
            empty_box(sub);
        heard.missed = sub->missed;
        heard.connected = sub->connected;
        heard.fault = sub->kind ? text_copy(s, sub->fault) : NULL;
        sub->missed = false;
    }
    return heard;
}

Error *redis_subscribed(Scope *s, RedisSubscriber *sub)
{
    LOCKED (&sub->mutex) {
        while (!sub->connected) {
            if (sub->kind && !error_kind(sub->kind)->retry)
                return fail(s, sub->kind, "%s", sub->fault);
            TRY_WHILE(condition_wait(s, &sub->changed, &sub->mutex), "subscribing at %s",
                      redis_shown(sub->redis));
        }
    }
    return OK;
}

/* ---- Beginning and end ---- */

static void close_box(void *what)
{
    RedisSubscriber *sub = what;

    scope_close(sub->box);
}

static void copy_texts(Scope *s, TextList *to, const TextList *from)
{
    EACH (const char *, t, from)
        texts_add(s, to, *t);
}

Error *redis_subscribe(Scope *s, Redis *redis, const RedisTopics *topics, RedisSubscriber **out)
{
    size_t count = topics->channels.count + topics->patterns.count;

    if (!count || count > REDIS_TOPICS_MAX)
        return fail(s, INVALID, "%zu channels and patterns to hear; 1 to %d are possible", count,
                    REDIS_TOPICS_MAX);
    RedisSubscriber *sub = NEW(s, RedisSubscriber);
    sub->redis = redis;
    copy_texts(s, &sub->topics.channels, &topics->channels);
    copy_texts(s, &sub->topics.patterns, &topics->patterns);
    TRY(event_open(s, &sub->event));
    empty_box(sub);
    scope_undo(s, close_box, sub);
    TRY(thread_start(s, "redis-hears", redis_listen, sub, NULL));
    *out = sub;
    return OK;
}
