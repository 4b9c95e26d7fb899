/* A longest common subsequence between two short runs of lines. */

#include "agent/align.h"

enum { ALIGN_CELLS_MAX = 4 << 20 }; /* beyond it only equal fronts and backs are paired */

LineList lines_part(const LineList *lines, size_t first, size_t count)
{
    return (LineList){count ? lines->items + first : NULL, count, count};
}

static bool same(const LineList *a, size_t i, const LineList *b, size_t j)
{
    return bytes_equal(a->items[i].text, b->items[j].text);
}

size_t lines_same_front(const LineList *a, const LineList *b)
{
    size_t n = 0;

    while (n < a->count && n < b->count && same(a, n, b, n))
        n++;
    return n;
}

size_t lines_same_back(const LineList *a, const LineList *b, size_t front)
{
    size_t n = 0;

    while (n + front < a->count && n + front < b->count &&
           same(a, a->count - 1 - n, b, b->count - 1 - n))
        n++;
    return n;
}

/* length[i * width + j]: the longest common subsequence of what follows old i and new j. */
static uint32_t *lengths(Scope *s, const LineList *a, const LineList *b)
{
    size_t width = b->count + 1;
    uint32_t *length = NEW_ARRAY(s, uint32_t, (a->count + 1) * width);

    for (size_t i = a->count; i-- > 0;) {
        for (size_t j = b->count; j-- > 0;) {
            uint32_t down = length[(i + 1) * width + j];
            uint32_t right = length[i * width + j + 1];
            length[i * width + j] = same(a, i, b, j) ? length[(i + 1) * width + j + 1] + 1
                                    : down > right   ? down
                                                     : right;
        }
    }
    return length;
}

static void pair_middle(Scope *s, const LineList *a, const LineList *b, size_t front, size_t *pairs)
{
    if (!a->count || !b->count || a->count > ALIGN_CELLS_MAX / b->count)
        return;
    SCOPE(tmp, s);
    const uint32_t *length = lengths(tmp, a, b);
    size_t width = b->count + 1;
    size_t i = 0;
    size_t j = 0;
    while (i < a->count && j < b->count) {
        if (same(a, i, b, j)) {
            pairs[j] = front + i;
            i++;
            j++;
        } else if (length[(i + 1) * width + j] >= length[i * width + j + 1]) {
            i++;
        } else {
            j++;
        }
    }
}

size_t *lines_aligned(Scope *s, const LineList *old_lines, const LineList *new_lines)
{
    size_t front = lines_same_front(old_lines, new_lines);
    size_t back = lines_same_back(old_lines, new_lines, front);
    size_t *pairs = NEW_ARRAY(s, size_t, new_lines->count + 1);
    LineList old_middle = lines_part(old_lines, front, old_lines->count - front - back);
    LineList new_middle = lines_part(new_lines, front, new_lines->count - front - back);

    for (size_t j = 0; j < new_lines->count; j++)
        pairs[j] = UNPAIRED;
    for (size_t j = 0; j < front; j++)
        pairs[j] = j;
    pair_middle(s, &old_middle, &new_middle, front, pairs + front);
    for (size_t n = 1; n <= back; n++)
        pairs[new_lines->count - n] = old_lines->count - n;
    return pairs;
}
