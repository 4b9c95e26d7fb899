/* Deliveries: proven, told apart, read, taken in. */

#include "service/webhooks.h"

#include "base/json.h"
#include "store/pulls.h"
#include "sys/crypto.h"

#define SIGNATURE_START "sha256="

/* ---- Reading ---- */

static void read_pull(Scope *s, json_t *pull, WebhookNews *out)
{
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
}

static void read_check(Scope *s, json_t *check, WebhookNews *out)
{
    const char *result = json_at_text(check, "conclusion");

    out->check = (CheckResult){
        .sha = text_copy(s, json_at_text(check, "head_sha")),
        .name = text_copy(s, json_at_text(check, "name")),
        .result = text_copy(s, result ? result : json_at_text(check, "status")),
    };
}

static void read_status(Scope *s, json_t *status, WebhookNews *out)
{
    out->check = (CheckResult){
        .sha = text_copy(s, json_at_text(status, "sha")),
        .name = text_copy(s, json_at_text(status, "context")),
        .result = text_copy(s, json_at_text(status, "state")),
    };
}

Error *webhook_read(Scope *s, const char *event, Bytes body, WebhookNews *out)
{
    json_t *json;

    *out = (WebhookNews){0};
    Error *e = json_parse(s, body, &json);
    if (failed_as(e, INVALID))
        return fail_code(s, INVALID, "payload_invalid",
                         "Invalid payload: %s: set the webhook's content type to application/json",
                         e->message);
    TRY(e);
    const char *url = json_at_text(json, "repository.html_url");
    if (!url)
        return OK;
    if (text_equal(event, "pull_request"))
        read_pull(s, json_at(json, "pull_request"), out);
    else if (text_equal(event, "check_run"))
        read_check(s, json_at(json, "check_run"), out);
    else if (text_equal(event, "status"))
        read_status(s, json, out);
    if (!out->check.name || !out->check.result)
        out->check = (CheckResult){0};
    if (out->pull.number > 0 || out->check.sha)
        out->repo_url = text_copy(s, url);
    return OK;
}

/* ---- Proof ---- */

static fallible signature_check(Scope *s, const Settings *settings, const Delivery *delivery)
{
    const char *secret = settings->webhook_secret;

    if (text_empty(secret))
        return fail_code(s, UNIDENTIFIED, "webhook_off",
                         "webhooks are refused: set DURSOR_WEBHOOK_SECRET to the secret of the "
                         "webhook at GitHub");
    Sha256 sum = hmac_sha256(bytes_of(secret), delivery->body);
    const char *expected = text(s, SIGNATURE_START "%s", hex(s, sha256_view(&sum)));
    if (delivery->signature &&
        bytes_equal_secretly(bytes_of(expected), bytes_of(delivery->signature)))
        return OK;
    return fail_code(s, UNIDENTIFIED, "webhook_signature", "Invalid signature");
}

/* ---- Taking in ---- */

static fallible save_pull(Scope *s, App *app, const Pull *row, const ForgePull *there)
{
    const Caller tenant = {row->tenant_id, NULL, ROLE_DEVELOPER};
    Pull pull = *row;
    Tx *tx;
    SCOPE(tmp, s);

    pull.title = there->title;
    pull.body = there->body ? there->body : "";
    pull.status = there->status;
    pull.latest_commit = there->head_commit;
    pull.base = there->base;
    TRY(tx_write(tmp, app->store, &tenant, &tx));
    TRY(pull_save(tmp, tx, &pull));
    return tx_commit(tmp, tx);
}

static fallible save_check(Scope *s, App *app, const Pull *row, const CheckResult *check)
{
    const Caller tenant = {row->tenant_id, NULL, ROLE_DEVELOPER};
    Tx *tx;
    SCOPE(tmp, s);

    TRY(tx_write(tmp, app->store, &tenant, &tx));
    TRY(check_result_put(tmp, tx, row->id, check));
    return tx_commit(tmp, tx);
}

static fallible rows_of(Scope *s, App *app, const WebhookNews *news, PullList *out)
{
    PullPlace place = {news->repo_url, news->pull.url, news->pull.number};
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_system_read(tmp, app->store, &tx));
    return news->pull.number ? pulls_at(s, tx, &place, out)
                             : pulls_at_commit(s, tx, news->repo_url, news->check.sha, out);
}

static fallible take_news(Scope *s, App *app, const WebhookNews *news, int64_t *taken)
{
    PullList rows = {0};

    TRY(rows_of(s, app, news, &rows));
    EACH (const Pull, row, &rows) {
        TRY(news->pull.number ? save_pull(s, app, row, &news->pull)
                              : save_check(s, app, row, &news->check));
        bus_publish(app->bus, text(s, "task:%s", row->task_id));
    }
    *taken = (int64_t)rows.count;
    return OK;
}

/* The id is remembered after the news is in: a crash in between makes GitHub's redelivery count, and
 * taking the same news in twice changes nothing. */
static fallible remember(Scope *s, App *app, const Delivery *delivery)
{
    SCOPE(tmp, s);
    bool first;
    Tx *tx;

    TRY(tx_system(tmp, app->store, &tx));
    TRY(delivery_take(tmp, tx, delivery->id, delivery->event, &first));
    return tx_commit(tmp, tx);
}

static fallible known(Scope *s, App *app, const Delivery *delivery, bool *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_system_read(tmp, app->store, &tx));
    return delivery_known(tmp, tx, delivery->id, out);
}

Error *webhook_take(Scope *s, App *app, const Delivery *delivery, WebhookAnswer *out)
{
    WebhookNews news;
    int64_t taken = 0;
    bool repeated;

    TRY(signature_check(s, app->settings, delivery));
    if (text_empty(delivery->event))
        return fail(s, INVALID, "Invalid payload: there is no X-GitHub-Event");
    TRY(known(s, app, delivery, &repeated));
    *out = (WebhookAnswer){repeated ? "repeated" : "received", delivery->event};
    if (repeated)
        return OK;
    TRY(webhook_read(s, delivery->event, delivery->body, &news));
    if (news.repo_url)
        TRY(take_news(s, app, &news, &taken));
    if (!taken && !text_equal(delivery->event, "ping"))
        out->status = "ignored";
    return remember(s, app, delivery);
}
