/* JSON in and out, by table or by hand. Reading is jansson's, strict: valid UTF-8, no duplicate
 * keys, no NUL, limits below. Values read are released with the scope. */
#pragma once

#include <jansson.h>

#include "base/table.h"

enum {
    JSON_DEPTH_MAX = 64,
    JSON_TEXT_MAX = 64 << 20, /* bytes of one document */
    PARAM_TEXT_MAX = 1000,    /* characters of a named value */
};

/* How deep the brackets of a text nest, for limits of one's own below JSON_DEPTH_MAX. */
size_t json_depth(Bytes bytes);
/* INVALID with line and column when it is not JSON. */
fallible json_parse(Scope *s, Bytes bytes, json_t **out);

/* Fills *out (zeroed by the caller) by the type's table. Unknown keys are ignored; what is missing
 * or of the wrong type is collected, and MALFORMED lists all of it with ["body", …] places. Text is
 * copied into s. */
fallible json_read(Scope *s, Bytes bytes, const Type *type, void *out);
fallible json_read_value(Scope *s, json_t *value, const Type *type, void *out);

/* Writing: straight into the buffer. Fields marked SECRET or NO_JSON are left out. */
void json_write(Buffer *b, const Type *type, const void *object);
void json_write_list(Buffer *b, const Type *type, const void *list);
void json_write_text(Buffer *b, const char *t); /* NULL gives null */
void json_write_bytes(Buffer *b, Bytes utf8);
void json_write_real(Buffer *b, double value);
const char *json_text(Scope *s, const Type *type, const void *object);

/* Hand-made JSON with commas in the right places:
 *
 *     JsonWriter w = json_writer(&buffer);
 *     json_open(&w, '{');
 *     json_key(&w, "model"); json_put_text(&w, model);
 *     json_close(&w, '}');
 */
typedef struct JsonWriter {
    Buffer *b;
    bool comma;
} JsonWriter;

JsonWriter json_writer(Buffer *b);
void json_open(JsonWriter *w, char bracket);
void json_close(JsonWriter *w, char bracket);
void json_key(JsonWriter *w, const char *key);
void json_put_text(JsonWriter *w, const char *t);
void json_put_bytes(JsonWriter *w, Bytes utf8);
void json_put_int(JsonWriter *w, int64_t value);
void json_put_real(JsonWriter *w, double value);
void json_put_bool(JsonWriter *w, bool value);
void json_put_null(JsonWriter *w);
void json_put_raw(JsonWriter *w, const char *json);
/* A key and its value. */
void json_member_text(JsonWriter *w, const char *key, const char *t);
void json_member_int(JsonWriter *w, const char *key, int64_t value);
void json_member_bool(JsonWriter *w, const char *key, bool value);
void json_member_real(JsonWriter *w, const char *key, double value);
void json_member_raw(JsonWriter *w, const char *key, const char *json);
/* The named values of a coded error as an object of valid UTF-8; no text when there are none. */
Json json_of_params(Scope *s, const ErrorParam *params);

/* Lenient look-ups for answers of outside systems: NULL, 0 or the default when a step is absent or
 * of another type. The path is keys and indexes: "choices.0.delta.content". */
json_t *json_at(json_t *value, const char *path);
const char *json_at_text(json_t *value, const char *path);
int64_t json_at_int(json_t *value, const char *path, int64_t absent);
bool json_at_bool(json_t *value, const char *path, bool absent);
/* The value as JSON text in s. */
const char *json_dump(Scope *s, json_t *value);
