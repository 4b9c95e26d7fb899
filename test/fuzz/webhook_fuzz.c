/* Payloads of webhooks, and descriptions that people have edited. */

#include "service/pulls_block.h"
#include "service/webhooks.h"
#include "test/fuzz/fuzz.h"

static void read_payload(Scope *s, Bytes bytes)
{
    static const char *const events[] = {"pull_request", "check_run", "status", "ping"};
    WebhookNews news;

    for (size_t i = 0; i < COUNT_OF(events); i++) {
        Error *e = webhook_read(s, events[i], bytes, &news);
        FUZZ_CHECK(!e || failed_as(e, INVALID) || failed_as(e, TOO_LARGE));
        FUZZ_CHECK(e || !news.repo_url || news.pull.number > 0 || news.check.sha);
    }
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
