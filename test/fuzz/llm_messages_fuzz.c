/* A stream of the messages protocol. */

#include "test/fuzz/llm_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_stream(&llm_anthropic, (Bytes){(const char *)data, size});
    return 0;
}
