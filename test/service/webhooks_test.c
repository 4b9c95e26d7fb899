/* What payloads of webhooks say. */

#include "service/webhook_news.h"
#include "test/test.h"

#define REPOSITORY "\"repository\":{\"html_url\":\"https://github.com/octo/app\"}"

/* "name=word name=word" */
static const char *said(Scope *s, const WebhookNews *news)
{
    TextList parts = {0};

    EACH (const CheckResult, one, &news->checks.results)
        texts_add(s, &parts, text(s, "%s=%s", one->name, one->result));
    return text_join(s, &parts, " ");
}

TEST(a_pull_request_event_tells_its_state)
{
    WebhookNews news;

    TRY(webhook_read(
        s, "pull_request",
        bytes_of("{\"pull_request\":{\"number\":7,\"html_url\":\"u\",\"title\":\"t\","
                 "\"state\":\"closed\",\"merged\":true,\"head\":{\"ref\":\"h\",\"sha\":"
                 "\"c\"}}," REPOSITORY "}"),
        &news));
    CHECK_TEXT(news.at.repo_url, "https://github.com/octo/app");
    CHECK_EQ(news.pull.number, 7);
    CHECK_EQ(news.pull.status, PULL_MERGED);
    return OK;
}

TEST(a_check_that_goes_on_has_its_status_as_result)
{
    WebhookNews news;

    TRY(webhook_read(s, "check_run",
                     bytes_of("{\"check_run\":{\"name\":\"build\",\"head_sha\":\"c\",\"status\":"
                              "\"in_progress\",\"started_at\":\"1970-01-01T00:00:01Z\","
                              "\"conclusion\":null}," REPOSITORY "}"),
                     &news));
    CHECK_TEXT(news.checks.sha, "c");
    CHECK_EQ(news.checks.began.us, US_PER_S);
    CHECK_TEXT(said(s, &news), "build=in_progress");
    return OK;
}

TEST(half_of_a_payload_is_no_news)
{
    WebhookNews news;

    TRY(webhook_read(s, "pull_request", BYTES("{\"pull_request\":{\"number\":7}," REPOSITORY "}"),
                     &news));
    CHECK(!news.at.repo_url);
    TRY(webhook_read(s, "status", BYTES("{\"sha\":\"c\"}"), &news));
    CHECK(!news.at.repo_url);
    TRY(webhook_read(s, "star", BYTES("{" REPOSITORY "}"), &news));
    CHECK(!news.at.repo_url);
    FAILS(INVALID, webhook_read(s, "status", BYTES("payload=%7B%7D"), &news));
    return OK;
}

TEST(a_check_suite_counts_at_its_end_and_by_its_own_number)
{
    WebhookNews queued, ended;

    TRY(webhook_read(s, "check_suite",
                     BYTES("{\"check_suite\":{\"id\":5,\"head_sha\":\"c\",\"status\":\"queued\","
                           "\"conclusion\":null,\"app\":{\"name\":\"Bot\"}}," REPOSITORY "}"),
                     &queued));
    CHECK(!queued.at.repo_url);
    TRY(webhook_read(s, "check_suite",
                     BYTES("{\"check_suite\":{\"id\":5,\"head_sha\":\"c\",\"status\":\"completed\","
                           "\"conclusion\":\"stale\",\"app\":{\"name\":\"Bot\"}}," REPOSITORY "}"),
                     &ended));
    CHECK_TEXT(ended.checks.sha, "c");
    CHECK_TEXT(said(s, &ended), "Bot (check suite 5)=stale");
    return OK;
}

TEST(a_workflow_is_known_by_its_name_and_what_began_it)
{
    WebhookNews news;

    TRY(webhook_read(s, "workflow_run",
                     BYTES("{\"workflow_run\":{\"id\":30433642,\"name\":\"CI\",\"event\":\"push\","
                           "\"head_sha\":\"c\",\"status\":\"in_progress\",\"conclusion\":null},"
                           "" REPOSITORY "}"),
                     &news));
    CHECK_TEXT(news.at.repo_url, "https://github.com/octo/app");
    CHECK_EQ(news.at.number, 0);
    CHECK_EQ(news.checks.workflow_run_id.value, 30433642);
    CHECK_TEXT(said(s, &news), "CI (push)=in_progress");
    return OK;
}

#define WEB "https://github.com"

TEST(a_workflow_of_ones_own_means_a_number_of_its_repository)
{
    WebhookNews news;

    TRY(webhook_read_ci(
        s, WEB,
        BYTES("{\"event\":\"ci\",\"repository\":\"octo/app\",\"ref\":\"r\",\"sha\":\"c\","
              "\"pr_number\":7,\"workflow_run_id\":3,\"conclusion\":\"failure\","
              "\"jobs\":{\"test\":\"failure\",\"lint\":\"success\",\"odd\":1}}"),
        &news));
    CHECK_TEXT(news.at.repo_url, "https://github.com/octo/app");
    CHECK_TEXT(news.at.url, "https://github.com/octo/app/pull/7");
    CHECK_EQ(news.at.number, 7);
    CHECK_EQ(news.pull.number, 0);
    CHECK_EQ(news.checks.workflow_run_id.value, 3);
    CHECK_TEXT(said(s, &news), "test=failure lint=success");
    return OK;
}

TEST(a_conclusion_worse_than_the_jobs_stands_beside_them)
{
    static const struct {
        const char *rest, *wanted;
    } cases[] = {
        {"\"conclusion\":\"success\",\"jobs\":{\"a\":\"success\"}", "a=success"},
        {"\"conclusion\":\"failure\",\"jobs\":{\"a\":\"success\"}", "a=success ci=failure"},
        {"\"conclusion\":\"cancelled\",\"jobs\":{}", "ci=cancelled"},
        {"\"conclusion\":\"success\"", "ci=success"},
    };
    WebhookNews news;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *body = text(
            s, "{\"event\":\"ci\",\"repository\":\"octo/app\",\"sha\":\"c\",%s}", cases[i].rest);
        TRY(webhook_read_ci(s, WEB, bytes_of(body), &news));
        CHECK_TEXT(said(s, &news), cases[i].wanted);
        CHECK_EQ(news.at.number, 0);
    }
    return OK;
}

TEST(results_of_nothing_or_of_no_commit_are_refused)
{
    static const char *const bodies[] = {
        "{}",
        "[]",
        "no json",
        "{\"repository\":\"octo/app\",\"sha\":\"c\"}",
        "{\"repository\":\"octo/app\",\"conclusion\":\"success\"}",
        "{\"sha\":\"c\",\"conclusion\":\"success\"}",
        "{\"repository\":{},\"sha\":\"c\",\"conclusion\":\"success\"}",
    };
    WebhookNews news;

    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        FAILS(INVALID, webhook_read_ci(s, WEB, bytes_of(bodies[i]), &news));
    return OK;
}
