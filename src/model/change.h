/* Changes that name only some members: {"title": "New"} leaves all others as they are.
 *
 *     TRY(change_parse(s, body, &change));
 *     change_clear_nulls(change, &preferences_type, &now);   // where null means: back to nothing
 *     TRY(change_apply(s, change, &preferences_type, &now));
 *
 * The type of a change has no required members and no presets, and its struct is the changed one's. */
#pragma once

#include "base/json.h"

/* The body's object, lent by s; the frame has checked its shape before. */
fallible change_parse(Scope *s, Bytes body, json_t **out);
bool change_has(json_t *change, const char *name);
/* Members that are given as null become absent, booleans false. */
void change_clear_nulls(json_t *change, const Type *type, void *now);
/* Members that are given get their value, lists wholly; null changes nothing. */
fallible change_apply(Scope *s, json_t *change, const Type *type, void *now);
