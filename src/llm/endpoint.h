/* Where a model is called: base URLs in the forms people write them, and what follows from the host.
 *
 *   openai     https://api.openai.com/v1; a base without a path gets /v1 (Ollama: http://localhost:11434),
 *              on an Azure host /openai/v1; a query stays (?api-version=… of classic deployments)
 *   anthropic  https://api.anthropic.com; /v1 is put behind unless it is there
 *   google     https://generativelanguage.googleapis.com; /v1beta is put behind unless a version is there
 */
#pragma once

#include "llm/llm.h"

/* The model's base URL, or its provider's own. */
const char *endpoint_base(Scope *s, const LlmModel *model);
/* True for the provider's own host. */
bool endpoint_own(Scope *s, const LlmModel *model);
/* True for hosts of Azure OpenAI, which take the key in a header of their own. */
bool endpoint_azure(Scope *s, const LlmModel *model);
LlmApi endpoint_api(Scope *s, const LlmModel *model);
/* base + version + path ("/chat/completions"), with the base's query, else more ("alt=sse"; may be NULL)
 * behind. The base must be valid (llm_model_check). */
const char *endpoint_url(Scope *s, const LlmModel *model, const char *path, const char *more);

/* True for OpenAI's models that reason before they answer: no temperature, and silence meanwhile. */
bool model_reasons(const char *model_name);
