/* Deliveries: proven, told apart, taken in. */

#include "service/webhooks.h"

#include "model/check_state.h"
#include "sys/crypto.h"

#define SIGNATURE_START "sha256="

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

static fallible save_checks(Scope *s, App *app, const Pull *row, const CheckNews *news)
{
    const Caller tenant = {row->tenant_id, NULL, ROLE_DEVELOPER};
    Tx *tx;
    SCOPE(tmp, s);

    TRY(tx_write(tmp, app->store, &tenant, &tx));
    TRY(check_results_put(tmp, tx, row->id, news));
    return tx_commit(tmp, tx);
}

static fallible rows_of(Scope *s, App *app, const WebhookNews *news, PullList *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_system_read(tmp, app->store, &tx));
    return news->at.number ? pulls_at(s, tx, &news->at, out)
                           : pulls_at_commit(s, tx, news->at.repo_url, news->checks.sha, out);
}

static fallible take_news(Scope *s, App *app, const WebhookNews *news, int64_t *taken)
{
    PullList rows = {0};

    TRY(rows_of(s, app, news, &rows));
    EACH (const Pull, row, &rows) {
        if (news->pull.number)
            TRY(save_pull(s, app, row, &news->pull));
        if (news->checks.sha)
            TRY(save_checks(s, app, row, &news->checks));
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
    if (news.at.repo_url)
        TRY(take_news(s, app, &news, &taken));
    if (!taken && !text_equal(delivery->event, "ping"))
        out->status = "ignored";
    return remember(s, app, delivery);
}

Error *webhook_take_ci(Scope *s, App *app, const Delivery *delivery, CiAnswer *out)
{
    const char *web = forge_web_url(s, app->settings->github_api_url);
    WebhookNews news;
    int64_t taken;

    TRY(signature_check(s, app->settings, delivery));
    TRY(webhook_read_ci(s, web, delivery->body, &news));
    TRY(take_news(s, app, &news, &taken));
    *out = (CiAnswer){.status = taken ? "received" : "ignored"};
    if (!taken)
        out->reason = "no pull request of dursor is meant";
    EACH (const CheckResult, one, &news.checks.results)
        if (check_state(one->result) == CHECK_FAILED)
            texts_add(s, &out->failed_jobs, one->name);
    return OK;
}
