/* Payloads: each event's reader takes from it what is for us. */

#include "service/webhook_news.h"

#include "base/json.h"
#include "model/check_state.h"

static fallible payload(Scope *s, Bytes body, json_t **out)
{
    Error *e = json_parse(s, body, out);

    if (failed_as(e, INVALID))
        return fail_code(s, INVALID, "payload_invalid",
                         "Invalid payload: %s: set the webhook's content type to application/json",
                         e->message);
    return e;
}

static void add_result(Scope *s, CheckNews *news, const char *name, const char *word)
{
    if (!name || !word)
        return;
    *list_add(s, &news->results) =
        (CheckResult){text_head(s, name, CHECK_NAME_MAX), text_head(s, word, CHECK_WORD_MAX)};
}

static const char *conclusion_or_status(json_t *check)
{
    const char *conclusion = json_at_text(check, "conclusion");

    return conclusion ? conclusion : json_at_text(check, "status");
}

static Time time_at(json_t *json, const char *path)
{
    const char *written = json_at_text(json, path);
    Time at;

    return written && time_parse(written, &at) ? at : (Time){0};
}

/* ---- Events of GitHub ---- */

static void read_pull(Scope *s, json_t *json, WebhookNews *out)
{
    json_t *pull = json_at(json, "pull_request");
    bool merged = json_at_bool(pull, "merged", false);
    const char *state = json_at_text(pull, "state");

    out->pull = (ForgePull){
        .number = json_at_int(pull, "number", 0),
        .url = text_copy(s, json_at_text(pull, "html_url")),
        .title = text_copy(s, json_at_text(pull, "title")),
        .body = text_copy(s, json_at_text(pull, "body")),
        .status = merged                        ? PULL_MERGED
                  : text_equal(state, "closed") ? PULL_CLOSED
                                                : PULL_OPEN,
        .head = text_copy(s, json_at_text(pull, "head.ref")),
        .head_commit = text_copy(s, json_at_text(pull, "head.sha")),
        .base = text_copy(s, json_at_text(pull, "base.ref")),
    };
    if (!out->pull.url || !out->pull.title || !out->pull.head || !out->pull.head_commit || !state)
        out->pull.number = 0;
    out->at.url = out->pull.url;
    out->at.number = out->pull.number;
}

static void read_run(Scope *s, json_t *json, WebhookNews *out)
{
    json_t *check = json_at(json, "check_run");

    out->checks.sha = text_copy(s, json_at_text(check, "head_sha"));
    out->checks.began = time_at(check, "started_at");
    add_result(s, &out->checks, json_at_text(check, "name"), conclusion_or_status(check));
}

/* Only its conclusion: GitHub opens a suite for each App that is installed, and that of an App which has
 * nothing to say stays queued for ever. An App may have several of one commit. */
static void read_suite(Scope *s, json_t *json, WebhookNews *out)
{
    json_t *suite = json_at(json, "check_suite");
    const char *app = json_at_text(suite, "app.name");

    out->checks.sha = text_copy(s, json_at_text(suite, "head_sha"));
    add_result(s, &out->checks,
               text(s, "%s (check suite %lld)", app ? app : "Checks",
                    (long long)json_at_int(suite, "id", 0)),
               json_at_text(suite, "conclusion"));
}

/* One workflow runs once for each event of a commit: push and pull_request are two. */
static void read_workflow(Scope *s, json_t *json, WebhookNews *out)
{
    json_t *run = json_at(json, "workflow_run");
    const char *name = json_at_text(run, "name"), *event = json_at_text(run, "event");
    int64_t id = json_at_int(run, "id", 0);

    out->checks.sha = text_copy(s, json_at_text(run, "head_sha"));
    out->checks.workflow_run_id = (OptInt){id > 0, id};
    out->checks.began = time_at(run, "run_started_at");
    if (name && event)
        name = text(s, "%s (%s)", name, event);
    add_result(s, &out->checks, name, conclusion_or_status(run));
}

static void read_status(Scope *s, json_t *json, WebhookNews *out)
{
    out->checks.sha = text_copy(s, json_at_text(json, "sha"));
    out->checks.began = time_at(json, "created_at");
    add_result(s, &out->checks, json_at_text(json, "context"), json_at_text(json, "state"));
}

static const struct {
    const char *event;
    void (*read)(Scope *s, json_t *json, WebhookNews *out);
} events[] = {
    {"pull_request", read_pull},     {"check_run", read_run}, {"check_suite", read_suite},
    {"workflow_run", read_workflow}, {"status", read_status},
};

Error *webhook_read(Scope *s, const char *event, Bytes body, WebhookNews *out)
{
    json_t *json;

    *out = (WebhookNews){0};
    TRY(payload(s, body, &json));
    for (size_t i = 0; i < COUNT_OF(events); i++)
        if (text_equal(events[i].event, event))
            events[i].read(s, json, out);
    if (!out->checks.results.count)
        out->checks = (CheckNews){0};
    if (out->pull.number > 0 || out->checks.sha)
        out->at.repo_url = text_copy(s, json_at_text(json, "repository.html_url"));
    return OK;
}

/* ---- A workflow of one's own ---- */

static CheckState state_of(const CheckResultList *results)
{
    CheckState state = CHECK_PASSED;

    EACH (const CheckResult, one, results)
        state = check_state_worse(state, check_state(one->result));
    return state;
}

static void read_jobs(Scope *s, json_t *json, CheckNews *news)
{
    const char *conclusion = json_at_text(json, "conclusion"), *event = json_at_text(json, "event");
    const char *name;
    json_t *result;

    json_object_foreach(json_at(json, "jobs"), name, result)
    {
        add_result(s, news, name, json_string_value(result));
    }
    if (!news->results.count || check_state(conclusion) > state_of(&news->results))
        add_result(s, news, text_empty(event) ? "workflow" : event, conclusion);
}

Error *webhook_read_ci(Scope *s, const char *web, Bytes body, WebhookNews *out)
{
    json_t *json;

    *out = (WebhookNews){0};
    TRY(payload(s, body, &json));
    const char *repository = json_at_text(json, "repository"), *sha = json_at_text(json, "sha");
    int64_t number = json_at_int(json, "pr_number", 0),
            id = json_at_int(json, "workflow_run_id", 0);
    WebhookNews news = {.checks = {.workflow_run_id = {id > 0, id}}};

    read_jobs(s, json, &news.checks);
    if (text_empty(repository) || text_empty(sha) || strlen(sha) > CHECK_SHA_MAX ||
        !news.checks.results.count)
        return fail_code(s, INVALID, "payload_invalid",
                         "Invalid payload: it needs repository (\"owner/name\"), sha, and jobs "
                         "({\"name\": \"result\"}) or a conclusion");
    news.checks.sha = text_copy(s, sha);
    news.at.repo_url =
        strstr(repository, "://") ? text_copy(s, repository) : text(s, "%s/%s", web, repository);
    if (number > 0) {
        news.at.number = number;
        news.at.url = text(s, "%s/pull/%lld", news.at.repo_url, (long long)number);
    }
    *out = news;
    return OK;
}
