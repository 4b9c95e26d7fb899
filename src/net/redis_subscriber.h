/* Hearing what is published, on a connection and a thread of its own that reconnects by itself.
 *
 *     TRY(redis_subscribe(s, redis, &topics, &subscriber));
 *     TRY(redis_subscribed(s, subscriber));                // where it matters that nothing is missed from here on
 *     struct pollfd fd = {redis_subscriber_fd(subscriber), POLLIN, 0};
 *     TRY(scope_poll(s, &fd, 1, 5 * US_PER_S, &ready));
 *     RedisHeard heard = redis_heard(tmp, subscriber);
 *     if (heard.missed)
 *         …                                                // look at everything
 *     EACH (RedisMessage, m, &heard.messages)
 *         …
 *
 * Before a token ends the connection is replaced: the new one has subscribed before the old one goes, and
 * a mark published to both tells where one stops and the other begins, so that nothing is lost or heard
 * twice. Where the mark may not be published (NOPERM) the replacement counts as missed.
 */
#pragma once

#include "net/redis.h"

enum {
    REDIS_TOPICS_MAX = 64,
    REDIS_HEARD_MAX = 10000, /* messages not yet taken; more are dropped and count as missed */
    REDIS_HEARD_BYTES_MAX = 16 << 20,
};

typedef struct RedisSubscriber RedisSubscriber;

typedef struct RedisTopics {
    TextList channels;
    TextList patterns; /* of PSUBSCRIBE */
} RedisTopics;

typedef struct RedisMessage {
    const char *channel;
    const char *pattern; /* NULL: by its channel */
    Bytes payload;
} RedisMessage;

typedef LIST_OF(RedisMessage) RedisMessageList;

typedef struct RedisHeard {
    RedisMessageList messages;
    bool missed; /* since the last look messages may have been lost: also when the first connection stands */
    bool connected;    /* now */
    const char *fault; /* why it is not; NULL: no try has failed */
} RedisHeard;

/* Begins; the first connection is made meanwhile. Ends with s. */
fallible redis_subscribe(Scope *s, Redis *redis, const RedisTopics *topics, RedisSubscriber **out);
/* Waits until the subscription stands, or s ends. DENIED and the like are not waited out. */
fallible redis_subscribed(Scope *s, RedisSubscriber *subscriber);
/* Readable when there is something to hear: messages, missed, or a change of connected. */
int redis_subscriber_fd(const RedisSubscriber *subscriber);
RedisHeard redis_heard(Scope *s, RedisSubscriber *subscriber);
