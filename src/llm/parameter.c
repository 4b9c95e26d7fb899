/* Names of parameters that can be left out. */

#include "llm/parameter.h"

#include "base/text.h"

typedef struct ParameterRow {
    const char *name;
    unsigned parameter;
} ParameterRow;

static const ParameterRow rows[] = {
    {"temperature", WITHOUT_TEMPERATURE},
    {"stream_options", WITHOUT_STREAM_OPTIONS},
    {"max_tokens", WITHOUT_MAX_TOKENS},
    {"max_completion_tokens", WITHOUT_MAX_COMPLETION_TOKENS},
    {"encrypted content",
     WITHOUT_INCLUDE}, /* "… is not supported with this model", param "include" */
    {"reasoning.encrypted_content", WITHOUT_INCLUDE},
    {"prompt_cache_key", WITHOUT_CACHE_KEY},
    {"cache_control", WITHOUT_CACHE_CONTROL},
    {"tool_choice", WITHOUT_TOOL_CHOICE},
    {"toolconfig", WITHOUT_TOOL_CHOICE},
    {"reasoning_content", WITHOUT_REASONING_CONTENT},
    {"parametersjsonschema", WITHOUT_JSON_SCHEMA},
    {"parameters_json_schema", WITHOUT_JSON_SCHEMA},
};

unsigned parameter_named(const char *t)
{
    const char *first = NULL;
    unsigned found = 0;

    if (t && text_starts(t, "include")) /* too common a word to look for in sentences */
        return WITHOUT_INCLUDE;
    for (size_t i = 0; t && i < COUNT_OF(rows); i++) {
        const char *at = strcasestr(t, rows[i].name);
        if (at && (!first || at < first)) {
            first = at;
            found = rows[i].parameter;
        }
    }
    return found;
}

const char *parameter_name(unsigned parameter)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].parameter == parameter)
            return rows[i].name;
    return "a parameter";
}
