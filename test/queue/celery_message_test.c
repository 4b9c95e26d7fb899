/* Envelopes of Celery: samples as captured from stock clients, and what is wrong with others. */

#include "queue/celery_message.h"

#include "test/queue/given_celery.h"
#include "test/test.h"

TEST(a_message_of_a_stock_client_is_read_whole)
{
    CeleryMessage m;

    celery_message_read(s, bytes_of(stock_message), &m);
    CHECK_EQ(m.fault, CELERY_FINE);
    CHECK_TEXT(m.id, "10e2f4ee-a3af-47e7-90cd-353fa78fc631");
    CHECK_TEXT(m.task, "app.agent_add");
    CHECK_TEXT(m.root_id, m.id);
    CHECK_TEXT(m.tag, "ee1338f9-8fcd-4f91-9288-04d86eb67f0f");
    CHECK_TEXT(m.exchange, "");
    CHECK_TEXT(m.routing_key, "agent");
    CHECK_TEXT(json_dump(s, m.args), "[1,2]");
    CHECK_TEXT(json_dump(s, m.kwargs), "{}");
    CHECK(!m.parent_id && !m.group && !m.group_index.set && !m.chain && !m.callbacks && !m.chord);
    CHECK(!time_set(m.eta) && !time_set(m.expires) && !m.hard_s.set && !m.soft_s.set);
    CHECK(!m.redelivered && !m.ignore_result);
    return OK;
}

TEST(each_field_of_a_stock_message_that_is_absent_has_its_outcome)
{
    static const struct {
        const char *path;
        CeleryFault fault;
        bool id;
    } outcomes[] = {
        {"body", CELERY_NO_BODY, true},
        {"content-type", CELERY_CONTENT_TYPE, true},
        {"content-encoding", CELERY_FINE, true},
        {"headers", CELERY_UNKNOWN_FORM, false},
        {"properties", CELERY_NO_PROPERTIES, true},
        {"headers.task", CELERY_UNKNOWN_FORM, false},
        {"headers.id", CELERY_NO_ID, false},
        {"properties.delivery_tag", CELERY_NO_TAG, true},
        {"properties.delivery_info", CELERY_NO_ADDRESS, true},
        {"properties.delivery_info.exchange", CELERY_NO_ADDRESS, true},
        {"properties.delivery_info.routing_key", CELERY_NO_ADDRESS, true},
        {"properties.body_encoding", CELERY_BODY_NOT_JSON, true},
        {"properties.priority", CELERY_FINE, true},
        {"properties.correlation_id", CELERY_FINE, true},
        {"properties.reply_to", CELERY_FINE, true},
        {"properties.delivery_mode", CELERY_FINE, true},
    };
    for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
        CeleryMessage m;
        celery_message_read(s, stock_without(s, outcomes[i].path), &m);
        if (m.fault != outcomes[i].fault || (m.id != NULL) != outcomes[i].id)
            return fail(s, BUG, "without %s: %s, id %s", outcomes[i].path,
                        name_of(celery_fault_names, m.fault), m.id);
        CHECK_EQ(m.reason != NULL, m.fault != CELERY_FINE);
    }
    return OK;
}

TEST(every_other_header_of_a_stock_message_may_be_absent)
{
    static const char *const headers[] = {"lang",
                                          "shadow",
                                          "eta",
                                          "expires",
                                          "group",
                                          "group_index",
                                          "retries",
                                          "timelimit",
                                          "root_id",
                                          "parent_id",
                                          "argsrepr",
                                          "kwargsrepr",
                                          "origin",
                                          "ignore_result",
                                          "replaced_task_nesting",
                                          "stamped_headers",
                                          "stamps"};

    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        CeleryMessage m;
        celery_message_read(s, stock_without(s, text(s, "headers.%s", headers[i])), &m);
        if (m.fault)
            return fail(s, BUG, "without %s: %s", headers[i], m.reason);
    }
    return OK;
}

TEST(each_odd_value_has_its_outcome)
{
    static const struct {
        const char *path, *value;
        CeleryFault fault;
    } outcomes[] = {
        {"headers.id", "7", CELERY_NO_ID},
        {"headers.id", "\"\"", CELERY_NO_ID},
        {"headers.task", "null", CELERY_BAD_FIELD},
        {"headers.eta", "\"2026-11-23T14:44:34Z\"", CELERY_FINE},
        {"headers.eta", "\"2026-11-23\"", CELERY_FINE},
        {"headers.eta", "1795445064.5", CELERY_BAD_TIME},
        {"headers.eta", "\"soon\"", CELERY_BAD_TIME},
        {"headers.expires", "[]", CELERY_BAD_TIME},
        {"headers.retries", "\"1\"", CELERY_BAD_FIELD},
        {"headers.retries", "-1", CELERY_BAD_FIELD},
        {"headers.timelimit", "null", CELERY_FINE},
        {"headers.timelimit", "[60]", CELERY_BAD_FIELD},
        {"headers.timelimit", "[\"60\", null]", CELERY_BAD_FIELD},
        {"headers.root_id", "{}", CELERY_BAD_FIELD},
        {"headers.lang", "\"c\"", CELERY_FINE},
        {"headers.x-corr", "{\"any\": 1}", CELERY_FINE},
        {"headers.compression", "\"application/x-bz2\"", CELERY_COMPRESSION},
        {"headers.compression", "\"application/x-gzip\"", CELERY_COMPRESSION},
        {"content-type", "\"application/x-python-serialize\"", CELERY_CONTENT_TYPE},
        {"content-encoding", "\"binary\"", CELERY_CONTENT_ENCODING},
        {"properties.priority", "300", CELERY_FINE},
        {"properties.priority", "\"high\"", CELERY_BAD_FIELD},
        {"properties.body_encoding", "\"base85\"", CELERY_BODY_ENCODING},
        {"body", "\"%%%\"", CELERY_BODY_ENCODING},
        {"body", "\"bm90IGpzb24=\"", CELERY_BODY_NOT_JSON},
        {"headers", "[]", CELERY_UNKNOWN_FORM},
        {"properties", "\"x\"", CELERY_NO_PROPERTIES},
    };
    for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
        CeleryMessage m;
        celery_message_read(s, stock_with(s, outcomes[i].path, outcomes[i].value), &m);
        if (m.fault != outcomes[i].fault)
            return fail(s, BUG, "%s = %s: %s", outcomes[i].path, outcomes[i].value,
                        m.fault ? m.reason : "fine");
    }
    return OK;
}

TEST(each_shape_of_a_body_has_its_outcome)
{
    static const struct {
        const char *body;
        CeleryFault fault;
    } outcomes[] = {
        {"[[], {}, {}]", CELERY_FINE},
        {"[[], {}, null]", CELERY_FINE},
        {"[[], {}]", CELERY_BODY_SHAPE},
        {"[[], null, {}]", CELERY_BODY_SHAPE},
        {"[[], [], {}]", CELERY_BODY_SHAPE},
        {"[{}, {}, {}]", CELERY_BODY_SHAPE},
        {"[[], {}, 1]", CELERY_BODY_SHAPE},
        {"{}", CELERY_BODY_SHAPE},
        {"7", CELERY_BODY_SHAPE},
        {"[[], {}, {\"chain\": {}}]", CELERY_BAD_FIELD},
        {"[[], {}, {\"chord\": []}]", CELERY_BAD_FIELD},
        {"[[{\"__type__\": \"nothing\", \"__value__\": 1}], {}, {}]", CELERY_BAD_VALUE},
        {"[[{\"__type__\": \"uuid\", \"__value__\": 1}], {}, {}]", CELERY_BAD_VALUE},
        {"[[{\"__type__\": \"nothing\", \"__value__\": 1, \"x\": 2}], {}, {}]", CELERY_FINE},
        {"[[NaN], {}, {}]", CELERY_BODY_NOT_JSON},
    };
    for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
        CeleryMessage m;
        celery_message_read(s, stock_with_body(s, outcomes[i].body), &m);
        if (m.fault != outcomes[i].fault || !m.id)
            return fail(s, BUG, "%s: %s", outcomes[i].body, m.fault ? m.reason : "fine");
    }
    return OK;
}

TEST(what_is_no_envelope_at_all_is_said_to_be_none)
{
    static const char *const bad[] = {"",    "not json", "7", "[]", "\"x\"", "{\"a\": 1, \"a\": 2}",
                                      "\xff"};

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CeleryMessage m;
        celery_message_read(s, bytes_of(bad[i]), &m);
        if (m.fault != CELERY_NOT_JSON || m.id)
            return fail(s, BUG, "took \"%s\"", bad[i]);
    }
    return OK;
}

TEST(plain_and_compressed_bodies_are_read)
{
    /* zlib.compress of [[1, 2], {}, {"callbacks": null, …}] */
    static const char zlib[] =
        "eJyLjjbUUTCK1VGorgVipeTEnJykxOTsYiUrhbzSnBwdBaXUoiI0keSMxMw8ZG5+UQqUWxsLAAnRGfA=";
    CeleryMessage m;

    celery_message_read(s, stock_with(s, "headers.compression", "\"application/x-gzip\""), &m);
    CHECK_EQ(m.fault, CELERY_COMPRESSION);
    const char *packed =
        stock_text(s, stock_with(s, "headers.compression", "\"zlib\""), "body", zlib);
    celery_message_read(s, bytes_of(packed), &m);
    CHECK_EQ(m.fault, CELERY_FINE);
    CHECK_TEXT(json_dump(s, m.args), "[1,2]");
    const char *plain =
        stock_text(s, stock_without(s, "properties.body_encoding"), "body", "[[3],{},{}]");
    celery_message_read(s, bytes_of(plain), &m);
    CHECK_EQ(m.fault, CELERY_FINE);
    CHECK_TEXT(json_dump(s, m.args), "[3]");
    plain = stock_text(s, stock_with(s, "properties.body_encoding", "\"utf-8\""), "body",
                       "[[4],{},{}]");
    celery_message_read(s, bytes_of(plain), &m);
    CHECK_TEXT(json_dump(s, m.args), "[4]");
    return OK;
}

TEST(a_body_that_inflates_beyond_its_limit_is_refused)
{
    const char *bomb = deflated_zeros(s, CELERY_BODY_MAX + 1);
    const char *packed =
        stock_text(s, stock_with(s, "headers.compression", "\"zlib\""), "body", bomb);
    CeleryMessage m;

    CHECK(strlen(packed) < 100 << 10);
    celery_message_read(s, bytes_of(packed), &m);
    CHECK_EQ(m.fault, CELERY_TOO_LARGE);
    CHECK(m.id != NULL);
    return OK;
}

TEST(a_message_of_protocol_1_is_read)
{
    static const char body[] =
        "{\"task\": \"app.agent_add\", \"id\": \"old-1\", \"args\": [5], \"kwargs\": {\"k\": 1}, "
        "\"retries\": 2, "
        "\"eta\": \"2026-11-23T14:44:34.5\", \"expires\": null, \"utc\": true, \"callbacks\": "
        "null, "
        "\"errbacks\": null, \"timelimit\": [30, 20.5], \"taskset\": \"g1\", \"chord\": null}";
    CeleryMessage m;

    celery_message_read(s, first_protocol(s, body), &m);
    CHECK_EQ(m.fault, CELERY_FINE);
    CHECK_TEXT(m.id, "old-1");
    CHECK_TEXT(m.group, "g1");
    CHECK_EQ(m.retries, 2);
    CHECK_TEXT(time_text(s, m.eta), "2026-11-23T14:44:34.500000Z");
    CHECK(m.hard_s.set && m.hard_s.value > 29.9 && m.soft_s.value > 20.4 && m.soft_s.value < 20.6);
    celery_message_read(s, first_protocol(s, "{\"task\": \"t\", \"id\": \"1\"}"), &m);
    CHECK_EQ(m.fault, CELERY_FINE);
    CHECK_TEXT(json_dump(s, m.kwargs), "{}");
    celery_message_read(
        s,
        first_protocol(
            s,
            "{\"task\": \"t\", \"id\": \"1\", \"utc\": false, \"eta\": \"2026-11-23T10:00:00\"}"),
        &m);
    CHECK_EQ(m.fault, CELERY_BAD_TIME);
    CHECK_TEXT(m.id, "1");
    return OK;
}

TEST(tagged_values_are_read_and_written_as_stock_does)
{
    static const char *const samples[] = {
        "{\"__type__\":\"datetime\",\"__value__\":\"2026-11-23T14:44:34.271983+00:00\"}",
        "{\"__type__\":\"date\",\"__value__\":\"2026-11-23\"}",
        "{\"__type__\":\"time\",\"__value__\":\"14:44:34\"}",
        "{\"__type__\":\"decimal\",\"__value__\":\"-1.10\"}",
        "{\"__type__\":\"uuid\",\"__value__\":{\"hex\":\"10e2f4eea3af47e790cd353fa78fc631\"}}",
        "{\"__type__\":\"bytes\",\"__value__\":\"caf\xc3\xa9\"}",
        "{\"__type__\":\"base64\",\"__value__\":\"/wD+\"}",
    };
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        Buffer b = buffer_in(s);
        CeleryValue value;
        json_t *json;
        TRY(json_parse(s, bytes_of(samples[i]), &json));
        CHECK(celery_value_tagged(json) && !celery_values_plain(json));
        if (!celery_value_read(s, json, &value))
            return fail(s, BUG, "%s was not read", samples[i]);
        CHECK_EQ(value.kind, i + 1);
        celery_value_write(&b, &value);
        CHECK_TEXT(buffer_string(&b), samples[i]);
    }
    return OK;
}

TEST(what_we_send_has_each_key_of_stock_in_its_order)
{
    CeleryCall call = {.id = "j1",
                       .task = "dursor.tasks.run_agent",
                       .queue = "agent",
                       .args = {"[\"j1\"]"},
                       .origin = "dursor@host",
                       .priority = 3};
    Bytes sent;
    CeleryMessage m;

    TRY(celery_message_write(s, &call, &sent));
    CHECK_TEXT(keys_of(s, sent), keys_of(s, bytes_of(stock_message)));
    celery_message_read(s, sent, &m);
    CHECK_EQ(m.fault, CELERY_FINE);
    CHECK_TEXT(m.id, "j1");
    CHECK_TEXT(m.root_id, "j1");
    CHECK_TEXT(m.routing_key, "agent");
    CHECK_TEXT(m.argsrepr, "[\"j1\"]");
    CHECK_EQ(m.priority, 3);
    CHECK_TEXT(json_dump(s, m.args), "[\"j1\"]");
    return OK;
}

TEST(times_and_limits_that_we_send_come_back)
{
    CeleryCall call = {.id = "j1",
                       .task = "t",
                       .queue = "q",
                       .eta = {1795445074271983},
                       .expires = {1795445104000000},
                       .hard_s = {true, 60},
                       .soft_s = {true, 50.5},
                       .group = "g",
                       .group_index = {true, 0},
                       .traceparent = "00-1-2-01"};
    Bytes sent;
    CeleryMessage m;

    TRY(celery_message_write(s, &call, &sent));
    celery_message_read(s, sent, &m);
    CHECK_EQ(m.eta.us, call.eta.us);
    CHECK_EQ(m.expires.us, call.expires.us);
    CHECK(m.hard_s.set && m.soft_s.set && m.group_index.set);
    CHECK_TEXT(json_at_text(m.headers, "traceparent"), "00-1-2-01");
    CHECK_HAS(json_at_text(m.headers, "eta"), "+00:00");
    return OK;
}

TEST(data_in_the_shape_of_a_tagged_value_is_not_sent)
{
    CeleryCall call = {.id = "1", .task = "t", .queue = "q"};
    Bytes sent;

    call.args.text = "[{\"a\": [{\"__type__\": \"bytes\", \"__value__\": \"x\"}]}]";
    FAILS(INVALID, celery_message_write(s, &call, &sent));
    call.typed = true;
    TRY(celery_message_write(s, &call, &sent));
    call.args.text = "[{\"__type__\": \"unknown\", \"__value__\": \"x\"}]";
    FAILS(INVALID, celery_message_write(s, &call, &sent));
    call.args.text = "{}";
    FAILS(INVALID, celery_message_write(s, &call, &sent));
    call.args.text = NULL;
    call.queue = "";
    FAILS(INVALID, celery_message_write(s, &call, &sent));
    return OK;
}
