/* The connection of a subscriber, for redis_subscriber.c and redis_listen.c only. */
#pragma once

#include "net/redis_parts.h"
#include "net/redis_subscriber.h"

/* Shared by the listening thread and who takes what was heard. */
struct RedisSubscriber {
    Redis *redis;
    RedisTopics topics;
    int event;
    Mutex mutex; /* of all below */
    Condition changed;
    Scope *box; /* of the messages */
    RedisMessageList messages;
    size_t bytes;
    bool missed, connected;
    ErrorKind kind; /* of the last failure; 0: none */
    char fault[REDIS_MESSAGE_MAX];
};

/* ---- redis_subscriber.c ---- */

void redis_stands(RedisSubscriber *sub);
void redis_misses(RedisSubscriber *sub);
void redis_falls(RedisSubscriber *sub, const Error *e);
void redis_delivers(RedisSubscriber *sub, const RedisMessage *message);

/* ---- redis_listen.c ---- */

/* The thread: connects, subscribes, hears, and begins again, until it is cancelled. */
Error *redis_listen(Scope *s, void *subscriber);

/* ---- redis_handover.c ---- */

#define REDIS_MARK "dursor.handover." /* begins the channels of marks */

/* Puts a connection with the new login, which has subscribed already, in the place of *c. What *c still
 * has is delivered first. On a failure *c goes on. */
fallible redis_hand_over(Scope *s, RedisSubscriber *sub, RedisConnection **c);

/* ---- redis_topics.c ---- */

/* Subscribes to all topics and waits until each is confirmed; what is heard meanwhile is delivered or not. */
fallible redis_hear_topics(Scope *s, RedisSubscriber *sub, RedisConnection *c, bool deliver);
fallible redis_send_word(Scope *s, RedisConnection *c, const char *command, const char *channel);
bool redis_is_word(const RedisReply *reply, size_t at, const char *word);
/* A message becomes *out and true; all else that a subscriber is told is not one. */
bool redis_is_message(Scope *s, const RedisReply *reply, RedisMessage *out);
