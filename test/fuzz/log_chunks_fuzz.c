/* Log text of programs and models, cut into chunks. */

#include "store/log_chunks.h"
#include "test/fuzz/fuzz.h"

static int64_t lines_in(const char *data)
{
    int64_t lines = 1;

    for (; *data; data++)
        lines += *data == '\n';
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    size_t most = 4 + (size ? data[0] : 0);
    LogChunkList chunks = {0};

    log_chunks(s, (Bytes){(const char *)data, size}, most, &chunks);
    EACH (const LogChunk, chunk, &chunks) {
        FUZZ_CHECK(strlen(chunk->data) <= most);
        FUZZ_CHECK(utf8_valid(bytes_of(chunk->data)));
        FUZZ_CHECK(chunk->line_count == lines_in(chunk->data));
    }
    return 0;
}
