/* Messages for another delivery, and entries of `unacked`. */

#include "queue/celery_message.h"

#include "test/queue/given_celery.h"
#include "test/test.h"

TEST(a_restored_message_differs_in_its_flags_tag_and_count_only)
{
    Bytes restored;
    CeleryMessage m;

    CHECK(celery_message_restore(s, bytes_of(stock_message), "tag-2", 3, &restored));
    celery_message_read(s, restored, &m);
    CHECK_EQ(m.fault, CELERY_FINE);
    CHECK(m.redelivered);
    CHECK_EQ(m.delivery_count, 3);
    CHECK_TEXT(m.tag, "tag-2");
    CHECK_HAS(text_of(s, restored),
              "\"headers\": {\"x-delivery-count\": 3, \"redelivered\": true, \"lang\": \"py\"");
    CHECK_HAS(text_of(s, restored),
              "\"delivery_info\": {\"redelivered\": true, \"exchange\": \"\"");
    Bytes again;
    CHECK(celery_message_restore(s, restored, "tag-3", 4, &again));
    CHECK_EQ(again.size, restored.size);
    celery_message_read(s, again, &m);
    CHECK_EQ(m.delivery_count, 4);
    return OK;
}

TEST(numbers_and_spellings_of_the_sender_stay_when_it_is_restored)
{
    static const char odd[] =
        " { \"x\\\"{\": [1.50, 1e2, -0.0, \"\\u00e9\\\\\", {}, []] ,\n\"headers\" "
        ":{\"task\":\"t\",\"id\":\"1\","
        "\"n\":1.10}, \"content-type\":\"application/json\",\"body\":\"[[],{},{}]\",\"properties\":"
        "{\"delivery_info\":{\"routing_key\":\"q\",\"exchange\":\"\"},\"delivery_tag\":\"a\"} } ";
    Bytes restored;

    CHECK(celery_message_restore(s, bytes_of(odd), "b", 1, &restored));
    CHECK_HAS(text_of(s, restored),
              " { \"x\\\"{\": [1.50, 1e2, -0.0, \"\\u00e9\\\\\", {}, []] ,\n");
    CHECK_HAS(text_of(s, restored), "\"n\":1.10}");
    CHECK_HAS(text_of(s, restored), "\"delivery_tag\":\"b\"} } ");
    return OK;
}

TEST(a_message_of_protocol_1_is_restored_with_its_count)
{
    Bytes restored;
    CeleryMessage m;

    CHECK(celery_message_restore(s, first_protocol(s, "{\"task\": \"t\", \"id\": \"1\"}"), "b", 2,
                                 &restored));
    celery_message_read(s, restored, &m);
    CHECK_EQ(m.fault, CELERY_FINE);
    CHECK_EQ(m.delivery_count, 2);
    CHECK(m.redelivered);
    return OK;
}

TEST(what_cannot_be_restored_says_so)
{
    Bytes ignored;

    CHECK(!celery_message_restore(s, BYTES("no json"), "b", 1, &ignored));
    CHECK(!celery_message_restore(s, stock_without(s, "properties"), "b", 1, &ignored));
    CHECK(
        !celery_message_restore(s, stock_without(s, "properties.delivery_info"), "b", 1, &ignored));
    CHECK(
        !celery_message_restore(s, stock_without(s, "properties.delivery_tag"), "b", 1, &ignored));
    return OK;
}

TEST(an_entry_of_unacked_holds_the_envelope_as_it_came)
{
    CeleryUnacked entry;
    const char *t = text(s, "[%s, \"\", \"agent\"]", stock_message);

    CHECK(celery_unacked_read(s, bytes_of(t), &entry));
    CHECK(bytes_equal(entry.envelope, bytes_of(stock_message)));
    CHECK_TEXT(entry.exchange, "");
    CHECK_TEXT(entry.routing_key, "agent");
    CHECK(!celery_unacked_read(s, BYTES("[{}, \"\"]"), &entry));
    CHECK(!celery_unacked_read(s, BYTES("{}"), &entry));
    CHECK(!celery_unacked_read(s, BYTES("[1, \"\", \"\"]"), &entry));
    CHECK(!celery_unacked_read(s, BYTES("["), &entry));
    return OK;
}
