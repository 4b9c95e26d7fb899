/* What calls cost, from a dated table: data/prices.json, built in, or a file of the same form that a
 * setting names, whose rows go before the built-in ones.
 *
 * Prices are per request, because long prompts have their own rates for the whole request: price
 * each try's usage as LlmSink.spent tells it and add up, never a sum of usages. An unknown model, or
 * a rate nobody knows, has no price: it is absent, never 0.
 */
#pragma once

#include "model/entities.h"

enum {
    PRICE_FILE_MAX = 4 << 20, /* bytes of a file of prices */
    PRICE_ROWS_MAX = 5000,
};

/* US dollars for a million tokens. An absent cache rate is the input rate. */
typedef struct Price {
    Provider provider;
    const char *model;
    Time valid_from, valid_until; /* absent: always; until is exclusive */
    double input, output;
    OptReal cache_read, cache_write;
    OptInt long_above; /* prompt tokens, cached ones too; above it the rates below hold */
    OptReal long_input, long_output, long_cache_read, long_cache_write;
    OptInt context_tokens; /* what the model reads and writes at most */
    const char *source;
} Price;

typedef struct Prices Prices; /* constant: threads may share it */

/* file may be NULL. INVALID with line or row when it is not as it should be. */
fallible prices_open(Scope *s, const char *file, const Prices **out);
/* The day for which the built-in rows were collected: 2026-11-23. */
const char *prices_date(const Prices *prices);
/* The row for a model at a time; names with a date behind ("claude-haiku-4-5-20251001",
 * "gpt-5.5-2026-04-23", "…-latest") or "models/" before are found by their family. NULL: unknown. */
const Price *price_find(const Prices *prices, Provider provider, const char *model, Time at);
/* US dollars of one request. Absent when price is NULL. */
OptReal price_of(const Price *price, const Usage *usage);
