/* Money, before it is spent: what a call could cost at most. */
#pragma once

#include "agent/agent.h"

enum { BUDGET_OUTPUT_LEAST = 1000 }; /* tokens; with less no useful answer comes */

/* About how many tokens the request is, with a margin. */
int64_t budget_input_tokens(const LlmRequest *rq);

/* Lowers rq->max_output_tokens to what the rest of the budget pays. LIMITED with code budget_spent when
 * that is not enough for an answer. Does nothing without a budget, or with an unknown price. */
fallible budget_fit(Scope *s, const AgentTask *task, const Usage *spent, LlmRequest *rq);
