/* A stream of the gemini protocol. */

#include "test/fuzz/llm_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_stream(&llm_google, (Bytes){(const char *)data, size});
    return 0;
}
