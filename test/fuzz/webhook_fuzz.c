/* Payloads of webhooks, and descriptions that people have edited. */

#include "service/pulls_block.h"
#include "service/webhook_news.h"
#include "test/fuzz/fuzz.h"

/* A payload is refused, or holds nothing for us, or news that are whole. */
static void check_news(const Error *e, const WebhookNews *news)
{
    FUZZ_CHECK(!e || failed_as(e, INVALID) || failed_as(e, TOO_LARGE));
    if (e || !news->at.repo_url)
        return;
    FUZZ_CHECK(news->pull.number > 0 || (news->checks.sha && news->checks.results.count));
    FUZZ_CHECK(!news->at.number || news->at.url);
    EACH (const CheckResult, one, &news->checks.results)
        FUZZ_CHECK(strlen(one->name) < 4 * (CHECK_NAME_MAX + 1) && one->result);
}

static void read_payload(Scope *s, Bytes bytes)
{
    static const char *const events[] = {"pull_request", "check_run", "check_suite",
                                         "workflow_run", "status",    "ping"};
    WebhookNews news;

    for (size_t i = 0; i < COUNT_OF(events); i++) {
        Error *e = webhook_read(s, events[i], bytes, &news);
        check_news(e, &news);
    }
    Error *e = webhook_read_ci(s, "https://github.com", bytes, &news);
    check_news(e, &news);
}

/* Putting the same again changes nothing. */
static void put_block(Scope *s, Bytes bytes)
{
    const char *once = pull_block_put(s, text_of(s, bytes), "text");

    FUZZ_CHECK(text_equal(pull_block_put(s, once, "text"), once));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    Bytes bytes = {(const char *)data, size};

    read_payload(s, bytes);
    put_block(s, bytes);
    return 0;
}
