/* Payloads of results, as captured from celery 5.6.3. */

#include "queue/celery_result.h"

#include "test/test.h"

static const char *written(Scope *s, const CeleryResult *r)
{
    Buffer b = buffer_in(s);

    celery_result_write(&b, r);
    return buffer_string(&b);
}

static const char started[] =
    "{\"status\":\"STARTED\",\"result\":{\"pid\":24106,\"hostname\":\"b@vm\"},\"traceback\":null,"
    "\"children\":[],\"date_done\":null,\"task_id\":\"1\"}";
static const char success[] =
    "{\"status\":\"SUCCESS\",\"result\":3,\"traceback\":null,\"children\":[[[\"6ddf\",null],null]],"
    "\"date_done\":\"2026-11-23T14:47:47.566803+00:00\",\"task_id\":\"1\"}";
static const char failure[] =
    "{\"status\":\"FAILURE\",\"result\":{\"exc_type\":\"ValueError\",\"exc_message\":[\"boom "
    "\xc3\xa9\"],"
    "\"exc_module\":\"builtins\"},\"traceback\":\"Traceback (most recent call last):\\n\","
    "\"children\":[],\"date_done\":\"2026-11-23T14:47:47.566803+00:00\",\"task_id\":\"1\"}";
static const char revoked[] =
    "{\"status\":\"REVOKED\",\"result\":{\"exc_type\":\"TaskRevokedError\",\"exc_message\":["
    "\"expired\"],"
    "\"exc_module\":\"celery.exceptions\"},\"traceback\":null,\"children\":[],"
    "\"date_done\":\"2026-11-23T14:47:47.566803+00:00\",\"group_id\":\"g\",\"parent_id\":\"p\","
    "\"task_id\":\"1\"}";
static const char progress[] =
    "{\"status\":\"PROGRESS\",\"result\":{\"done\":0.5},\"traceback\":null,\"children\":[],"
    "\"date_done\":null,\"name\":\"t\",\"args\":[1],\"kwargs\":{},\"worker\":\"w@h\",\"retries\":2,"
    "\"queue\":\"q\",\"task_id\":\"1\"}";

TEST(each_state_is_read_and_written_as_stock_has_it)
{
    static const char *const samples[] = {started, success, failure, revoked, progress};

    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        CeleryResult r;
        TRY(celery_result_read(s, bytes_of(samples[i]), &r));
        CHECK_TEXT(written(s, &r), samples[i]);
    }
    return OK;
}

TEST(states_and_exceptions_are_made_in_the_captured_form)
{
    CeleryResult r = {.status = CELERY_STARTED, .task_id = "1"};

    r.result = celery_started_by(s, 24106, "b@vm");
    CHECK_TEXT(written(s, &r), started);
    r = (CeleryResult){.status = CELERY_FAILURE,
                       .task_id = "1",
                       .traceback = "Traceback (most recent call last):\n",
                       .exception = celery_exception(s, "builtins", "ValueError", "boom \xc3\xa9"),
                       .date_done = {1795445267566803}};
    CHECK_TEXT(written(s, &r), failure);
    CHECK(celery_ready("FAILURE") && celery_ready("REVOKED") && celery_ready("SUCCESS"));
    CHECK(!celery_ready("RETRY") && !celery_ready("STARTED") && !celery_ready("PROGRESS"));
    CHECK(celery_failed("RETRY") && !celery_failed("SUCCESS"));
    return OK;
}

TEST(what_stock_leaves_out_may_be_absent)
{
    CeleryResult r;

    TRY(celery_result_read(s, BYTES("{\"status\":\"SUCCESS\",\"result\":null,\"task_id\":\"1\"}"),
                           &r));
    CHECK_TEXT(r.result.text, "null");
    CHECK(!r.traceback && !r.children.text && !time_set(r.date_done));
    TRY(celery_result_read(
        s,
        BYTES("{\"status\":\"FAILURE\",\"result\":{\"exc_type\":\"E\",\"exc_message\":"
              "\"said\"},\"task_id\":\"1\",\"date_done\":\"2026-11-23T14:44:29.441452\"}"),
        &r));
    CHECK_TEXT(r.exception.message.text, "[\"said\"]");
    CHECK(!r.exception.module);
    CHECK_TEXT(time_text(s, r.date_done), "2026-11-23T14:44:29.441452Z");
    return OK;
}

TEST(a_retry_without_a_cause_has_null_and_a_failure_never)
{
    CeleryResult r;

    TRY(celery_result_read(s, BYTES("{\"status\":\"RETRY\",\"result\":null,\"task_id\":\"1\"}"),
                           &r));
    CHECK(!r.exception.type);
    CHECK_HAS(written(s, &r), "\"result\":null");
    r.status = CELERY_FAILURE;
    CHECK_HAS(written(s, &r), "\"exc_type\":\"Exception\"");
    return OK;
}

TEST(what_a_stock_client_could_not_read_is_refused)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"status\":\"SUCCESS\",\"result\":1}",
        "{\"status\":\"SUCCESS\",\"task_id\":\"1\"}",
        "{\"result\":1,\"task_id\":\"1\"}",
        "{\"status\":7,\"result\":1,\"task_id\":\"1\"}",
        "{\"status\":\"FAILURE\",\"result\":\"boom\",\"task_id\":\"1\"}"};
    CeleryResult r;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        FAILS(INVALID, celery_result_read(s, bytes_of(bad[i]), &r));
    return OK;
}
