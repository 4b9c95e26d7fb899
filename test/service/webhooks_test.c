/* What payloads of webhooks say. */

#include "service/webhooks.h"
#include "test/test.h"

#define REPOSITORY "\"repository\":{\"html_url\":\"https://github.com/octo/app\"}"

TEST(a_pull_request_event_tells_its_state)
{
    WebhookNews news;

    TRY(webhook_read(
        s, "pull_request",
        bytes_of("{\"pull_request\":{\"number\":7,\"html_url\":\"u\",\"title\":\"t\","
                 "\"state\":\"closed\",\"merged\":true,\"head\":{\"ref\":\"h\",\"sha\":"
                 "\"c\"}}," REPOSITORY "}"),
        &news));
    CHECK_TEXT(news.repo_url, "https://github.com/octo/app");
    CHECK_EQ(news.pull.number, 7);
    CHECK_EQ(news.pull.status, PULL_MERGED);
    return OK;
}

TEST(a_check_that_goes_on_has_its_status_as_result)
{
    WebhookNews news;

    TRY(webhook_read(s, "check_run",
                     bytes_of("{\"check_run\":{\"name\":\"build\",\"head_sha\":\"c\",\"status\":"
                              "\"in_progress\",\"conclusion\":null}," REPOSITORY "}"),
                     &news));
    CHECK_TEXT(news.check.result, "in_progress");
    CHECK_TEXT(news.check.sha, "c");
    return OK;
}

TEST(half_of_a_payload_is_no_news)
{
    WebhookNews news;

    TRY(webhook_read(s, "pull_request", BYTES("{\"pull_request\":{\"number\":7}," REPOSITORY "}"),
                     &news));
    CHECK(!news.repo_url);
    TRY(webhook_read(s, "status", BYTES("{\"sha\":\"c\"}"), &news));
    CHECK(!news.repo_url);
    TRY(webhook_read(s, "star", BYTES("{" REPOSITORY "}"), &news));
    CHECK(!news.repo_url);
    FAILS(INVALID, webhook_read(s, "status", BYTES("payload=%7B%7D"), &news));
    return OK;
}
