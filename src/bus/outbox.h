/* What is to be told to other processes, merged: each topic at most ten times a second, the first time at
 * once. Pure bookkeeping, with the time given; times are microseconds of one clock. */
#pragma once

#include "base/text.h"
#include "bus/bus.h"

enum {
    OUTBOX_TOPICS_MAX = 512, /* known at once; more become "all" */
};

#define OUTBOX_PAUSE_US (100 * 1000LL) /* between two tellings of a topic */
#define OUTBOX_ALL      "*"

typedef struct OutboxTopic {
    char name[TOPIC_SIZE_MAX]; /* first: OUTBOX_ALL */
    uint32_t hash;
    bool waits;
    int64_t told_at;
} OutboxTopic;

typedef struct Outbox {
    size_t count; /* the first is for OUTBOX_ALL */
    OutboxTopic topics[OUTBOX_TOPICS_MAX];
} Outbox;

/* NULL is everything. */
void outbox_add(Outbox *box, const char *topic, int64_t now);
/* Takes out what may be told now: topics, or only OUTBOX_ALL. */
void outbox_take(Scope *s, Outbox *box, int64_t now, TextList *out);
/* Until something may be told; INT64_MAX: nothing waits. */
int64_t outbox_wait(const Outbox *box, int64_t now);
bool outbox_empty(const Outbox *box);
