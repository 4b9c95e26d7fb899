/* Parameters of a request that some models or servers refuse: they are left out, or said in another
 * way, once a refusal has named them. */
#pragma once

typedef enum LlmParameter {
    WITHOUT_TEMPERATURE = 1,
    WITHOUT_STREAM_OPTIONS = 2,
    WITHOUT_MAX_TOKENS = 4,            /* chat: max_completion_tokens instead */
    WITHOUT_MAX_COMPLETION_TOKENS = 8, /* chat: max_tokens instead */
    WITHOUT_INCLUDE = 16,              /* responses: no encrypted reasoning */
    WITHOUT_CACHE_KEY = 32,
    WITHOUT_CACHE_CONTROL = 64,
    WITHOUT_TOOL_CHOICE = 128,
    WITHOUT_REASONING_CONTENT = 256, /* chat: an earlier turn's */
    WITHOUT_JSON_SCHEMA = 512,       /* gemini: parameters instead of parametersJsonSchema */
} LlmParameter;

/* The one whose name comes first in the text (a parameter's name, or a sentence); 0: none. */
unsigned parameter_named(const char *t);
/* Its name, for people. */
const char *parameter_name(unsigned parameter);
