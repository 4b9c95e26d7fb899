/* Results of stock workers: what was read is written so that it reads the same. */

#include "queue/celery_result.h"
#include "test/fuzz/fuzz.h"

static const char *written(Scope *s, const CeleryResult *r)
{
    Buffer b = buffer_in(s);

    celery_result_write(&b, r);
    return buffer_string(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    CeleryResult r, again;
    Error *e = celery_result_read(s, (Bytes){(const char *)data, size}, &r);

    if (e)
        return 0;
    const char *once = written(s, &r);
    FUZZ_CHECK(!celery_result_read(s, bytes_of(once), &again));
    FUZZ_CHECK(text_equal(written(s, &again), once));
    return 0;
}
