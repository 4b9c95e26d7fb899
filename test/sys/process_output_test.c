/* Output: floods, limits, lines of any length. */

#include <stdlib.h>

#include "base/time.h"
#include "sys/memory.h"
#include "test/sys/given_process.h"

enum {
    FLOOD = 100 * 1000 * 1000,
    SMALL = 1000,
    MEMORY_SLACK = 32 << 20,
};

TEST(output_over_the_limit_ends_the_program)
{
    ProcessSpec spec = SHELL("head -c 100000000 /dev/zero; sleep 60");
    ProcessResult result;

    spec.out.max = SMALL;
    Error *e = process_run(s, &spec, &result);
    CHECK(failed_as(e, TOO_LARGE));
    CHECK_TEXT(e->message, "sh wrote more than 1000 bytes to its standard output");
    CHECK(!has_children());
    return OK;
}

TEST(output_of_just_the_limit_is_taken)
{
    ProcessSpec spec = SHELL("head -c 1000 /dev/zero");
    ProcessResult result;

    spec.out.max = SMALL;
    TRY(process_run(s, &spec, &result));
    CHECK_EQ(result.out.size, SMALL);
    return OK;
}

TEST(of_a_flood_of_errors_the_end_is_kept_in_bounded_memory)
{
    ProcessSpec spec = SHELL("head -c 100000000 /dev/zero >&2; echo the end >&2");
    ProcessResult result;
    MemoryUse before, after;

    TRY(memory_use(s, &before));
    spec.err.max = SMALL;
    TRY(process_run(s, &spec, &result));
    CHECK_EQ(result.err.size, SMALL);
    CHECK(text_ends(result.err.data + SMALL - 8, "the end\n"));
    CHECK_EQ(result.err_dropped, FLOOD + 8 - SMALL);
    TRY(memory_use(s, &after));
    CHECK(after.rss - before.rss < MEMORY_SLACK);
    return OK;
}

typedef struct Counter {
    size_t bytes, lines, pieces, longest;
    size_t fail_after; /* bytes; 0: never */
} Counter;

static Error *count(Scope *s, void *arg, const ProcessPiece *piece)
{
    Counter *counter = arg;

    counter->bytes += piece->bytes.size;
    counter->lines += piece->line_end;
    counter->pieces++;
    if (piece->bytes.size > counter->longest)
        counter->longest = piece->bytes.size;
    if (counter->fail_after && counter->bytes > counter->fail_after)
        return fail(s, CONFLICT, "enough");
    return OK;
}

TEST(a_sink_takes_a_flood_in_bounded_memory)
{
    ProcessSpec spec = SHELL("head -c 100000000 /dev/zero");
    Counter counter = {0};
    ProcessResult result;
    MemoryUse before, after;

    TRY(memory_use(s, &before));
    spec.out = (ProcessOutput){.sink = count, .arg = &counter};
    TRY(process_run(s, &spec, &result));
    CHECK_EQ(counter.bytes, FLOOD);
    CHECK(counter.longest <= PROCESS_PIECE_MAX);
    TRY(memory_use(s, &after));
    CHECK(after.rss - before.rss < MEMORY_SLACK);
    return OK;
}

TEST(a_line_of_100_mb_comes_in_pieces)
{
    ProcessSpec spec = SHELL("head -c 100000000 /dev/zero; echo; echo short");
    Counter counter = {0};
    ProcessResult result;

    spec.out = (ProcessOutput){.sink = count, .arg = &counter, .by_line = true};
    TRY(process_run(s, &spec, &result));
    CHECK_EQ(counter.bytes, FLOOD + 5);
    CHECK_EQ(counter.lines, 2);
    CHECK(counter.longest <= PROCESS_PIECE_MAX);
    CHECK(counter.pieces >= FLOOD / PROCESS_PIECE_MAX);
    return OK;
}

TEST(a_million_lines_are_counted_right)
{
    ProcessSpec spec = SHELL("seq 1000000");
    Counter counter = {0};
    ProcessResult result;

    spec.out = (ProcessOutput){.sink = count, .arg = &counter, .by_line = true};
    TRY(process_run(s, &spec, &result));
    CHECK_EQ(counter.lines, 1000000);
    CHECK_EQ(counter.pieces, 1000000);
    CHECK_EQ(counter.bytes, 5888896); /* 6888896 less the line feeds */
    return OK;
}

static Error *join(Scope *s, void *arg, const ProcessPiece *piece)
{
    (void)s;
    buffer_char(arg, '[');
    buffer_bytes(arg, piece->bytes);
    buffer_text(arg, piece->line_end ? "]" : "...");
    return OK;
}

TEST(lines_come_whole_however_they_were_written)
{
    ProcessSpec spec =
        SHELL("printf a; sleep 0.05; printf 'b\\n\\nc\\r\\n'; sleep 0.05; printf 'd\\ne'");
    Buffer got = buffer_in(s);
    ProcessResult result;

    spec.out = (ProcessOutput){.sink = join, .arg = &got, .by_line = true};
    TRY(process_run(s, &spec, &result));
    CHECK_TEXT(buffer_string(&got), "[ab][][c\r][d][e...");
    return OK;
}

TEST(standard_error_may_have_a_sink_of_its_own)
{
    ProcessSpec spec = SHELL("echo out; echo err >&2");
    Buffer got = buffer_in(s);
    ProcessResult result;

    spec.err = (ProcessOutput){.sink = join, .arg = &got, .by_line = true};
    TRY(process_run(s, &spec, &result));
    CHECK_TEXT(buffer_string(&got), "[err]");
    CHECK_TEXT(text_of(s, result.out), "out\n");
    CHECK_EQ(result.err.size, 0);
    return OK;
}

TEST(a_failing_sink_ends_the_program_and_is_the_failure)
{
    ProcessSpec spec = SHELL("yes");
    Counter counter = {.fail_after = SMALL};
    ProcessResult result;

    spec.out = (ProcessOutput){.sink = count, .arg = &counter, .by_line = true};
    Error *e = process_run(s, &spec, &result);
    CHECK(failed_as(e, CONFLICT));
    CHECK_TEXT(e->message, "enough");
    CHECK(!has_children());
    return OK;
}
