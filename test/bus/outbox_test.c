/* Merging what is told to other processes, by a clock of the test's own. */

#include "bus/outbox.h"
#include "test/test.h"

static const char *taken(Scope *s, Outbox *box, int64_t now)
{
    TextList out = {0};

    outbox_take(s, box, now, &out);
    return text_join(s, &out, " ");
}

TEST(a_topic_is_told_at_once_and_then_at_most_ten_times_a_second)
{
    Outbox *box = NEW(s, Outbox);
    int told = 0;

    outbox_add(box, "run:1", 0);
    CHECK_EQ(outbox_wait(box, 0), 0);
    for (int64_t now = 0; now < US_PER_S; now += US_PER_MS) {
        outbox_add(box, "run:1", now);
        told += text_equal(taken(s, box, now), "run:1");
    }
    CHECK_EQ(told, 10);
    return OK;
}

TEST(what_was_published_last_is_told_in_any_case)
{
    Outbox *box = NEW(s, Outbox);

    outbox_add(box, "run:1", 0);
    CHECK_TEXT(taken(s, box, 0), "run:1");
    outbox_add(box, "run:1", 10);
    CHECK_TEXT(taken(s, box, 20), "");
    CHECK(!outbox_empty(box));
    CHECK_EQ(outbox_wait(box, 20), OUTBOX_PAUSE_US - 20);
    CHECK_TEXT(taken(s, box, OUTBOX_PAUSE_US), "run:1");
    CHECK(outbox_empty(box));
    CHECK_EQ(outbox_wait(box, OUTBOX_PAUSE_US), INT64_MAX);
    return OK;
}

TEST(topics_do_not_wait_for_each_other)
{
    Outbox *box = NEW(s, Outbox);

    outbox_add(box, "run:1", 0);
    CHECK_TEXT(taken(s, box, 0), "run:1");
    outbox_add(box, "run:1", 10);
    outbox_add(box, "run:2", 10);
    CHECK_TEXT(taken(s, box, 10), "run:2");
    return OK;
}

TEST(more_topics_than_there_is_room_for_become_all)
{
    Outbox *box = NEW(s, Outbox);

    for (int i = 0; i < OUTBOX_TOPICS_MAX; i++)
        outbox_add(box, text(s, "run:%d", i), 0);
    CHECK_TEXT(taken(s, box, 0), OUTBOX_ALL);
    CHECK(outbox_empty(box));
    return OK;
}

TEST(topics_that_were_told_long_ago_make_room)
{
    Outbox *box = NEW(s, Outbox);
    int64_t now = 0;

    for (int i = 0; i < 4 * OUTBOX_TOPICS_MAX; i++, now += OUTBOX_PAUSE_US) {
        const char *topic = text(s, "run:%d", i);
        outbox_add(box, topic, now);
        CHECK_TEXT(taken(s, box, now), topic);
    }
    return OK;
}

TEST(what_cannot_be_a_word_of_its_own_is_told_as_all)
{
    static const char *const odd[] = {"run:a b", "*", NULL};
    char longest[TOPIC_SIZE_MAX + 1];

    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    for (size_t i = 0; i <= COUNT_OF(odd); i++) {
        Outbox *box = NEW(s, Outbox);
        outbox_add(box, i < COUNT_OF(odd) ? odd[i] : longest, 0);
        CHECK_TEXT(taken(s, box, 0), OUTBOX_ALL);
    }
    return OK;
}
