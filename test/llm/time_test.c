/* Timeouts, and cancellation in every phase of a call. */

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/file.h"
#include "sys/thread.h"
#include "test/llm/given.h"

#define SAYS(t) DATA("{'choices':[{'delta':{'content':'" t "'}}]}")
#define GOOD    SAYS("ok") DATA("{'choices':[{'delta':{},'finish_reason':'stop'}]}") DATA("[DONE]")

static LlmSettings once(void)
{
    LlmSettings settings = fast;

    settings.tries = 1;
    return settings;
}

/* The only try fails so. */
static fallible times_out(Scope *s, Step step, const LlmSettings *settings, const char *words)
{
    Script *script = given_script(s, &step, 1);
    LlmModel model = given_model(s, script, PROVIDER_OPENAI, LLM_CHAT);
    LlmRequest rq = given_request(s, &model);
    LlmReply reply;
    Error *e = llm_complete(s, given_llm(s, settings), &rq, NULL, &reply);

    CHECK(failed_as(e, TIMEOUT));
    CHECK_TEXT(e->code, "provider_silent");
    CHECK_HAS(e->message, words);
    return script_wait(s, script, 1); /* and the connection is closed */
}

TEST(an_answer_that_does_not_begin_times_out)
{
    LlmSettings settings = once();

    settings.other_first_byte_us = 50 * US_PER_MS;
    return times_out(s, (Step){.end = STEP_SILENT}, &settings, "no answer began");
}

TEST(an_answer_that_stalls_times_out)
{
    LlmSettings settings = once();

    settings.idle_us = 50 * US_PER_MS;
    return times_out(s, (Step){.body = SAYS("o"), .end = STEP_STALL}, &settings,
                     "nothing came for too long");
}

TEST(an_answer_as_a_whole_times_out)
{
    LlmSettings settings = once();

    settings.whole_us = 50 * US_PER_MS;
    return times_out(s, (Step){.body = SAYS("o"), .end = STEP_STALL}, &settings, "took too long");
}

TEST(a_model_that_thinks_in_silence_has_longer)
{
    Script *script = GIVEN_SCRIPT(s, {.body = SAYS("o"), .end = STEP_STALL});
    LlmSettings settings = once();
    LlmModel model = given_model(s, script, PROVIDER_OPENAI, LLM_CHAT);
    int64_t began = clock_us();
    LlmReply reply;

    settings.idle_us = US_PER_MS;
    settings.thinking_idle_us = 80 * US_PER_MS;
    model.model_name = "o4-mini";
    LlmRequest rq = given_request(s, &model);
    FAILS(TIMEOUT, llm_complete(s, given_llm(s, &settings), &rq, NULL, &reply));
    CHECK(clock_us() - began >= 80 * US_PER_MS);
    return OK;
}

/* The server cancels the call after the step, and goes on only when the connection is closed. */
static fallible cancelled_at(Scope *s, Step step)
{
    UNIT(call, scope_cancel(s), "call");
    step.cancels = scope_cancel(call);
    Script *script = given_script(s, (const Step[]){step, {.body = GOOD}}, 2);
    LlmModel model = given_model(s, script, PROVIDER_OPENAI, LLM_CHAT);
    LlmRequest rq = given_request(call, &model);
    Heard *heard = given_heard(s);
    LlmSink sink = sink_of(heard);
    LlmReply reply;

    FAILS(CANCELLED, llm_complete(call, given_llm(s, &fast), &rq, &sink, &reply));
    TRY(script_wait(s, script, 1));
    CHECK_EQ(script_count(script), 1); /* and nothing is tried again */
    return OK;
}

TEST(cancelling_before_the_first_byte_closes_the_connection)
{
    return cancelled_at(s, (Step){.end = STEP_SILENT});
}

TEST(cancelling_in_the_stream_closes_the_connection)
{
    return cancelled_at(s, (Step){.body = SAYS("o"), .end = STEP_STALL});
}

TEST(cancelling_while_waiting_for_another_try_ends_the_call)
{
    return cancelled_at(s, (Step){.status = "429 Slow", .headers = "Retry-After: 200\r\n"});
}

TEST(a_deadline_of_the_scope_is_not_the_providers_fault)
{
    Script *script = GIVEN_SCRIPT(s, {.end = STEP_SILENT}, {.body = GOOD});
    LlmModel model = given_model(s, script, PROVIDER_OPENAI, LLM_CHAT);
    SCOPE(call, s);
    LlmRequest rq = given_request(call, &model);
    LlmReply reply;

    scope_limit(call, 50 * US_PER_MS);
    Error *e = llm_complete(call, given_llm(s, &fast), &rq, NULL, &reply);
    CHECK(failed_as(e, TIMEOUT));
    CHECK(!text_equal(e->code, "provider_silent"));
    TRY(script_wait(s, script, 1));
    CHECK_EQ(script_count(script), 1);
    return OK;
}

/* ---- An address that takes no connection: its backlog is full ---- */

static void close_fd(void *what)
{
    close((int)(intptr_t)what);
}

static int given_full_backlog(Scope *s)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    scope_undo(s, close_fd, (void *)(intptr_t)listener);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 0) ||
        getsockname(listener, (struct sockaddr *)&address, &size))
        return 0;
    for (int i = 0; i < 3; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        scope_undo(s, close_fd, (void *)(intptr_t)fd);
        connect(fd, (struct sockaddr *)&address, size);
    }
    return ntohs(address.sin_port);
}

TEST(a_connection_that_is_not_made_is_an_unreachable_provider)
{
    LlmSettings settings = once();
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_CHAT);
    LlmReply reply;

    settings.connect_us = 50 * US_PER_MS;
    model.base_url = text(s, "http://127.0.0.1:%d", given_full_backlog(s));
    LlmRequest rq = given_request(s, &model);
    Error *e = llm_complete(s, given_llm(s, &settings), &rq, NULL, &reply);
    CHECK(failed_as(e, UNAVAILABLE));
    CHECK_TEXT(e->code, "provider_unreachable");
    CHECK_HAS(e->message, "no connection in time");
    return OK;
}

/* Cancels the call once the system shows one more connection to the port that is being made. */
typedef struct Watching {
    int port, before;
    Cancel *call;
} Watching;

static int connecting(Scope *s, int port)
{
    SCOPE(tmp, s);
    Bytes table = {0}, line;
    const char *wanted = text(tmp, ":%04X 02 ", (unsigned)port);
    int count = 0;

    error_drop(file_read(tmp, "/proc/net/tcp", 1 << 20, &table),
               "then nothing is found, and the test times out");
    while (bytes_line(&table, &line))
        count += bytes_find(line, bytes_of(wanted), 0) >= 0;
    return count;
}

static Error *watch(Scope *s, void *arg)
{
    Watching *watching = arg;

    while (connecting(s, watching->port) <= watching->before)
        TRY(scope_sleep(s, US_PER_MS)); /* the kernel tells nobody */
    cancel_now(watching->call, "the test asked");
    return OK;
}

TEST(cancelling_while_connecting_ends_the_call)
{
    UNIT(call, scope_cancel(s), "call");
    Watching watching = {.port = given_full_backlog(s), .call = scope_cancel(call)};
    LlmModel model = given_model(s, NULL, PROVIDER_OPENAI, LLM_CHAT);
    LlmReply reply;
    Thread *thread;

    watching.before = connecting(s, watching.port);
    model.base_url = text(s, "http://127.0.0.1:%d", watching.port);
    LlmRequest rq = given_request(call, &model);
    TRY(thread_start(s, "watch", watch, &watching, &thread));
    FAILS(CANCELLED, llm_complete(call, given_llm(s, &fast), &rq, NULL, &reply));
    TRY(thread_wait(s, thread));
    CHECK_EQ(connecting(s, watching.port), watching.before);
    return OK;
}
