/* Celery's transport over Redis: the lists, `unacked` and results of kombu, used without its windows of
 * loss and of double delivery. Stock clients and workers may share the queues.
 *
 *     TRY(celery_claim(s, celery, &queues, 1, &claims));
 *     EACH (CeleryClaim, claim, &claims.list)
 *         …                                       // celery_renew meanwhile, from another thread
 *     TRY(celery_result_store(s, celery, &result, &stored));
 *     TRY(celery_finish(s, celery, &end, &held));
 *
 * A claim moves a message from its list to `unacked` in one step of the server, by the server's clock,
 * under a token of its own: later calls with that token change nothing once somebody else has the message.
 * Who holds it renews it; what is not renewed for visibility_us is restored to the front of the list of its
 * priority, flagged redelivered and counted, and after deliveries_max ends as a dead letter. Messages that
 * stock workers hold are left alone for foreign_us, since those never renew.
 *
 * A message that cannot be read is never delivered: it lies in `<queue>.dead` with the reason, and whoever
 * waits for its result gets a FAILURE when its id can be read.
 *
 * Thread-safe. Errors are those of net/redis.h. Claims, ends and restores may be repeated after an answer
 * was lost; sending is not, so that REDIS_UNSURE may mean sent. */
#pragma once

#include "net/redis.h"
#include "queue/celery_keys.h"
#include "queue/celery_message.h"
#include "queue/celery_result.h"

enum {
    CELERY_CLAIM_MAX = 32,    /* messages at once */
    CELERY_QUEUES_MAX = 32,   /* that one worker serves */
    CELERY_RENEW_MAX = 1024,  /* tokens at once */
    CELERY_RESTORE_MAX = 100, /* messages in one batch of a sweep */
    CELERY_DELIVERIES = 5,    /* of one message, the first included */
    CELERY_FOLLOW_MAX = 64,   /* messages sent with an end */
    CELERY_RESULT_TTL_S = 24 * 60 * 60,
    CELERY_REVOKED_TTL_S = 7 * 24 * 60 * 60,
};

#define CELERY_VISIBILITY_US (120 * US_PER_S)
#define CELERY_FOREIGN_US    (3600 * US_PER_S) /* kombu's visibility_timeout */

typedef struct Celery Celery;

/* What is 0 or NULL is as above. The Redis outlive it. */
typedef struct CeleryOptions {
    Redis *redis;
    Redis *results; /* NULL: the same */
    CeleryKeys keys;
    int64_t visibility_us, foreign_us;
    int64_t deliveries_max;
    int64_t result_ttl_s; /* below 0: results stay for ever */
} CeleryOptions;

Celery *celery_open(Scope *s, const CeleryOptions *options);

/* ---- Sending ---- */

/* All in one write, each to the list of its priority; the binding of each queue is kept beside. */
fallible celery_send(Scope *s, Celery *c, const CeleryCall *calls, size_t count);

/* ---- Working ---- */

typedef struct CeleryClaim {
    const char *token;
    const char *queue;
    Bytes envelope;
    CeleryMessage message; /* without a fault */
    bool revoked;
} CeleryClaim;

typedef LIST_OF(CeleryClaim) CeleryClaimList;

typedef struct CeleryClaims {
    CeleryClaimList list;
    Time now;       /* the server's */
    int64_t buried; /* how many became dead letters instead */
} CeleryClaims;

/* At most most messages: of all queues those of the first step, then the next; queues take turns. */
fallible celery_claim(Scope *s, Celery *c, const TextList *queues, size_t most, CeleryClaims *out);

/* What to do with a claim: a pure rule. */
typedef enum CeleryNext {
    CELERY_RUN,
    CELERY_WAIT,    /* eta is ahead: celery_delay */
    CELERY_EXPIRED, /* REVOKED "expired" */
    CELERY_DROP,    /* REVOKED "revoked" */
} CeleryNext;
CeleryNext celery_next(const CeleryClaim *claim, Time now);

/* Waits until the queue has a message, which stays there, or for at most us; *there tells which. A message
 * that comes meanwhile to a list of a later step ends no wait. */
fallible celery_wait(Scope *s, Celery *c, const char *queue, int64_t us, bool *there);

/* *lost gets those of the tokens that are held no longer: stop what was done under them. */
fallible celery_renew(Scope *s, Celery *c, const TextList *tokens, TextList *lost);

/* ---- Ending a claim: *held is false, and nothing has happened, when it was not held any longer ---- */

typedef struct CeleryEnd {
    const char *token;
    const CeleryCall *follow; /* sent in the same step: a retry, the next of a chain, callbacks */
    size_t follow_count;
} CeleryEnd;

fallible celery_finish(Scope *s, Celery *c, const CeleryEnd *end, bool *held);
/* Back into its list, redelivered and counted: to the front, or behind all others. */
fallible celery_give_back(Scope *s, Celery *c, const CeleryClaim *claim, bool front, bool *held);
/* Kept outside all workers until then. */
fallible celery_delay(Scope *s, Celery *c, const CeleryClaim *claim, Time until, bool *held);
/* Why a message will not run: a word, as of celery_fault_names, and a sentence. */
typedef struct CeleryReason {
    const char *word, *said;
} CeleryReason;

/* A dead letter. Stores FAILURE unless results are ignored. */
fallible celery_bury(Scope *s, Celery *c, const CeleryClaim *claim, CeleryReason why, bool *held);

/* ---- Sweeping: any worker, every few seconds, with jitter ---- */

typedef struct CeleryRestored {
    int64_t restored, buried;
    bool more; /* call again */
} CeleryRestored;

/* One batch of what nobody has renewed. */
fallible celery_restore(Scope *s, Celery *c, CeleryRestored *out);
/* One batch of what has become due. *wait_us: until the next one; not set when none waits. */
fallible celery_due(Scope *s, Celery *c, const char *queue, OptInt *wait_us);

/* ---- Revoking ---- */

/* Remembered in Redis, also when no worker lives. */
fallible celery_revoke(Scope *s, Celery *c, const char *id);

/* ---- Results ---- */

/* Stored and published in one step; *stored is false when SUCCESS stands there, which stays. */
fallible celery_result_store(Scope *s, Celery *c, const CeleryResult *result, bool *stored);
/* MISSING when there is none (PENDING). */
fallible celery_result_get(Scope *s, Celery *c, const char *id, CeleryResult *out);
