/* Trying again: when, how often, how long after. */

#include <time.h>

#include "llm/fault.h"
#include "test/llm/given.h"

#define SAYS(t) DATA("{'choices':[{'delta':{'content':'" t "'}}]}")
#define GOOD    SAYS("ok") DATA("{'choices':[{'delta':{},'finish_reason':'stop'}]}") DATA("[DONE]")
#define REFUSED(status_, headers_, body_)                                                          \
    {                                                                                              \
        .status = status_, .headers = "Content-Type: application/json\r\n" headers_, .body = body_ \
    }

static LlmModel chat(Scope *s, Script *script)
{
    return given_model(s, script, PROVIDER_OPENAI, LLM_CHAT);
}

/* The first step is followed by a good answer. */
static fallible passes(Scope *s, Step step, const char *notice)
{
    Script *script = given_script(s, (const Step[]){step, {.body = GOOD}}, 2);
    LlmModel model = chat(s, script);
    Heard *heard = given_heard(s);
    LlmReply reply;

    TRY(ask(s, &model, heard, &reply));
    CHECK_TEXT(reply.text, "ok");
    CHECK_EQ(reply.tries, 2);
    CHECK_EQ(heard->kinds.count, 1);
    CHECK_EQ(heard->kinds.items[0], LLM_WAITS_RETRY);
    CHECK_HAS(heard->notices.items[0], notice);
    return OK;
}

TEST(what_may_pass_is_tried_again)
{
    TRY(passes(s, (Step)REFUSED("500 Oops", "", ""), "the provider failed"));
    TRY(passes(s, (Step)REFUSED("502 Oops", "", ""), "the provider failed"));
    TRY(passes(s, (Step)REFUSED("503 Oops", "", "{'error':'loading'}"), "overloaded"));
    TRY(passes(s, (Step)REFUSED("529 Oops", "", ""), "overloaded"));
    TRY(passes(s, (Step)REFUSED("408 Oops", "", ""), "silent"));
    TRY(passes(s, (Step)REFUSED("429 Oops", "", "{'error':{'code':'rate_limit_exceeded'}}"),
               "rate limit"));
    return OK;
}

TEST(an_answer_that_broke_off_is_tried_again)
{
    TRY(passes(s, (Step){.body = SAYS("o"), .end = STEP_CUT}, "broke off"));
    TRY(passes(s, (Step){.body = SAYS("o"), .end = STEP_RESET}, "broke off"));
    TRY(passes(s, (Step){.body = SAYS("o")}, "broke off"));
    TRY(passes(s, (Step){.end = STEP_HANG_UP}, "cannot be reached"));
    TRY(passes(s, (Step){.body = DATA("{'error':{'message':'boom'}}")}, "in the middle"));
    TRY(passes(s, (Step){.body = DATA("[DONE]")}, "empty"));
    TRY(passes(s, (Step){.body = DATA("not json")}, "form of the protocol"));
    return OK;
}

TEST(an_end_that_was_said_stands_though_the_connection_breaks)
{
    Script *script = GIVEN_SCRIPT(s, {.body = GOOD, .end = STEP_CUT});
    LlmModel model = chat(s, script);
    LlmReply reply;

    TRY(ask(s, &model, given_heard(s), &reply));
    CHECK_EQ(reply.tries, 1);
    return OK;
}

TEST(tokens_of_a_broken_answer_are_told_too)
{
    Script *script =
        GIVEN_SCRIPT(s, {.body = SAYS("one two three"), .end = STEP_CUT}, {.body = GOOD});
    LlmModel model = chat(s, script);
    Heard *heard = given_heard(s);
    LlmReply reply;

    TRY(ask(s, &model, heard, &reply));
    CHECK_EQ(heard->times_spent, 2);
    CHECK(heard->spent.output_tokens >= 4);
    return OK;
}

TEST(tries_are_counted_and_the_error_says_so)
{
    Script *script = GIVEN_SCRIPT(s, REFUSED("500 A", "", ""), REFUSED("500 B", "", ""),
                                  REFUSED("500 C", "", ""));
    LlmModel model = chat(s, script);
    LlmReply reply;
    Error *e = ask(s, &model, given_heard(s), &reply);

    CHECK(failed_as(e, UNAVAILABLE));
    CHECK_TEXT(e->code, "provider_failed");
    CHECK_HAS(e->message, "tried 3 times");
    CHECK_EQ(script_count(script), 3);
    return OK;
}

TEST(empty_answers_are_worth_one_more_try_only)
{
    Script *script =
        GIVEN_SCRIPT(s, {.body = DATA("[DONE]")}, {.body = DATA("[DONE]")}, {.body = GOOD});
    LlmModel model = chat(s, script);
    LlmReply reply;
    Error *e = ask(s, &model, given_heard(s), &reply);

    CHECK_TEXT(e->code, "answer_empty");
    CHECK_EQ(script_count(script), 2);
    return OK;
}

/* The call waited at least that long before its second try. */
static fallible waits(Scope *s, Provider provider, Step step, int64_t least)
{
    static const char good_gemini[] =
        DATA("{'candidates':[{'content':{'parts':[{'text':'ok'}]},'finishReason':'STOP'}]}");
    const Step good = {.body = provider == PROVIDER_GOOGLE ? good_gemini : GOOD};
    Script *script = given_script(s, (const Step[]){step, good}, 2);
    LlmModel model = given_model(s, script, provider, provider == PROVIDER_OPENAI ? LLM_CHAT : 0);
    Heard *heard = given_heard(s);
    int64_t began = clock_us();
    LlmReply reply;

    TRY(ask(s, &model, heard, &reply));
    CHECK(clock_us() - began >= least);
    CHECK_HAS(heard->notices.items[0], "asked for it");
    return OK;
}

TEST(each_form_of_retry_after_is_the_least_wait)
{
    TRY(waits(s, PROVIDER_OPENAI, (Step)REFUSED("429 Slow", "retry-after-ms: 40\r\n", "{}"),
              40 * US_PER_MS));
    TRY(waits(s, PROVIDER_OPENAI, (Step)REFUSED("429 Slow", "Retry-After: 1\r\n", "{}"), US_PER_S));
    TRY(waits(s, PROVIDER_OPENAI, (Step)REFUSED("503 Slow", "retry-after-ms: 30\r\n", "{}"),
              30 * US_PER_MS));
    TRY(waits(s, PROVIDER_OPENAI,
              (Step)REFUSED(
                  "429 Slow", "",
                  "{'error':{'code':'rate_limit_exceeded','message':'Please try again in 35ms.'}}"),
              35 * US_PER_MS));
    TRY(waits(s, PROVIDER_OPENAI,
              (Step){.body = DATA("{'error':{'code':'rate_limit_exceeded',"
                                  "'message':'Please try again in 45ms.'}}")},
              45 * US_PER_MS));
    TRY(waits(s, PROVIDER_GOOGLE,
              (Step)REFUSED(
                  "429 Slow", "",
                  "{'error':{'status':'RESOURCE_EXHAUSTED','details':"
                  "[{'@type':'type.googleapis.com/google.rpc.RetryInfo','retryDelay':'0.05s'}]}}"),
              50 * US_PER_MS));
    return OK;
}

TEST(a_date_to_come_back_at_is_understood)
{
    time_t at = (time_t)(time_now().us / US_PER_S) + 2; /* more than one second from now */
    char date[64];
    struct tm parts;

    strftime(date, sizeof date, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n",
             gmtime_r(&at, &parts));
    return waits(s, PROVIDER_OPENAI, (Step){.status = "503 Slow", .headers = date},
                 900 * US_PER_MS);
}

TEST(a_wait_that_is_too_long_is_left_to_the_caller)
{
    Script *script =
        GIVEN_SCRIPT(s, REFUSED("429 Slow", "Retry-After: 4000\r\n", "{}"), {.body = GOOD});
    LlmModel model = chat(s, script);
    LlmReply reply;
    Error *e = ask(s, &model, given_heard(s), &reply);

    CHECK(failed_as(e, LIMITED));
    CHECK_TEXT(e->code, "rate_limited");
    CHECK_EQ(e->retry_after_us, 4000 * US_PER_S);
    CHECK_EQ(script_count(script), 1);
    return OK;
}

TEST(a_pause_holds_the_other_calls_of_the_key)
{
    Script *script =
        GIVEN_SCRIPT(s, REFUSED("429 Slow", "Retry-After: 4000\r\n", "{}"), {.body = GOOD});
    Llm *llm = given_llm(s, &fast);
    LlmModel model = chat(s, script), other = model;
    LlmRequest rq = given_request(s, &model), other_rq = given_request(s, &other);
    LlmReply reply;

    other.api_key = "sk-other";
    FAILS(LIMITED, llm_complete(s, llm, &rq, NULL, &reply));
    FAILS(LIMITED, llm_complete(s, llm, &rq, NULL, &reply));
    CHECK_EQ(script_count(script), 1);
    TRY(llm_complete(s, llm, &other_rq, NULL, &reply)); /* another key is not held */
    return OK;
}

TEST(a_refused_parameter_is_left_out_and_stays_out)
{
    Script *script = GIVEN_SCRIPT(s,
                                  REFUSED("400 No", "",
                                          "{'error':{'message':'x','param':'temperature',"
                                          "'code':'unsupported_value'}}"),
                                  {.body = GOOD}, {.body = GOOD});
    Llm *llm = given_llm(s, &fast);
    LlmModel model = chat(s, script);
    LlmRequest rq = given_request(s, &model);
    Heard *heard = given_heard(s);
    LlmSink sink = sink_of(heard);
    LlmReply reply;

    rq.temperature = (OptReal){true, 0};
    TRY(llm_complete(s, llm, &rq, &sink, &reply));
    CHECK_EQ(heard->kinds.items[0], LLM_DROPS_PARAMETER);
    CHECK_HAS(script_asked(s, script, 0).body, "temperature");
    CHECK(!strstr(script_asked(s, script, 1).body, "temperature"));
    TRY(llm_complete(s, llm, &rq, NULL, &reply)); /* remembered: asked without at once */
    CHECK(!strstr(script_asked(s, script, 2).body, "temperature"));
    return OK;
}

TEST(a_parameter_refused_again_and_again_ends_the_call)
{
    Script *script = GIVEN_SCRIPT(
        s, REFUSED("400 No", "", "{'error':{'param':'stream_options','code':'unknown_parameter'}}"),
        REFUSED("400 No", "", "{'error':{'param':'stream_options','code':'unknown_parameter'}}"),
        {.body = GOOD});
    LlmModel model = chat(s, script);
    LlmReply reply;
    Error *e = ask(s, &model, given_heard(s), &reply);

    CHECK_TEXT(e->code, "request_refused");
    CHECK_EQ(script_count(script), 2);
    return OK;
}

TEST(an_address_that_refuses_connections_opens_its_circuit)
{
    Script *script = GIVEN_SCRIPT(s, {.body = GOOD});
    LlmSettings settings = fast;
    LlmModel model = chat(s, script);
    LlmReply reply;

    settings.breaker_failures = 2;
    settings.breaker_pause_us = 600 * US_PER_S; /* more than a call has patience for */
    Llm *llm = given_llm(s, &settings);
    LlmRequest rq = given_request(s, &model);
    TRY(llm_complete(s, llm, &rq, NULL, &reply)); /* the script's only step: now nobody listens */
    Error *e = llm_complete(s, llm, &rq, NULL, &reply);
    CHECK(failed_as(e, UNAVAILABLE));
    CHECK_TEXT(e->code, "provider_unreachable");
    CHECK(e->retry_after_us > 0);
    CHECK_HAS(e->message, "tried 3 times"); /* two connections, and the circuit's answer */
    return OK;
}

TEST(an_answer_closes_the_circuit_again)
{
    Script *script = GIVEN_SCRIPT(s, {.end = STEP_HANG_UP}, {.body = GOOD}, {.end = STEP_HANG_UP},
                                  {.body = GOOD});
    LlmSettings settings = fast;
    LlmModel model = chat(s, script);
    LlmReply reply;

    settings.breaker_failures = 2;
    settings.breaker_pause_us = 600 * US_PER_S;
    Llm *llm = given_llm(s, &settings);
    LlmRequest rq = given_request(s, &model);
    TRY(llm_complete(s, llm, &rq, NULL, &reply));
    TRY(llm_complete(s, llm, &rq, NULL, &reply)); /* the second failure, but not in a row */
    CHECK_EQ(reply.tries, 2);
    return OK;
}
