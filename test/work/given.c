/* Parts for the tests of work/. */

#include "test/work/given.h"

#include <sys/file.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/file.h"

enum { LOOK_US = 10 * 1000 };

/* ---- Probes ---- */

static House *house_of(Slot *slot)
{
    return (House *)slot->runner->app;
}

static void enter(House *house)
{
    LOCKED (&house->mutex) {
        house->tally.begun++;
        house->tally.running++;
        if (house->tally.running > house->tally.most)
            house->tally.most = house->tally.running;
        condition_wake_all(&house->changed);
    }
}

static void leave(House *house, const Error *e, const char *reason)
{
    LOCKED (&house->mutex) {
        house->tally.running--;
        house->tally.done += !e;
        if (failed_as(e, CANCELLED)) {
            house->tally.cancelled++;
            house->tally.reason = reason;
        }
        condition_wake_all(&house->changed);
    }
}

static fallible wait_at_gate(Scope *s, House *house)
{
    LOCKED (&house->mutex)
        while (!house->open)
            TRY(condition_wait(s, &house->changed, &house->mutex));
    return OK;
}

static fallible succeed(Scope *s, Slot *slot)
{
    Tx *tx;

    TRY(tx_write(s, slot->runner->app->store, &slot->caller, &tx));
    TRY(job_succeed(s, tx, &slot->lease, NULL));
    return tx_commit(s, tx);
}

static fallible fail_within(Scope *s, Slot *slot)
{
    Tx *tx;

    TRY(tx_write(s, slot->runner->app->store, &slot->caller, &tx));
    return fail(s, INVALID, "within a transaction");
}

static fallible act(Scope *s, Slot *slot, const char *what)
{
    if (strstr(what, "wait"))
        return scope_sleep(s, INT64_MAX / 2);
    if (strstr(what, "gate"))
        TRY(wait_at_gate(s, house_of(slot)));
    if (strstr(what, "away"))
        return fail(s, UNAVAILABLE, "it is away");
    if (strstr(what, "open"))
        return fail_within(s, slot);
    if (strstr(what, "wrong"))
        return fail(s, INVALID, "it is wrong");
    return succeed(s, slot);
}

static Error *probe(Scope *s, Slot *slot)
{
    House *house = house_of(slot);

    enter(house);
    Error *e = act(s, slot, slot->job.args.text);
    leave(house, e, cancel_reason(scope_cancel(s)));
    return e;
}

static const JobKind probes[] = {
    {"probe", QUEUE_AGENT, probe},
    {"own probe", QUEUE_SYSTEM, probe},
    {"polling probe", QUEUE_POLLING, probe},
    {"sweep", QUEUE_SYSTEM, sweep_job},
    {0},
};

/* ---- What tests begin with ---- */

fallible given_proxied(Scope *s, World *w, World *far, Proxy **proxy)
{
    *far = *w;
    TRY(proxy_open(s, w->options.url, proxy));
    far->options.url = text(s, "%s&dursor_prepared=off", (*proxy)->url);
    far->options.connections = 4;
    return store_open(s, &far->options, &far->store);
}

fallible given_house(Scope *s, World *w, House **out)
{
    static const BusOptions local = {.url = "local:"};
    House *house = NEW(s, House); /* threads use it until s closes */

    house->world = w;
    house->app.settings = &house->settings;
    house->app.store = w->store;
    house->options = (RunnerOptions){
        .kinds = probes, .lease_us = 30 * US_PER_S, .renew_us = 100 * US_PER_MS, .grace_us = 0};
    TRY(directory_temporary(s, "/tmp", "dursor-work", &house->settings.data_dir));
    house->settings.workspaces_dir = house->settings.data_dir;
    *out = house;
    return bus_open(s, &local, &house->app.bus);
}

fallible given_runner(Scope *s, House *house, int64_t concurrency)
{
    house->options.concurrency = concurrency;
    return runner_open(s, &house->app, &house->options, &house->runner);
}

fallible given_probe(Scope *s, House *house, const char *what, Job *job)
{
    if (!job->queue)
        job->queue = QUEUE_AGENT;
    job->kind = text_equal(job->queue, QUEUE_SYSTEM)    ? "own probe"
                : text_equal(job->queue, QUEUE_POLLING) ? "polling probe"
                                                        : "probe";
    job->args.text = text(s, "\"%s\"", what);
    TRY(given_job(s, house->world, job));
    bus_publish(house->app.bus, "jobs");
    return OK;
}

void gate_open(House *house)
{
    LOCKED (&house->mutex) {
        house->open = true;
        condition_wake_all(&house->changed);
    }
}

Tally tally_now(House *house)
{
    Tally now = {0};

    LOCKED (&house->mutex)
        now = house->tally;
    return now;
}

fallible tally_reaches(Scope *s, House *house, const int64_t *counter, int64_t least)
{
    SCOPE(tmp, s);

    scope_limit(tmp, PATIENCE_US);
    LOCKED (&house->mutex)
        while (*counter < least)
            TRY(condition_wait(tmp, &house->changed, &house->mutex));
    return OK;
}

fallible job_becomes(Scope *s, House *house, const char *id, JobStatus status, Job *out)
{
    SCOPE(patience, s);

    scope_limit(patience, PATIENCE_US);
    for (;;) {
        TRY(job_now(s, house->world, id, out));
        if (out->status == status)
            return OK;
        TRY_WHILE(scope_sleep(patience, LOOK_US), "job %s is %s", id,
                  name_of(job_status_names, (int)out->status));
    }
}

fallible given_writer_elsewhere(Scope *s, const World *w)
{
    const char *path = w->options.url + strlen("sqlite://");
    size_t folder = (size_t)(strrchr(path, '/') - path);
    int fd = open(text(s, "%.*s/writer", (int)folder, path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 || flock(fd, LOCK_EX) != 0)
        return fail_errno(s, errno, "locking the writer's file");
    close_with(s, fd);
    return OK;
}
