/* The kinds of faults, and the errors they become. */

#include "llm/fault.h"

#include <ctype.h>
#include <stdlib.h>

typedef struct FaultRow {
    LlmFaultKind kind;
    ErrorKind error;
    const char *code;
    bool passes; /* a later try may succeed */
    bool silent; /* the provider's sentence is left out: it may repeat parts of the key */
    const char *said;
    const char *advice; /* NULL: none */
} FaultRow;

static const FaultRow rows[] = {
    {FAULT_KEY, DENIED, "key_refused", false, true, "the API key is not accepted",
     "enter a valid one"},
    {FAULT_CREDIT, DENIED, "no_credit", false, false,
     "the account has no credit left, or its spend limit is reached",
     "add credit at the provider, or raise the limit"},
    {FAULT_QUOTA, DENIED, "quota_used_up", false, false, "the quota of this key is used up",
     "wait until the provider renews it, or use another key"},
    {FAULT_PERMISSION, DENIED, "not_permitted", false, false, "this key may not do that",
     "check what the provider allows it"},
    {FAULT_MODEL, MISSING, "model_unknown", false, false,
     "the provider has no such model for this key", "check the model's name"},
    {FAULT_ADDRESS, MISSING, "address_wrong", false, false,
     "the address does not answer as a model's API", "check the base URL"},
    {FAULT_CONTEXT, INVALID, "context_too_long", false, false,
     "the prompt is longer than the model reads",
     "send less, or use a model with a longer context"},
    {FAULT_REQUEST, INVALID, "request_refused", false, false, "the request was refused", NULL},
    {FAULT_PARAMETER, INVALID, "request_refused", false, false, "the request was refused", NULL},
    {FAULT_SIZE, TOO_LARGE, "request_too_large", false, false,
     "the request has more bytes than the provider takes", "send less"},
    {FAULT_RATE, LIMITED, "rate_limited", true, false, "the rate limit of this key is reached",
     NULL},
    {FAULT_OVERLOAD, UNAVAILABLE, "provider_overloaded", true, false, "the provider is overloaded",
     NULL},
    {FAULT_SERVER, UNAVAILABLE, "provider_failed", true, false, "the provider failed", NULL},
    {FAULT_UNREACHABLE, UNAVAILABLE, "provider_unreachable", true, false,
     "the provider cannot be reached", NULL},
    {FAULT_SILENT, TIMEOUT, "provider_silent", true, false,
     "the provider stayed silent for too long", NULL},
    {FAULT_CUT, UNAVAILABLE, "answer_cut", true, false, "the answer broke off in the middle", NULL},
    {FAULT_EVENT, UNAVAILABLE, "answer_failed", true, false,
     "the provider failed in the middle of its answer", NULL},
    {FAULT_TRUNCATED, UPSTREAM, "answer_truncated", false, false,
     "the answer reached the limit of output tokens and is not complete",
     "ask for less at once, or raise the limit"},
    {FAULT_REFUSED, UPSTREAM, "answer_refused", false, false, "the model refused to answer", NULL},
    {FAULT_FILTERED, UPSTREAM, "answer_filtered", false, false,
     "the provider's content filter stopped the answer", NULL},
    {FAULT_EMPTY, UPSTREAM, "answer_empty", true, false, "the answer is empty", NULL},
    {FAULT_MALFORMED, UPSTREAM, "answer_malformed", true, false,
     "the answer is not in the form of the protocol", NULL},
    {FAULT_LARGE, UPSTREAM, "answer_too_large", false, false, "the answer is larger than 8 MiB",
     NULL},
};

static const FaultRow *row_of(const LlmFault *fault)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].kind == fault->kind)
            return &rows[i];
    return &rows[0];
}

LlmFaultKind fault_word(const FaultWord *words, const char *t)
{
    for (const FaultWord *w = words; t && w->word; w++)
        if (strcasestr(t, w->word))
            return w->kind;
    return FAULT_NONE;
}

typedef struct StatusRow {
    int from, to;
    LlmFaultKind kind;
} StatusRow;

static const StatusRow statuses[] = {
    {401, 401, FAULT_KEY},      {402, 402, FAULT_CREDIT},   {403, 403, FAULT_PERMISSION},
    {404, 405, FAULT_ADDRESS},  {408, 408, FAULT_SILENT},   {409, 409, FAULT_SERVER},
    {410, 410, FAULT_MODEL},    {413, 413, FAULT_SIZE},     {429, 429, FAULT_RATE},
    {400, 499, FAULT_REQUEST},  {503, 503, FAULT_OVERLOAD}, {504, 504, FAULT_SILENT},
    {529, 529, FAULT_OVERLOAD}, {501, 501, FAULT_ADDRESS},  {500, 599, FAULT_SERVER},
};

LlmFaultKind fault_of_status(int status)
{
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (status >= statuses[i].from && status <= statuses[i].to)
            return statuses[i].kind;
    return FAULT_ADDRESS; /* a redirect, or no answer of an API */
}

void fault_parameter(LlmFault *fault, const char *parameter)
{
    fault->parameter = parameter_named(parameter);
    fault->kind = fault->parameter ? FAULT_PARAMETER : FAULT_REQUEST;
}

int64_t fault_delay(const char *t, const char *behind)
{
    const char *at = t ? strcasestr(t, behind) : NULL;
    char *end;

    if (!at)
        return 0;
    at += strlen(behind);
    while (*at && !isdigit((unsigned char)*at))
        at++;
    double number = strtod(at, &end);
    if (end == at || number <= 0 || number > 7 * 24 * 3600)
        return 0;
    if (text_starts(end, "ms"))
        return (int64_t)(number * US_PER_MS);
    return *end == 's' ? (int64_t)(number * US_PER_S) : 0;
}

bool fault_passes(const LlmFault *fault)
{
    return row_of(fault)->passes;
}

const char *fault_code(const LlmFault *fault)
{
    return row_of(fault)->code;
}

const char *fault_said(const LlmFault *fault)
{
    return row_of(fault)->said;
}

/* One line of printable characters, without the key. */
static const char *shown(Scope *s, const char *detail, const char *key)
{
    Buffer b = buffer_in(s);
    size_t key_size = text_empty(key) ? 0 : strlen(key);

    for (const char *at = detail; *at;) {
        if (key_size && strncmp(at, key, key_size) == 0) {
            buffer_text(&b, "***");
            at += key_size;
            continue;
        }
        buffer_char(&b, iscntrl((unsigned char)*at) ? ' ' : *at);
        at++;
    }
    return text_head(s, text_trim(s, buffer_string(&b)), FAULT_DETAIL_MAX);
}

Error *fault_error(Scope *s, const LlmModel *model, const LlmFault *fault, int64_t tries)
{
    const FaultRow *row = row_of(fault);
    const char *provider = name_of(provider_names, model->provider);
    Buffer b = buffer_in(s);

    buffer_format(&b, "%s %s: %s", provider, model->model_name, row->said);
    if (!row->silent && !text_empty(fault->detail))
        buffer_format(&b, " (%s)", shown(s, fault->detail, model->api_key));
    if (row->advice)
        buffer_format(&b, "; %s", row->advice);
    if (tries > 1)
        buffer_format(&b, "; tried %lld times", (long long)tries);
    Error *e = error_coded(error_new(s, row->error, "%s", buffer_string(&b)), row->code);
    e = error_param(e, "provider", provider);
    e = error_param(e, "model", model->model_name);
    if (!row->silent && !text_empty(fault->detail))
        e = error_param(e, "said", shown(s, fault->detail, model->api_key));
    return fault->retry_after_us ? error_retry_after(e, fault->retry_after_us) : e;
}
