/* Offering jobs: a look when somebody says that there are some, and every few seconds. */

#include "service/job_offers.h"

#include <poll.h>

#include "base/log.h"
#include "store/jobs.h"
#include "sys/thread.h"

#define LOOK_US  (5 * US_PER_S)
#define LEAST_US (200 * US_PER_MS) /* between looks for what becomes due */

static bool first_of_its_queue(const JobTask *task)
{
    for (const JobTask *before = job_tasks; before != task; before++)
        if (text_equal(before->queue, task->queue))
            return false;
    return true;
}

static fallible offer_queue(Scope *s, App *app, const char *queue, int64_t *wait_us)
{
    ClaimOrder order = {.queue = queue, .limit = JOB_OFFERS_MAX};
    JobList jobs = {0};
    OptInt next = {0};
    int64_t sent;
    Tx *tx;

    for (const JobTask *task = job_tasks; task->kind; task++)
        if (text_equal(task->queue, queue) && !texts_have(&order.kinds, task->kind))
            texts_add(s, &order.kinds, task->kind);
    TRY(tx_system_read(s, app->store, &tx));
    TRY(jobs_waiting(s, tx, &order, &jobs));
    TRY(jobs_next_due(s, tx, &order, &next));
    TRY(tx_commit(s, tx));
    if (next.set && next.value < *wait_us)
        *wait_us = next.value > LEAST_US ? next.value : LEAST_US;
    JobOffer *offers = NEW_ARRAY(s, JobOffer, jobs.count + 1);
    for (size_t i = 0; i < jobs.count; i++) {
        const Job *job = &jobs.items[i];
        offers[i] = (JobOffer){job->id, job->queue, job->kind, job->priority, job->fence};
    }
    TRY(job_queue_offer(s, app->job_queue, offers, jobs.count, &sent));
    if (sent)
        bus_publish(app->bus, "offered");
    return OK;
}

Error *job_offers_look(Scope *s, App *app, int64_t *wait_us)
{
    for (const JobTask *task = job_tasks; task->kind; task++)
        if (first_of_its_queue(task))
            TRY(offer_queue(s, app, task->queue, wait_us));
    return OK;
}

/* While Redis is away one line says so; what waits is claimed from the database meanwhile. */
static void tell(Scope *s, const Error *e, bool *away)
{
    if (e && !*away)
        log_failure(s, e);
    if (!e && *away)
        log_info(s, "jobs are offered again");
    *away = e != NULL;
}

static Error *offers_run(Scope *s, void *arg)
{
    App *app = arg;
    Subscription *sub;
    bool away = false;
    int ready;

    TRY(bus_subscribe(s, app->bus, "jobs", &sub));
    for (;;) {
        SCOPE(turn, s);
        struct pollfd fd = {.fd = subscription_fd(sub), .events = POLLIN};
        int64_t wait_us = LOOK_US;
        Error *e = job_offers_look(turn, app, &wait_us);
        TRY(scope_check(turn));
        tell(turn, e, &away);
        TRY(scope_poll(turn, &fd, 1, wait_us, &ready));
        if (ready)
            (void)subscription_take(turn, sub);
    }
}

Error *job_offers_open(Scope *s, App *app)
{
    return thread_start(s, "offers", offers_run, app, NULL);
}
