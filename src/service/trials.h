/* Whether models and GitHub answer. A failure is an answer: only the end of s, or a fault of dursor's
 * own, fails these. */
#pragma once

#include "model/trial_views.h"
#include "service/app.h"

#define TRIAL_US (20 * US_PER_S) /* for the whole answer */

enum { TRIAL_TOKENS = 64 }; /* that a model may write; thinking counts */

/* Asks once for a word. The key is not part of what comes back. */
fallible model_trial(Scope *s, App *app, const LlmModel *model, ModelTested *out);
fallible github_trial(Scope *s, App *app, const Caller *caller, GithubTested *out);
/* English words for what to do about the code; NULL: none are known. */
const char *trial_next_step(const char *code);
