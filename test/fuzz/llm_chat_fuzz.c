/* A stream of the chat protocol. */

#include "test/fuzz/llm_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_stream(&llm_openai_chat, (Bytes){(const char *)data, size});
    return 0;
}
