/* Values that JSON cannot hold, as Celery's JSON dialect (kombu 5.3 and later) writes them: an object of
 * exactly two keys, {"__type__": "uuid", "__value__": {"hex": "…"}}.
 *
 * An object of that shape with a type nobody knows makes a stock reader fail, so data of users that
 * happens to have it must never be sent: celery_values_plain tells. */
#pragma once

#include "base/json.h"

typedef enum CeleryValueKind {
    CELERY_DATETIME = 1, /* text: ISO 8601, with or without an offset */
    CELERY_DATE,         /* text: 2026-11-23 */
    CELERY_TIME,         /* text: 14:44:34.271983 */
    CELERY_DECIMAL,      /* text: 1.10, NaN, -Infinity */
    CELERY_UUID,         /* text: lower case with hyphens */
    CELERY_BYTES,        /* bytes, UTF-8 */
    CELERY_BASE64,       /* bytes of any kind */
} CeleryValueKind;

typedef struct CeleryValue {
    CeleryValueKind kind;
    const char *text; /* of the first five */
    Bytes bytes;      /* of the others */
} CeleryValue;

/* Whether the object has exactly the two keys, whatever they say. */
bool celery_value_tagged(const json_t *value);
/* False when it is not tagged, its type is unknown or its value does not fit the type. */
bool celery_value_read(Scope *s, json_t *value, CeleryValue *out);
/* Bytes that are UTF-8 are written as such, others as base64, whichever of the two kinds is said. */
void celery_value_write(Buffer *b, const CeleryValue *value);

/* Nothing in value has the tagged shape. */
bool celery_values_plain(json_t *value);
/* Whatever in value has the tagged shape can be read. */
bool celery_values_known(Scope *s, json_t *value);
