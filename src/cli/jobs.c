/* dursor jobs. */

#include "cli/jobs.h"

#include "cli/command.h"
#include "service/app.h"
#include "store/jobs.h"
#include "store/operations.h"

enum { JOBS_SHOWN = 100 };

static const char help[] =
    "usage: dursor jobs [--state STATE]\n"
    "       dursor jobs resend ID\n"
    "       dursor jobs drop ID\n"
    "\n"
    "Lists jobs, newest first: the dead ones, or those that are pending, leased, succeeded or\n"
    "canceled. A dead letter is sent again, which gives its run a successor, or dropped.\n";

static fallible print_jobs(Scope *s, App *app, const char *state)
{
    JobQuery query = {.state = name_find(job_status_names, state)};
    Page page = {.limit = JOBS_SHOWN};
    JobViewList views = {0};
    Tx *tx;

    if (!query.state)
        return fail(s, INVALID, "no state %s: there is pending, leased, succeeded, dead, canceled",
                    text_head(s, state, 40));
    TRY(tx_system_read(s, app->store, &tx));
    TRY(job_views(s, tx, &query, &page, &views));
    EACH (const JobView, job, &views)
        TRY(command_print(s, text(s, "%s  %-12s  run %s  tries %lld of %lld  %s\n", job->id,
                                  job->kind, job->run_id ? job->run_id : "-", (long long)job->tries,
                                  (long long)job->max_tries, job->error ? job->error : "")));
    if (!views.count)
        return command_print(s, text(s, "no jobs are %s\n", state));
    return page.next ? command_print(s, "and older ones\n") : OK;
}

/* A dead letter is changed as its own tenant. */
static fallible letter_write(Scope *s, App *app, const char *id, Tx **out)
{
    Caller owner = local_caller;
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_system_read(tmp, app->store, &tx));
        TRY(dead_letter_tenant(s, tx, id, &owner.tenant_id));
    }
    return tx_write(s, app->store, &owner, out);
}

static fallible resend(Scope *s, App *app, const char *id)
{
    Job job;
    Tx *tx;

    TRY(letter_write(s, app, id, &tx));
    TRY(dead_letter_resend(s, tx, id, &job));
    TRY(tx_commit(s, tx));
    return command_print(s, job.run_id
                                ? text(s, "job %s is pending, for run %s\n", job.id, job.run_id)
                                : text(s, "job %s is pending\n", job.id));
}

static fallible drop(Scope *s, App *app, const char *id)
{
    Tx *tx;

    TRY(letter_write(s, app, id, &tx));
    TRY(dead_letter_drop(s, tx, id));
    return tx_commit(s, tx);
}

static const struct {
    const char *word;
    Error *(*act)(Scope *s, App *app, const char *value);
} acts[] = {{"--state", print_jobs}, {"resend", resend}, {"drop", drop}};

fallible cli_jobs(Scope *s, int argc, char **argv)
{
    Settings *settings;
    App *app;

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    if (argc != 1 && argc != 3)
        return fail(s, INVALID, "jobs does not take that: see dursor jobs --help");
    TRY(command_settings(s, &settings));
    TRY(app_open(s, settings, &app));
    if (argc == 1)
        return print_jobs(s, app, "dead");
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        if (text_equal(argv[1], acts[i].word))
            return acts[i].act(s, app, argv[2]);
    return fail(s, INVALID, "jobs does not take %s: see dursor jobs --help", argv[1]);
}
