/* Addresses of the transport. */

#include "queue/celery_address.h"

#include "test/test.h"

TEST(an_address_is_that_of_redis_with_a_prefix_of_keys)
{
    CeleryAddress a;

    TRY(celery_address(s, "celery+redis://cache.example.com", &a));
    CHECK_TEXT(a.redis, "redis://cache.example.com");
    CHECK_TEXT(a.keys.prefix, "");
    CHECK_EQ(a.keys.database, 0);
    TRY(celery_address(
        s, "celery+rediss://u:p%40ss@h:6380/3?ssl_cert_reqs=required&prefix=%7Bdursor%7D", &a));
    CHECK_TEXT(a.redis, "rediss://u:p%40ss@h:6380/3?ssl_cert_reqs=required");
    CHECK_TEXT(a.keys.prefix, "{dursor}");
    CHECK_EQ(a.keys.database, 3);
    return OK;
}

TEST(what_is_no_address_of_a_queue_is_refused_without_its_secret)
{
    static const char *const bad[] = {"redis://u:secret@h", "celery+redis://u:secret@h/x",
                                      "store:", "celery+redis://u:secret@h/-1", ""};

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CeleryAddress a;
        Error *e = celery_address(s, bad[i], &a);
        CHECK(failed_as(e, INVALID) && !strstr(e->message, "secret"));
    }
    return OK;
}
