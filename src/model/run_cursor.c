/* Places in the events of all runs of a task. */

#include "model/run_cursor.h"

/* Takes a number without sign or leading zeros off the front, and the separator behind it. */
static bool take_number(Bytes *rest, char behind, int64_t *out)
{
    int64_t value = 0;
    size_t at = 0;

    for (; at < rest->size && rest->data[at] >= '0' && rest->data[at] <= '9'; at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, rest->data[at] - '0', &value))
            return false;
    if (!at || (at > 1 && rest->data[0] == '0'))
        return false;
    if (behind && (at == rest->size || rest->data[at] != behind))
        return false;
    at += behind != 0;
    *rest = (Bytes){rest->data + at, rest->size - at};
    *out = value;
    return true;
}

static bool take_place(Bytes *rest, const RunCursor *cursor, RunPlace *out)
{
    int64_t last = cursor->places.count ? cursor->places.items[cursor->places.count - 1].number : 0;

    if (rest->data[0] != '-' || cursor->places.count == RUN_CURSOR_RUNS_MAX)
        return false;
    *rest = (Bytes){rest->data + 1, rest->size - 1};
    return take_number(rest, '.', &out->number) && take_number(rest, 0, &out->seq) &&
           out->number > last && out->number <= cursor->known && out->seq < INT64_MAX;
}

fallible run_cursor_parse(Scope *s, const char *t, RunCursor *out)
{
    Bytes rest = bytes_of(t);
    RunCursor cursor = {0};

    if (text_empty(t)) {
        *out = cursor;
        return OK;
    }
    if (rest.size > RUN_CURSOR_TEXT_MAX || !take_number(&rest, 0, &cursor.known))
        return fail(s, INVALID, "no such place in the events: take the id of one of them");
    while (rest.size) {
        RunPlace place;
        if (!take_place(&rest, &cursor, &place))
            return fail(s, INVALID, "no such place in the events: take the id of one of them");
        *list_add(s, &cursor.places) = place;
    }
    *out = cursor;
    return OK;
}

const char *run_cursor_text(Scope *s, const RunCursor *cursor)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "%lld", (long long)cursor->known);
    EACH (const RunPlace, place, &cursor->places)
        buffer_format(&b, "-%lld.%lld", (long long)place->number, (long long)place->seq);
    return buffer_string(&b);
}

/* Where the run's place is, or would be inserted. */
static size_t place_index(const RunCursor *cursor, int64_t number)
{
    size_t low = 0, high = cursor->places.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cursor->places.items[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool place_at(const RunCursor *cursor, size_t index, int64_t number)
{
    return index < cursor->places.count && cursor->places.items[index].number == number;
}

int64_t run_cursor_seq(const RunCursor *cursor, int64_t number)
{
    size_t index = place_index(cursor, number);

    if (number > cursor->known)
        return 0;
    return place_at(cursor, index, number) ? cursor->places.items[index].seq : INT64_MAX;
}

static void place_insert(Scope *s, RunCursor *cursor, size_t index, RunPlace place)
{
    (void)list_add(s, &cursor->places);
    RunPlace *items = cursor->places.items;
    memmove(items + index + 1, items + index, (cursor->places.count - 1 - index) * sizeof *items);
    items[index] = place;
}

void run_cursor_move(Scope *s, RunCursor *cursor, RunPlace place)
{
    while (cursor->known < place.number)
        place_insert(s, cursor, cursor->places.count, (RunPlace){++cursor->known, 0});
    size_t index = place_index(cursor, place.number);
    if (!place_at(cursor, index, place.number))
        place_insert(s, cursor, index, place);
    cursor->places.items[index].seq = place.seq;
}

void run_cursor_close(Scope *s, RunCursor *cursor, int64_t number)
{
    run_cursor_move(s, cursor, (RunPlace){number, 0});
    size_t index = place_index(cursor, number);
    RunPlace *items = cursor->places.items;
    memmove(items + index, items + index + 1, (cursor->places.count - 1 - index) * sizeof *items);
    cursor->places.count--;
}
