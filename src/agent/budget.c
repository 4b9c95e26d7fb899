/* The estimate is on the safe side: nothing cached, the answer as long as it may be. */

#include "agent/budget.h"

#include "llm/estimate.h"

enum { MARGIN_PERCENT = 120 }; /* of the estimate, which knows no tokenizer */

int64_t budget_input_tokens(const LlmRequest *rq)
{
    int64_t tokens = estimate_tokens(bytes_of(rq->system));

    EACH (const LlmTool, tool, &rq->tools)
        tokens +=
            estimate_tokens(bytes_of(tool->schema.text)) + estimate_tokens(bytes_of(tool->about));
    EACH (const LlmMessage, message, &rq->messages) {
        tokens += estimate_tokens(bytes_of(message->text)) + 8;
        EACH (const LlmToolCall, call, &message->tool_calls)
            tokens += estimate_tokens(bytes_of(call->arguments.text)) + 8;
    }
    return tokens * MARGIN_PERCENT / 100;
}

/* Dearer of input and cache write: a cached prompt is written before it is read. */
static double cost_of(const Price *price, int64_t input, int64_t output)
{
    OptReal plain =
        price_of(price, &(Usage){.input_tokens = input, .output_tokens = output, .calls = 1});
    OptReal written =
        price_of(price, &(Usage){.cache_write_tokens = input, .output_tokens = output, .calls = 1});

    return written.set && written.value > plain.value ? written.value : plain.value;
}

fallible budget_fit(Scope *s, const AgentTask *task, const Usage *spent, LlmRequest *rq)
{
    double rest = task->settings.max_cost.value - (spent->cost_usd.set ? spent->cost_usd.value : 0);
    int64_t input = budget_input_tokens(rq);
    int64_t low = 0;
    int64_t high = rq->max_output_tokens;

    if (!task->settings.max_cost.set || !task->price)
        return OK;
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (cost_of(task->price, input, middle) <= rest)
            low = middle;
        else
            high = middle - 1;
    }
    if (low < BUDGET_OUTPUT_LEAST && low < rq->max_output_tokens)
        return error_param(fail_code(s, LIMITED, "budget_spent",
                                     "the next call could cost more than the %.4f USD that are "
                                     "left of %.2f USD: raise the "
                                     "budget, or choose a cheaper model",
                                     rest > 0 ? rest : 0, task->settings.max_cost.value),
                           "max_cost", text(s, "%.2f", task->settings.max_cost.value));
    rq->max_output_tokens = low;
    return OK;
}
