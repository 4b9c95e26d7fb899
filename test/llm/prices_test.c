/* What calls cost. */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "llm/prices.h"
#include "test/llm/given.h"

static Time at(const char *t)
{
    Time time = {-1};

    (void)time_parse(t, &time); /* -1 finds no price */
    return time;
}

static const char today[] = "2026-11-25T00:00:00Z";

/* In millionths of a dollar, rounded; -1 when unknown. */
static int64_t micro(OptReal usd)
{
    return usd.set ? (int64_t)(usd.value * 1e6 + 0.5) : -1;
}

static const char *given_file(Scope *s, const char *content)
{
    char *path = scope_copy(s, "/tmp/prices-XXXXXX", sizeof "/tmp/prices-XXXXXX");
    int fd = mkstemp(path);
    const char *t = quoted(s, content);

    return fd >= 0 && write(fd, t, strlen(t)) == (ssize_t)strlen(t) && close(fd) == 0 ? path : NULL;
}

TEST(the_built_in_table_is_dated_and_whole)
{
    const Prices *prices;

    TRY(prices_open(s, NULL, &prices));
    CHECK_TEXT(prices_date(prices), "2026-11-23");
    CHECK(price_find(prices, PROVIDER_OPENAI, "gpt-5.5", at(today)));
    CHECK(price_find(prices, PROVIDER_GOOGLE, "gemini-2.5-pro", at(today)));
    CHECK_EQ(
        price_find(prices, PROVIDER_ANTHROPIC, "claude-opus-5-5", at(today))->context_tokens.value,
        1000000);
    return OK;
}

TEST(each_kind_of_token_has_its_price)
{
    const Prices *prices;
    Usage usage = {.input_tokens = 1000,
                   .output_tokens = 100,
                   .cache_read_tokens = 10000,
                   .cache_write_tokens = 2000};

    TRY(prices_open(s, NULL, &prices));
    const Price *opus = price_find(prices, PROVIDER_ANTHROPIC, "claude-opus-5-5", at(today));
    CHECK_EQ(micro(price_of(opus, &usage)), 4000 + 2000 + 2000 + 10000);
    return OK;
}

TEST(a_long_prompt_has_its_own_price_for_the_whole_request)
{
    const Prices *prices;
    Usage edge = {.input_tokens = 72000, .cache_read_tokens = 200000, .output_tokens = 1000};
    Usage beyond = {.input_tokens = 72001, .cache_read_tokens = 200000, .output_tokens = 1000};

    TRY(prices_open(s, NULL, &prices));
    const Price *gpt = price_find(prices, PROVIDER_OPENAI, "gpt-6-sol", at(today));
    CHECK_EQ(micro(price_of(gpt, &edge)), 144000 + 40000 + 10000);
    CHECK_EQ(micro(price_of(gpt, &beyond)), 288004 + 80000 + 15000);
    return OK;
}

TEST(an_unknown_model_has_no_price_at_all)
{
    const Prices *prices;
    Usage usage = {.input_tokens = 1000};

    TRY(prices_open(s, NULL, &prices));
    CHECK(!price_find(prices, PROVIDER_OPENAI, "gpt-oss:20b", at(today)));
    CHECK(!price_find(prices, PROVIDER_OPENAI, "claude-opus-5-5",
                      at(today))); /* another provider's */
    CHECK(!price_of(NULL, &usage).set);
    return OK;
}

TEST(dated_names_are_found_by_their_family)
{
    const Prices *prices;

    TRY(prices_open(s, NULL, &prices));
    CHECK(price_find(prices, PROVIDER_ANTHROPIC, "claude-haiku-4-5-20251001", at(today)));
    CHECK(price_find(prices, PROVIDER_ANTHROPIC, "claude-haiku-4-5@20251001", at(today)));
    CHECK(price_find(prices, PROVIDER_OPENAI, "gpt-5.5-2026-04-23", at(today)));
    CHECK(price_find(prices, PROVIDER_ANTHROPIC, "claude-sonnet-4-5-latest", at(today)));
    CHECK(price_find(prices, PROVIDER_GOOGLE, "models/gemini-2.5-flash", at(today)));
    CHECK(!price_find(prices, PROVIDER_OPENAI, "gpt-5.5-mini", at(today)));
    CHECK(!price_find(prices, PROVIDER_OPENAI, "-2026-04-23", at(today)));
    return OK;
}

TEST(a_file_of_ones_own_goes_first_and_rows_have_their_time)
{
    const Prices *prices;
    const char *path =
        given_file(s, "{'date':'2026-12-01','models':["
                      "{'provider':'openai','model':'gpt-5.5','input':5,'output':30,'valid_until':'"
                      "2026-12-01T00:00:00Z'},"
                      "{'provider':'openai','model':'gpt-5.5','input':1,'output':2,'valid_from':'"
                      "2026-12-01T00:00:00Z'},"
                      "{'provider':'openai','model':'local','input':0,'output':0}]}");
    Usage usage = {.input_tokens = 1000000};

    TRY(prices_open(s, path, &prices));
    unlink(path);
    CHECK_EQ(micro(price_of(price_find(prices, PROVIDER_OPENAI, "gpt-5.5", at(today)), &usage)),
             5000000);
    CHECK_EQ(
        micro(price_of(price_find(prices, PROVIDER_OPENAI, "gpt-5.5", at("2026-12-01T00:00:00Z")),
                       &usage)),
        1000000);
    CHECK_EQ(micro(price_of(price_find(prices, PROVIDER_OPENAI, "local", at(today)), &usage)),
             0); /* said to be free */
    CHECK(price_find(prices, PROVIDER_GOOGLE, "gemini-2.5-pro", at(today)));
    return OK;
}

TEST(a_long_rate_that_nobody_knows_gives_no_price)
{
    Price price = {.input = 1, .output = 1, .long_above = {true, 10}};

    CHECK(price_of(&price, &(Usage){.input_tokens = 10}).set);
    CHECK(!price_of(&price, &(Usage){.input_tokens = 11}).set);
    return OK;
}

TEST(a_file_of_prices_that_is_wrong_is_refused)
{
    const Prices *prices;
    const char *negative = given_file(
        s, "{'date':'x','models':[{'provider':'openai','model':'m','input':-1,'output':1}]}");
    const char *nameless =
        given_file(s, "{'date':'x','models':[{'provider':'nobody','input':1,'output':1}]}");

    FAILS(INVALID, prices_open(s, negative, &prices));
    FAILS(MALFORMED, prices_open(s, nameless, &prices));
    FAILS(MISSING, prices_open(s, "/nowhere/prices.json", &prices));
    unlink(negative);
    unlink(nameless);
    return OK;
}
