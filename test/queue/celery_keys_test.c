/* Names of keys. */

#include "queue/celery_keys.h"

#include "test/test.h"

static const CeleryKeys plain = {"", 0}, tagged = {"{dursor}", 3};

#define CHECK_KEY(got, wanted) CHECK(bytes_equal(got, BYTES(wanted)))

TEST(keys_are_those_of_kombu)
{
    CHECK_KEY(celery_list_key(s, &plain, "agent", 0), "agent");
    CHECK_KEY(celery_list_key(s, &plain, "agent", celery_step(9)), "agent\x06\x16"
                                                                   "9");
    CHECK_KEY(celery_binding_key(s, &plain, "agent"), "_kombu.binding.agent");
    CHECK_KEY(celery_unacked_key(s, &plain), "unacked");
    CHECK_KEY(celery_unacked_index_key(s, &plain), "unacked_index");
    CHECK_KEY(celery_result_key(s, &plain, "x"), "celery-task-meta-x");
    CHECK_KEY(celery_group_key(s, &plain, "x"), "celery-taskset-meta-x");
    CHECK_KEY(celery_control_channel(s, &plain), "/0.celery.pidbox");
    CHECK_KEY(celery_event_channel(s, &plain, "task.sent"), "/0.celeryev/task.sent");
    CHECK_KEY(celery_reply_key(s, &plain, "o"), "o.reply.celery.pidbox");
    return OK;
}

TEST(a_prefix_stands_before_all_of_them_and_results_put_a_line_behind_it)
{
    CHECK_KEY(celery_list_key(s, &tagged, "agent", 0), "{dursor}agent");
    CHECK_KEY(celery_unacked_key(s, &tagged), "{dursor}unacked");
    CHECK_KEY(celery_dead_key(s, &tagged, "agent"), "{dursor}agent.dead");
    CHECK_KEY(celery_delayed_key(s, &tagged, "agent"), "{dursor}agent.delayed");
    CHECK_KEY(celery_revoked_key(s, &tagged), "{dursor}dursor.revoked");
    CHECK_KEY(celery_control_channel(s, &tagged), "{dursor}/3.celery.pidbox");
    CHECK_KEY(celery_result_key(s, &tagged, "x"), "{dursor}_celery-task-meta-x");
    CHECK_KEY(celery_result_key(s, &(CeleryKeys){"a:", 0}, "x"), "a:celery-task-meta-x");
    return OK;
}

TEST(priorities_fall_into_four_steps)
{
    static const size_t steps[] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3};

    for (size_t i = 0; i < COUNT_OF(steps); i++)
        CHECK_EQ(celery_step((int64_t)i), steps[i]);
    return OK;
}

TEST(members_of_a_binding_come_back)
{
    const char *key, *queue;
    Bytes member = bytes_of(celery_binding_member(s, "agent", "agent-queue"));

    CHECK(celery_binding_read(s, member, &key, &queue));
    CHECK_TEXT(key, "agent");
    CHECK_TEXT(queue, "agent-queue");
    CHECK(celery_binding_read(s, BYTES("\x06\x16*\x06\x16q"), &key, &queue));
    CHECK_TEXT(key, "");
    CHECK_TEXT(queue, "q");
    CHECK(!celery_binding_read(s, BYTES("agent\x06\x16"), &key, &queue));
    return OK;
}
