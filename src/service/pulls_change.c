/* Another result, another text, or the state of a pull request that is there. */

#include "service/pulls_block.h"
#include "service/pulls_parts.h"

#include "store/intents.h"
#include "sys/crypto.h"

static fallible read_pull(Scope *s, App *app, const Caller *caller, const PullTarget *target,
                          Pull *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, app->store, caller, &tx));
    return pull_get(s, tx, target->task_id, target->pull_id, out);
}

static ForgePullWant want_of(const PullWork *w, const Pull *pull)
{
    return (ForgePullWant){.repo = w->name, .number = pull->number};
}

/* ---- Another result ---- */

static fallible still_open(Scope *s, const ForgePull *there)
{
    if (there->status == PULL_OPEN)
        return OK;
    return fail_code(s, CONFLICT, "pull_not_open",
                     "pull request #%lld is %s: create a new one for this result",
                     (long long)there->number, name_of(pull_status_names, (int)there->status));
}

static const char *update_message(Scope *s, const PullWork *w, const char *message)
{
    if (!text_empty(message))
        return message;
    return text(s, "Update: %s", text_empty(w->run.summary) ? "another result" : w->run.summary);
}

Error *pulls_update(Scope *s, App *app, const Caller *caller, const PullTarget *target, Pull *out)
{
    const PullUpdate *in = target->update;
    PullOrder order = {.task_id = target->task_id, .run_id = in->selected_run_id};
    PullWork w;
    ForgePull there;
    const char *head;
    Pull pull;

    TRY(read_pull(s, app, caller, target, &pull));
    TRY(pull_work_open(s, app, caller, &order, &w));
    TRY(pull_work_commit(s, &w));
    ForgePullWant want = want_of(&w, &pull);
    TRY(w.forge.driver->pull_get(s, &w.forge, &want, &there));
    TRY(still_open(s, &there));
    PullPush push = {.branch = there.head,
                     .commit = w.commit,
                     .took = pull.run_commit,
                     .message = update_message(s, &w, in->message)};
    TRY(pull_push(s, &w, &push, &head));
    *out = pull_of(&w, &there);
    out->latest_commit = head;
    out->run_id = w.run.id;
    out->run_commit = w.commit;
    return pull_store(s, &w, out, NULL);
}

/* ---- Another text ---- */

/* The run that the pull request shows: the one it took last, else the newest of its branch. */
static fallible run_shown(Scope *s, App *app, const Caller *caller, const Pull *pull,
                          const char **run_id)
{
    SCOPE(tmp, s);
    RunList runs = {0};
    Page page = {0};
    Tx *tx;

    *run_id = pull->run_id;
    if (*run_id)
        return OK;
    TRY(tx_read(tmp, app->store, caller, &tx));
    TRY(runs_of_task(tmp, tx, pull->task_id, &page, &runs));
    EACH (const Run, run, &runs)
        if (!*run_id && text_equal(run->working_branch, pull->branch) && run->commit_sha)
            *run_id = text_copy(s, run->id);
    if (*run_id)
        return OK;
    return fail_code(s, INVALID, "no_diff", "Could not get diff for PR description generation");
}

static fallible new_texts(Scope *s, PullWork *w, PullTextMode mode, const ForgePull *there,
                          ForgePullWant *want)
{
    PullText written;

    TRY(pull_text_write(s, w, &written));
    if (mode != PULL_TEXT_DESCRIPTION)
        want->title = written.title;
    if (mode != PULL_TEXT_TITLE)
        want->body = pull_block_put(s, there->body ? there->body : "", written.body);
    return OK;
}

static const char *edit_key(Scope *s, const Pull *pull, const ForgePullWant *want)
{
    const char *texts =
        text(s, "%s\n%s", want->title ? want->title : "", want->body ? want->body : "");

    return text(s, "pull-text:%s:%s", pull->id, sha256_hex(s, bytes_of(texts)));
}

Error *pulls_rewrite(Scope *s, App *app, const Caller *caller, const PullTarget *target, Pull *out)
{
    PullOrder order = {.task_id = target->task_id};
    PullWork w;
    ForgePull there;
    Pull pull;

    TRY(read_pull(s, app, caller, target, &pull));
    TRY(run_shown(s, app, caller, &pull, &order.run_id));
    TRY(pull_work_open(s, app, caller, &order, &w));
    ForgePullWant want = want_of(&w, &pull);
    TRY(w.forge.driver->pull_get(s, &w.forge, &want, &there));
    TRY(new_texts(s, &w, target->mode, &there, &want));
    Intent intent = {.kind = "pull_text", .key = edit_key(s, &pull, &want)};
    TRY(pull_intend(s, &w, &intent));
    TRY(w.forge.driver->pull_edit(s, &w.forge, &want, &there));
    *out = pull_of(&w, &there);
    return pull_store(s, &w, out, &intent);
}

/* ---- State ---- */

Error *pulls_refresh(Scope *s, App *app, const Caller *caller, const PullTarget *target, Pull *out)
{
    PullOrder order = {.task_id = target->task_id};
    PullWork w;
    ForgePull there;
    Pull pull;

    TRY(read_pull(s, app, caller, target, &pull));
    TRY(pull_work_open(s, app, caller, &order, &w));
    ForgePullWant want = want_of(&w, &pull);
    TRY(w.forge.driver->pull_get(s, &w.forge, &want, &there));
    *out = pull_of(&w, &there);
    return pull_store(s, &w, out, NULL);
}
