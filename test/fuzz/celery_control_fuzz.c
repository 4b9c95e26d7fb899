/* Commands of Celery's remote control: what is one has a method, and matching it to a name ends. */

#include "queue/control.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    ControlOrder order;

    if (control_read(s, (Bytes){(const char *)data, size}, &order)) {
        FUZZ_CHECK(order.method);
        FUZZ_CHECK(!order.everybody || control_concerns(&order, "dursor@here"));
    }
    return 0;
}
