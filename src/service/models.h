/* Which models may be chosen, and how to call them.
 *
 * An id is "env-1" to "env-3" (the key of OpenAI, Anthropic, Gemini in the settings; the numbers
 * never move), the UUID of a stored profile, "provider:model" (that provider's key of the settings
 * with any model), or a demo model while dursor runs in demo mode.
 */
#pragma once

#include "model/views.h"
#include "service/app.h"
#include "store/rows.h"
#include "store/store.h"

/* Environment models, then stored ones newest first, then demo ones: a page. A cursor is as good as the
 * settings and the demo mode it was made under. */
fallible models_list(Scope *s, App *app, Tx *tx, Page *page, ModelViewList *out);
/* MISSING, code "model_missing", names what there is. */
fallible model_find(Scope *s, App *app, Tx *tx, const char *id, ModelView *out);
/* How to call it, with its key: never to be logged or stored. INVALID when its key cannot be read. */
fallible model_open(Scope *s, App *app, Tx *tx, const char *id, LlmModel *out);
/* Seals the key and stores the profile; checks that the address is one. */
fallible model_add(Scope *s, App *app, Tx *tx, const ModelCreate *in, ModelView *out);
/* INVALID for a model that is not stored. */
fallible model_remove(Scope *s, App *app, Tx *tx, const char *id);
