/* Jobs of the database on Celery's transport. The row decides, Redis transports: a message is the id of a
 * job and nothing else, its task's name says the kind, and a lost, doubled or late message changes nothing.
 *
 * Whoever sees a job that is pending and due offers it; while Redis remembers, one offer is one message for
 * each fence of the job, so that any number of processes may offer. A worker takes a message, claims the
 * row by its id, renews both, and settles the message after the row's commit.
 *
 *     TRY(job_queue_take(s, q, &queues, places, &messages));
 *     …                                               // claim the row of message->job_id
 *     TRY(job_queue_settle(s, q, message, JOB_LATER)); // it cannot be claimed now: it will be offered again
 *
 * Messages of others are taken too: of a stock client that names a task of ours with the id of a job. What
 * is no such message is a dead letter with its reason. Thread-safe. */
#pragma once

#include "queue/celery.h"

enum { JOB_OFFERS_MAX = 100 /* at once */ };

/* How long an offer is remembered: then a job that still waits is offered once more. */
#define JOB_OFFER_S (60 * 60)

/* The kinds of jobs that travel, and the names of their tasks. Others are claimed from the database only. */
typedef struct JobTask {
    const char *kind, *queue, *task;
} JobTask;

extern const JobTask job_tasks[]; /* ended by a row without a kind */

typedef struct JobQueue JobQueue;

/* Of that Celery, which outlives it. */
JobQueue *job_queue_open(Scope *s, Celery *celery);
/* Whether jobs of the kind travel at all. */
bool job_queue_has(const char *kind);

typedef struct JobOffer {
    const char *id, *queue, *kind;
    int64_t priority, fence;
} JobOffer;

/* All in one step. *sent: how many were new. Kinds that do not travel are INVALID. */
fallible job_queue_offer(Scope *s, JobQueue *q, const JobOffer *offers, size_t count,
                         int64_t *sent);

typedef struct JobMessage {
    const char *job_id, *kind;
    const char *dropped; /* "revoked" or "expired": the job is to be canceled; NULL: to be run */
    const char *token;   /* for celery_renew, beside the renewal of the row */
    CeleryClaim claim;
} JobMessage;

typedef LIST_OF(JobMessage) JobMessageList;

fallible job_queue_take(Scope *s, JobQueue *q, const TextList *queues, size_t most,
                        JobMessageList *out);

typedef enum JobSettlement {
    JOB_OVER, /* the row is terminal, leased elsewhere, or pending again under a new fence */
    JOB_LATER, /* the row is pending as before and could not be claimed: may be offered again at once */
    JOB_GONE,    /* there is no such row: a dead letter */
    JOB_DROPPED, /* revoked or expired, and the row canceled */
} JobSettlement;

/* After the row's commit. fence is that of the row when it was offered (JOB_LATER). */
fallible job_queue_settle(Scope *s, JobQueue *q, const JobMessage *message, JobSettlement how,
                          int64_t fence);
