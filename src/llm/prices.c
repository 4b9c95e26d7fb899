/* The table of prices, and one request's price. */

#include "llm/prices.h"

#include <ctype.h>

#include "base/json.h"
#include "sys/file.h"

extern const Bytes data_prices_json; /* data/prices.json */

typedef LIST_OF(Price) PriceList;

typedef struct PriceFile {
    const char *date;
    PriceList models;
} PriceFile;

struct Prices {
    PriceFile own; /* of the setting's file; empty without one */
    PriceFile built_in;
};

static const Type price_type =
    TYPE(Price, "What a model costs, in US dollars for a million tokens.",
         ENUM(Price, provider, provider_names, REQUIRED), FIELD(Price, model, REQUIRED),
         FIELD(Price, valid_from), FIELD(Price, valid_until), FIELD(Price, input, REQUIRED),
         FIELD(Price, output, REQUIRED), FIELD(Price, cache_read), FIELD(Price, cache_write),
         FIELD(Price, long_above), FIELD(Price, long_input), FIELD(Price, long_output),
         FIELD(Price, long_cache_read), FIELD(Price, long_cache_write),
         FIELD(Price, context_tokens), FIELD(Price, source));

static const Type price_file_type =
    TYPE(PriceFile, "A dated table of prices.", FIELD(PriceFile, date, REQUIRED),
         LIST(PriceFile, models, price_type, REQUIRED, .most = PRICE_ROWS_MAX));

static bool negative(OptReal value)
{
    return value.set && value.value < 0;
}

static Error *read_file(Scope *s, Bytes bytes, PriceFile *out)
{
    TRY(json_read(s, bytes, &price_file_type, out));
    EACH (const Price, p, &out->models)
        if (p->input < 0 || p->output < 0 || negative(p->cache_read) || negative(p->cache_write) ||
            negative(p->long_input) || negative(p->long_output) || negative(p->long_cache_read) ||
            negative(p->long_cache_write))
            return fail(s, INVALID, "a price of %s is negative", p->model);
    return OK;
}

Error *prices_open(Scope *s, const char *file, const Prices **out)
{
    Prices *prices = NEW(s, Prices);

    TRY_WHILE(read_file(s, data_prices_json, &prices->built_in), "reading the built-in prices");
    if (!text_empty(file)) {
        Bytes bytes;
        TRY_WHILE(file_read(s, file, PRICE_FILE_MAX, &bytes), "reading prices");
        TRY_WHILE(read_file(s, bytes, &prices->own), "reading the prices of %s", file);
    }
    *out = prices;
    return OK;
}

const char *prices_date(const Prices *prices)
{
    return prices->built_in.date;
}

static bool all_digits(Bytes t)
{
    for (size_t i = 0; i < t.size; i++)
        if (!isdigit((unsigned char)t.data[i]))
            return false;
    return true;
}

/* "-20251001", "@20251001" or "-2026-04-23" ends the name. */
static size_t dated_by(const char *name, size_t size)
{
    const char *end = name + size;

    if (size > 9 && (end[-9] == '-' || end[-9] == '@') && all_digits((Bytes){end - 8, 8}))
        return 9;
    if (size > 11 && end[-11] == '-' && end[-6] == '-' && end[-3] == '-' &&
        all_digits((Bytes){end - 10, 4}) && all_digits((Bytes){end - 5, 2}) &&
        all_digits((Bytes){end - 2, 2}))
        return 11;
    return 0;
}

/* How much of the name is its family's. */
static Bytes family(const char *name)
{
    size_t size = strlen(name);

    size -= text_ends(name, "-latest") ? strlen("-latest") : dated_by(name, size);
    return (Bytes){name, size};
}

static const Price *find_in(const PriceList *list, Provider provider, Bytes name, Time at)
{
    EACH (const Price, p, list)
        if (p->provider == provider && bytes_equal(bytes_of(p->model), name) &&
            at.us >= p->valid_from.us && (!time_set(p->valid_until) || at.us < p->valid_until.us))
            return p;
    return NULL;
}

const Price *price_find(const Prices *prices, Provider provider, const char *model, Time at)
{
    const char *name = text_starts(model, "models/") ? model + strlen("models/") : model;
    const Bytes names[] = {bytes_of(name), family(name)};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const Price *p = find_in(&prices->own.models, provider, names[i], at);
        if (!p)
            p = find_in(&prices->built_in.models, provider, names[i], at);
        if (p)
            return p;
    }
    return NULL;
}

typedef struct Rates {
    OptReal input, output, cache_read, cache_write;
} Rates;

static Rates rates_for(const Price *price, int64_t prompt)
{
    Rates rates = {
        {true, price->input}, {true, price->output}, price->cache_read, price->cache_write};

    if (price->long_above.set && prompt > price->long_above.value)
        rates = (Rates){price->long_input, price->long_output, price->long_cache_read,
                        price->long_cache_write};
    if (!rates.cache_read.set)
        rates.cache_read = rates.input;
    if (!rates.cache_write.set)
        rates.cache_write = rates.input;
    return rates;
}

OptReal price_of(const Price *price, const Usage *usage)
{
    if (!price)
        return (OptReal){0};
    Rates rates = rates_for(price, usage->input_tokens + usage->cache_read_tokens +
                                       usage->cache_write_tokens);
    if (!rates.input.set || !rates.output.set)
        return (OptReal){0};
    double sum = (double)usage->input_tokens * rates.input.value +
                 (double)usage->output_tokens * rates.output.value +
                 (double)usage->cache_read_tokens * rates.cache_read.value +
                 (double)usage->cache_write_tokens * rates.cache_write.value;
    return (OptReal){true, sum / 1e6};
}
