/* Jobs that come as messages of Redis (queue/job_queue.h): watching its queues, claiming the rows that
 * messages name, holding and settling the messages. The runner's; without app->job_queue nothing here does
 * anything. */
#pragma once

#include "work/runner.h"

/* A thread for each queue that travels and is served. */
fallible couriers_open(Scope *s, Runner *r);
/* Whether jobs of that queue come as messages. */
bool courier_serves(const Runner *r, const WorkQueue *queue);

/* A claimed job and what settles its message. */
typedef struct Delivered {
    Job job;
    const char *token;
    bool silent; /* nobody wants the result */
} Delivered;

typedef LIST_OF(Delivered) DeliveredList;

/* At most order->limit messages are taken and their rows claimed; what cannot be is settled. A failure after
 * the first claim is logged: those that were claimed are to be executed. */
fallible courier_claim(Scope *s, Runner *r, const ClaimOrder *order, DeliveredList *out);

/* Says to the couriers that the claiming thread has looked. */
void courier_turned(Runner *r);
/* Holds the messages of all that runs. */
fallible courier_renew(Scope *s, Runner *r);
/* After the end of the slot's job is stored: whoever waits gets the result, and its message, if one brought
 * it, goes. */
fallible courier_settle(Scope *s, Slot *slot, const Error *why);
