/* Runs jobs: claims what is due, executes a bounded number at once, renews their leases, and ends
 * them gracefully.
 *
 *     TRY(runner_open(s, app, &options, &runner));   // its threads go on until s closes
 *
 * Threads: one claims, one renews and watches for cancellation, one stores events (recorder.h), and one
 * for each place executes jobs. Each queue has places of its own (runner_queues), so that none waits for
 * another. A job is executed in a unit of its own, which is cancelled when its lease is lost, its run is
 * canceled, or the runner ends. When s closes, or the runner is told to drain, claiming stops; at the
 * close what runs may finish within grace_us and is then handed back.
 */
#pragma once

#include "agent/context.h"
#include "service/app.h"
#include "store/jobs.h"
#include "sys/thread.h"
#include "work/presence.h"
#include "work/recorder.h"

#define QUEUE_AGENT   "agent"   /* runs */
#define QUEUE_POLLING "polling" /* looking at what forges say of pull requests */
#define QUEUE_SYSTEM  "system"  /* the service's own work */

enum { QUEUES = 3, POLLING_PLACES = 2, SYSTEM_PLACES = 1 };

typedef struct WorkQueue {
    const char *name;
    int64_t places;  /* 0: as many as the runner's concurrency */
    bool fills_disk; /* waits while there is too little room */
} WorkQueue;

/* In the order in which they are looked at. */
extern const WorkQueue work_queues[QUEUES];

typedef struct Slot Slot;

/* What can be done: kind, queue and how. A job that returns OK has ended itself in its last
 * transaction; an error goes to job_fail. */
typedef struct JobKind {
    const char *kind;
    const char *queue;
    fallible (*run)(Scope *s, Slot *slot);
} JobKind;

/* Ended by a row without a kind. */
extern const JobKind job_kinds[];

typedef struct RunnerOptions {
    const JobKind *kinds; /* NULL: job_kinds */
    bool own_pool;        /* only runs of the pool named as its owner; else only jobs of no pool */
    bool once;            /* what is due now, and then it is over */
    TextList queues;      /* whose jobs it does; none: all */
    int64_t concurrency;  /* places for runs */
    int64_t lease_us, renew_us, grace_us;
} RunnerOptions;

/* Why a job's unit was cancelled, and so what becomes of the job. */
typedef enum SlotEnd { SLOT_GOES_ON = 0, SLOT_LOST, SLOT_CANCELED, SLOT_RETURNED } SlotEnd;

/* A job that this process holds. Shared by the claiming, the executing and the renewing thread under
 * the runner's mutex; home is the executing thread's. */
struct Slot {
    struct Runner *runner;
    bool busy;
    const WorkQueue *queue;
    const char *token; /* of the message that brought it; NULL: none did */
    bool silent;       /* nobody waits for the message's result */
    Time began_at;
    Scope *home;
    Job job; /* id, tenant_id, kind, run_id, args and fence */
    Lease lease;
    Caller caller;
    Cancel *cancel; /* of its unit; NULL before it has one */
    SlotEnd end;    /* under the mutex, as cancel is */
    int64_t since;  /* boot_us after the claim's commit: what was read before does not show it */
    int64_t held_until; /* boot_us: two thirds of the lease, from before the claim was sent */
};

typedef struct Runner {
    App *app;
    RunnerOptions options;
    Presence *presence;
    const char *owner;     /* its row in workers */
    const char *pool_name; /* the owner, or NULL */
    int64_t epoch;
    Recorder *recorder;
    ContextCache *contexts;
    Pool *pool;
    Mutex mutex;
    Condition freed;
    Slot *slots;
    int64_t places; /* slots, of all its queues */
    int over;       /* an event: nothing is claimed any more, and the process may end */
    int arrived;    /* an event: a message lies in a queue */
    uint64_t turns; /* looks of the claiming thread */
    Condition turned;
    int64_t processed;       /* jobs that ended here, however they did */
    int64_t opened_at;       /* boot_us */
    struct CeleryNode *node; /* NULL: jobs do not travel */
    bool stopping;
    bool disk_full; /* the claiming thread's */
} Runner;

/* As the settings say; for a worker of any pool. */
RunnerOptions runner_settings(const Settings *settings);
fallible runner_open(Scope *s, App *app, const RunnerOptions *options, Runner **out);
/* Jobs that run now. */
int64_t runner_busy(Runner *runner);
/* Claims nothing more; what runs goes on. From any thread. */
void runner_drain(Runner *runner);
/* Readable when the runner drains, or has done what was due if that was all it was for. */
int runner_over_fd(const Runner *runner);
/* Whether it does jobs of that queue. */
bool runner_serves(const Runner *runner, const WorkQueue *queue);
/* INVALID with the queues there are. */
fallible work_queues_known(Scope *s, const TextList *names);

/* ---- The parts of the runner ---- */

/* Claims until s ends. */
Error *claims_run(Scope *s, void *runner);
/* Renews leases until s ends; notices lost and canceled ones. */
Error *leases_run(Scope *s, void *runner);
/* Executes one slot's job to its end. */
Error *slot_run(Scope *s, void *slot);
/* Free places for jobs of the queue; none once it stops. With the mutex held. */
int64_t runner_room(const Runner *runner, const WorkQueue *queue);
/* Gives the place to the next job. */
void slot_free(Slot *slot);
/* Asks a slot's unit to end; the first reason counts. With the mutex held. */
void slot_end(Slot *slot, SlotEnd end);

fallible run_job(Scope *s, Slot *slot);
fallible sweep_job(Scope *s, Slot *slot);
fallible retention_job(Scope *s, Slot *slot);
fallible pull_link_job(Scope *s, Slot *slot);
fallible pull_poll_job(Scope *s, Slot *slot);
/* Puts the jobs that go on for ever in place, sweeping, polling and retention, where they are not. Each of
 * them calls it as well, so that one that ended as a dead letter comes back. */
fallible sweep_schedule(Scope *s, App *app);
/* Leases of owners on this machine whose lock is free: taken over at once. */
fallible sweep_dead_owners(Scope *s, App *app);
