/* Token estimates. */

#include "llm/estimate.h"
#include "test/test.h"

/* Counted by OpenAI's o200k tokenizer; the estimate is within a quarter for such short texts. */
typedef struct Sample {
    const char *t;
    int64_t tokens;
} Sample;

static const Sample samples[] = {
    {"The quick brown fox jumps over the lazy dog.", 10},
    {"static int64_t within(int64_t count, int64_t most)\n{\n    return count < 0 ? 0 : count > "
     "most ? most : count;\n}\n",
     35},
    {"const { data, error } = useQuery({ queryKey: [\"runs\", taskId], queryFn: fetchRuns });", 25},
};

TEST(estimates_are_near_what_a_tokenizer_counts)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        int64_t got = estimate_tokens(bytes_of(samples[i].t));
        CHECK(got * 4 >= samples[i].tokens * 3 && got * 4 <= samples[i].tokens * 5);
    }
    return OK;
}

TEST(no_text_is_no_token_and_any_text_is_one_at_least)
{
    CHECK_EQ(estimate_tokens((Bytes){0}), 0);
    CHECK_EQ(estimate_tokens(BYTES(" ")), 1);
    CHECK_EQ(estimate_tokens(BYTES("\x80")), 1);
    return OK;
}

TEST(estimates_grow_with_the_text)
{
    Buffer b = buffer_in(s);
    int64_t before = 0;

    for (int i = 0; i < 200; i++) {
        buffer_text(&b, "int x = 1;\n");
        int64_t now = estimate_tokens(buffer_view(&b));
        CHECK(now > before);
        before = now;
    }
    return OK;
}
