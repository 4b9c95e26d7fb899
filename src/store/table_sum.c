/* Rows as bytes that mean the same on each database, and their sums. */

#include "store/table_sum.h"

#include <endian.h>
#include <stdlib.h>

#include "base/json.h"
#include "sys/crypto.h"

/* Whole numbers up to this are exact as a double. */
#define EXACT_MAX 9007199254740992.0

/* ---- JSON ---- */

static int by_name(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;

    return strcmp(*left, *right);
}

static void put_value(JsonWriter *w, Scope *s, json_t *value);

static void put_members(JsonWriter *w, Scope *s, json_t *object)
{
    const char **names = NEW_ARRAY(s, const char *, json_object_size(object)), *name;
    size_t count = 0;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        names[count++] = name;
    }
    qsort(names, count, sizeof *names, by_name);
    json_open(w, '{');
    for (size_t i = 0; i < count; i++) {
        json_key(w, names[i]);
        put_value(w, s, json_object_get(object, names[i]));
    }
    json_close(w, '}');
}

/* PostgreSQL writes 1e3 as 1000. */
static void put_number(JsonWriter *w, double real)
{
    if (real >= -EXACT_MAX && real <= EXACT_MAX && !((double)(int64_t)real < real) &&
        !((double)(int64_t)real > real))
        json_put_int(w, (int64_t)real);
    else
        json_put_real(w, real);
}

static void put_value(JsonWriter *w, Scope *s, json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        put_members(w, s, value);
        return;
    case JSON_ARRAY:
        json_open(w, '[');
        for (size_t i = 0; i < json_array_size(value); i++)
            put_value(w, s, json_array_get(value, i));
        json_close(w, ']');
        return;
    case JSON_STRING:
        json_put_text(w, json_string_value(value));
        return;
    case JSON_INTEGER:
        json_put_int(w, json_integer_value(value));
        return;
    case JSON_REAL:
        put_number(w, json_real_value(value));
        return;
    case JSON_NULL:
        json_put_null(w);
        return;
    default:
        json_put_bool(w, json_is_true(value));
    }
}

const char *json_canonical(Scope *s, const char *json)
{
    SCOPE(tmp, s);
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);
    json_t *value;
    Error *e = json_parse(tmp, bytes_of(json), &value);

    if (e) {
        error_drop(e, "what cannot be read is compared as it stands");
        return json;
    }
    put_value(&w, tmp, value);
    return buffer_string(&b);
}

/* ---- Rows ---- */

static void add_number(Buffer *b, uint64_t number)
{
    number = htobe64(number);
    buffer_add(b, &number, sizeof number);
}

static void add_bytes(Buffer *b, Bytes bytes)
{
    add_number(b, bytes.size);
    buffer_bytes(b, bytes);
}

static void add_real(Buffer *b, double real)
{
    uint64_t bits;

    real += 0.0; /* -0 is 0 */
    memcpy(&bits, &real, sizeof bits);
    add_number(b, bits);
}

static bool is_set(FieldKind kind, const Slot *slot)
{
    switch (kind) {
    case FIELD_BYTES:
        return slot->bytes.data != NULL;
    case FIELD_OPT_INT:
        return slot->number.set;
    case FIELD_OPT_REAL:
        return slot->real.set;
    case FIELD_BOOL:
        return true;
    case FIELD_TIME:
        return time_set(slot->time);
    default: /* a text, or a JSON's text */
        return slot->text != NULL;
    }
}

static void add_slot(Buffer *b, Scope *s, FieldKind kind, const Slot *slot)
{
    bool set = is_set(kind, slot);

    buffer_char(b, set ? '+' : '-');
    if (!set)
        return;
    switch (kind) {
    case FIELD_BYTES:
        add_bytes(b, slot->bytes);
        return;
    case FIELD_OPT_INT:
        add_number(b, (uint64_t)slot->number.value);
        return;
    case FIELD_OPT_REAL:
        add_real(b, slot->real.value);
        return;
    case FIELD_BOOL:
        add_number(b, slot->truth);
        return;
    case FIELD_TIME:
        add_number(b, (uint64_t)slot->time.us);
        return;
    case FIELD_JSON:
        add_bytes(b, bytes_of(json_canonical(s, slot->json.text)));
        return;
    default:
        add_bytes(b, bytes_of(slot->text));
    }
}

void sum_row(Scope *s, const TableAccess *t, const Slot *row, TableSum *sum)
{
    SCOPE(tmp, s);
    Buffer b = buffer_in(tmp);
    TableSum one = {.rows = 1};

    for (size_t i = 0; i < t->count; i++)
        add_slot(&b, tmp, t->table->columns[i].kind, &row[i]);
    Sha256 hash = sha256(buffer_view(&b));
    memcpy(one.lanes, hash.bytes, sizeof one.lanes);
    for (int i = 0; i < SUM_LANES; i++)
        one.lanes[i] = be64toh(one.lanes[i]);
    sum_add(sum, &one);
}

/* ---- Sums ---- */

void sum_add(TableSum *sum, const TableSum *more)
{
    sum->rows += more->rows;
    for (int i = 0; i < SUM_LANES; i++)
        sum->lanes[i] += more->lanes[i];
}

void sum_take(TableSum *sum, const TableSum *less)
{
    sum->rows -= less->rows;
    for (int i = 0; i < SUM_LANES; i++)
        sum->lanes[i] -= less->lanes[i];
}

bool sum_equal(const TableSum *a, const TableSum *b)
{
    return a->rows == b->rows && memcmp(a->lanes, b->lanes, sizeof a->lanes) == 0;
}

const char *sum_text(Scope *s, const TableSum *sum)
{
    Buffer b = buffer_in(s);

    for (int i = 0; i < SUM_LANES; i++)
        buffer_format(&b, "%016llx", (unsigned long long)sum->lanes[i]);
    return buffer_string(&b);
}

bool sum_read(Scope *s, const char *t, TableSum *out)
{
    Bytes bytes;
    uint64_t lane;

    if (!hex_decode(s, t, &bytes) || bytes.size != sizeof out->lanes)
        return false;
    for (int i = 0; i < SUM_LANES; i++) {
        memcpy(&lane, bytes.data + (size_t)i * sizeof lane, sizeof lane);
        out->lanes[i] = be64toh(lane);
    }
    return true;
}
