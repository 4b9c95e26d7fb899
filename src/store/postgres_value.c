/* Values in PostgreSQL's binary forms: big-endian numbers, times since 2000. */

#include "store/postgres.h"

#include <endian.h>

#include "base/id.h"

/* pg_type.dat; these never change. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_JSON = 114,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_VARCHAR = 1043,
    OID_TIMESTAMPTZ = 1184,
    OID_UUID = 2950,
    OID_JSONB = 3802,
};

enum { UUID_BYTES = 16, BINARY = 1 };

#define EPOCH_2000_US (946684800 * US_PER_S)

/* 0 lets PostgreSQL infer the type of a text from where it stands. */
static Oid type_of(ValueKind kind)
{
    switch (kind) {
    case VALUE_INT:
        return OID_INT8;
    case VALUE_REAL:
        return OID_FLOAT8;
    case VALUE_BOOL:
        return OID_BOOL;
    case VALUE_TIME:
        return OID_TIMESTAMPTZ;
    case VALUE_BYTES:
        return OID_BYTEA;
    default:
        return 0;
    }
}

static Bytes big_endian(Scope *s, uint64_t number)
{
    number = htobe64(number);
    return (Bytes){scope_copy(s, &number, sizeof number), sizeof number};
}

static Bytes parameter(Scope *s, const Value *v)
{
    uint64_t bits;
    char truth = (char)v->number;

    switch (v->kind) {
    case VALUE_INT:
        return big_endian(s, (uint64_t)v->number);
    case VALUE_TIME:
        return big_endian(s, (uint64_t)(v->number - EPOCH_2000_US));
    case VALUE_REAL:
        memcpy(&bits, &v->real, sizeof bits);
        return big_endian(s, bits);
    case VALUE_BOOL:
        return (Bytes){scope_copy(s, &truth, 1), 1};
    default:
        return v->bytes;
    }
}

void postgres_params(Scope *s, const Call *call, PostgresParams *out)
{
    size_t count = (size_t)call->q->param_count;

    *out = (PostgresParams){
        .count = (int)count,
        .types = NEW_ARRAY(s, Oid, count),
        .values = NEW_ARRAY(s, const char *, count),
        .lengths = NEW_ARRAY(s, int, count),
        .formats = NEW_ARRAY(s, int, count),
    };
    for (size_t i = 0; i < count; i++) {
        const Value *v = &call->values[i];
        Bytes bytes = v->null ? (Bytes){0} : parameter(s, v);
        out->types[i] = type_of(v->kind);
        out->formats[i] = out->types[i] ? BINARY : 0;
        out->values[i] = bytes.data;
        out->lengths[i] = (int)bytes.size;
    }
}

/* ---- COPY ---- */

static void put_head(Buffer *b, size_t size)
{
    uint32_t head = htobe32((uint32_t)size);

    buffer_add(b, &head, sizeof head);
}

static void put_number(Buffer *b, uint64_t number, size_t size)
{
    uint64_t big = htobe64(number);

    put_head(b, size);
    buffer_add(b, (const char *)&big + sizeof big - size, size);
}

static fallible put_whole(Scope *s, int64_t number, size_t size, Buffer *b)
{
    int64_t most = INT64_MAX >> (64 - 8 * (int)size);

    if (number > most || number < -most - 1)
        return fail(s, INVALID, "a number is too large for its column");
    put_number(b, (uint64_t)number, size);
    return OK;
}

static unsigned digit_of(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static fallible put_uuid(Scope *s, Bytes id, Buffer *b)
{
    char bytes[UUID_BYTES];
    const char *at = id.data;

    if (id.size != ID_SIZE || !id_valid(id.data))
        return fail(s, INVALID, "an id is no UUID");
    for (int i = 0; i < UUID_BYTES; i++, at += 2) {
        at += *at == '-';
        bytes[i] = (char)(digit_of(at[0]) << 4 | digit_of(at[1]));
    }
    put_head(b, UUID_BYTES);
    buffer_add(b, bytes, UUID_BYTES);
    return OK;
}

static bool takes(Oid type, ValueKind kind)
{
    switch (type) {
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return kind == VALUE_INT;
    case OID_UUID:
    case OID_TEXT:
    case OID_VARCHAR:
        return kind == VALUE_TEXT;
    case OID_JSON:
    case OID_JSONB:
        return kind == VALUE_JSON;
    default:
        return type_of(kind) == type;
    }
}

fallible postgres_put(Scope *s, Oid type, const Value *v, Buffer *b)
{
    uint64_t bits;

    if (v->null) {
        put_head(b, UINT32_MAX);
        return OK;
    }
    if (!takes(type, v->kind))
        return fail(s, BUG, "a column of type %u takes no value of kind %d", type, v->kind);
    switch (type) {
    case OID_INT2:
        return put_whole(s, v->number, sizeof(int16_t), b);
    case OID_INT4:
        return put_whole(s, v->number, sizeof(int32_t), b);
    case OID_INT8:
        return put_whole(s, v->number, sizeof(int64_t), b);
    case OID_TIMESTAMPTZ:
        return put_whole(s, v->number - EPOCH_2000_US, sizeof(int64_t), b);
    case OID_BOOL:
        put_number(b, (uint64_t)v->number, 1);
        return OK;
    case OID_FLOAT8:
        memcpy(&bits, &v->real, sizeof bits);
        put_number(b, bits, sizeof bits);
        return OK;
    case OID_UUID:
        return put_uuid(s, v->bytes, b);
    case OID_JSONB:
        put_head(b, 1 + v->bytes.size);
        buffer_char(b, 1); /* its version */
        buffer_bytes(b, v->bytes);
        return OK;
    default:
        put_head(b, v->bytes.size);
        buffer_bytes(b, v->bytes);
        return OK;
    }
}

/* ---- Columns ---- */

static uint64_t number_of(Bytes bytes)
{
    uint64_t number = 0;

    for (size_t i = 0; i < bytes.size; i++)
        number = number << 8 | (uint8_t)bytes.data[i];
    return number;
}

static double real_of(Bytes bytes)
{
    uint64_t bits = number_of(bytes);
    uint32_t half = (uint32_t)bits;
    double real;
    float small;

    if (bytes.size == sizeof small) {
        memcpy(&small, &half, sizeof small);
        return (double)small;
    }
    memcpy(&real, &bits, sizeof real);
    return real;
}

static Value uuid_of(Scope *s, Bytes bytes)
{
    const char *digits = hex(s, bytes);
    char *id = scope_alloc(s, ID_SIZE + 1), *at = id;

    for (int i = 0; i < 2 * UUID_BYTES; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *at++ = '-';
        *at++ = digits[i];
    }
    return (Value){.kind = VALUE_TEXT, .bytes = {id, ID_SIZE}};
}

static Value time_of(Bytes bytes)
{
    int64_t since_2000 = (int64_t)number_of(bytes);
    bool infinite = since_2000 == INT64_MAX || since_2000 == INT64_MIN;

    return (Value){
        .kind = VALUE_TIME, .null = infinite, .number = infinite ? 0 : since_2000 + EPOCH_2000_US};
}

/* Sizes were checked by the server: a type has its form. */
bool postgres_value(Scope *s, Oid type, Bytes bytes, Value *out)
{
    switch (type) {
    case OID_BOOL:
        *out = (Value){.kind = VALUE_BOOL, .number = number_of(bytes) != 0};
        return true;
    case OID_INT2:
        *out = (Value){.kind = VALUE_INT, .number = (int16_t)number_of(bytes)};
        return true;
    case OID_INT4:
        *out = (Value){.kind = VALUE_INT, .number = (int32_t)number_of(bytes)};
        return true;
    case OID_INT8:
        *out = (Value){.kind = VALUE_INT, .number = (int64_t)number_of(bytes)};
        return true;
    case OID_FLOAT4:
    case OID_FLOAT8:
        *out = (Value){.kind = VALUE_REAL, .real = real_of(bytes)};
        return true;
    case OID_TIMESTAMPTZ:
        *out = time_of(bytes);
        return true;
    case OID_TEXT:
    case OID_VARCHAR:
        *out = (Value){.kind = VALUE_TEXT, .bytes = bytes};
        return true;
    case OID_UUID:
        if (bytes.size != UUID_BYTES)
            return false;
        *out = uuid_of(s, bytes);
        return true;
    case OID_JSON:
        *out = (Value){.kind = VALUE_JSON, .bytes = bytes};
        return true;
    case OID_JSONB: /* one byte of version before the text */
        *out = (Value){.kind = VALUE_JSON, .bytes = {bytes.data + 1, bytes.size - 1}};
        return bytes.size > 1 && bytes.data[0] == 1;
    case OID_BYTEA:
        *out = (Value){.kind = VALUE_BYTES, .bytes = bytes};
        return true;
    default:
        return false;
    }
}

fallible postgres_column(Scope *s, const PGresult *result, int row, int column, Value *out)
{
    Bytes bytes = {PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};

    if (PQgetisnull(result, row, column)) {
        *out = (Value){.kind = VALUE_NULL, .null = true};
        return OK;
    }
    if (postgres_value(s, PQftype(result, column), bytes, out))
        return OK;
    return fail(s, BUG, "the column %s has a type (%u) that rows cannot hold: cast it",
                PQfname(result, column), PQftype(result, column));
}
