/* Cutting what is kept of a model's context. */

#include "agent/given.h"

#include "base/json.h"

typedef struct GivenLimits {
    size_t system, prompt, files;
} GivenLimits;

static const char *start_of(Scope *s, const char *t, size_t most, bool *cut)
{
    size_t size = t ? strlen(t) : 0;

    if (size <= most)
        return t;
    *cut = true;
    while (most && ((unsigned char)t[most] & 0xc0) == 0x80)
        most--;
    return text_of(s, (Bytes){t, most});
}

static const char *json_within(Scope *s, const RunContext *context, const GivenLimits *limits)
{
    RunContext kept = *context;

    kept.is_cut = context->is_cut || context->files.count > limits->files;
    kept.system = start_of(s, context->system, limits->system, &kept.is_cut);
    kept.prompt = start_of(s, context->prompt, limits->prompt, &kept.is_cut);
    if (kept.files.count > limits->files)
        kept.files.count = limits->files;
    return json_text(s, &run_context_type, &kept);
}

/* A character may take six in JSON, and a path a few KiB: what does not fit is halved until it does. */
const char *given_json(Scope *s, const RunContext *context)
{
    GivenLimits limits = {GIVEN_SYSTEM_MAX, GIVEN_PROMPT_MAX, GIVEN_FILES_MAX};
    const char *json = json_within(s, context, &limits);

    while (strlen(json) > GIVEN_JSON_MAX) {
        limits = (GivenLimits){limits.system / 2, limits.prompt / 2, limits.files / 2};
        json = json_within(s, context, &limits);
    }
    return json;
}
