/* Judging an answer and taking it out of its try's scope. */

#include "llm/reply.h"

#include "llm/estimate.h"

static bool holds(const LlmAnswer *answer, LlmBlockKind kind)
{
    EACH (const LlmBlock, block, &answer->blocks)
        if (block->kind == kind &&
            (kind != BLOCK_TEXT || block->body.data[strspn(block->body.data, " \t\r\n")]))
            return true;
    return false;
}

void answer_judge(LlmAnswer *answer, const LlmRequest *rq)
{
    if (!answer->ended)
        answer_fault(answer, FAULT_CUT, NULL);
    else if (answer->finish == LLM_FINISH_FILTERED)
        answer_fault(answer, FAULT_FILTERED, answer->refusal);
    else if (answer->finish == LLM_FINISH_REFUSED || answer->refusal)
        answer_fault(answer, FAULT_REFUSED, answer->refusal);
    else if (answer->finish == LLM_FINISH_LENGTH && !rq->takes_truncated)
        answer_fault(answer, FAULT_TRUNCATED, NULL);
    else if (!holds(answer, BLOCK_TEXT) && !holds(answer, BLOCK_CALL))
        answer_fault(answer, FAULT_EMPTY, NULL);
}

Usage answer_used(LlmAnswer *answer, Bytes body, bool *estimated)
{
    int64_t received = 0;
    Usage used = answer->usage;

    EACH (const LlmBlock, block, &answer->blocks)
        received += estimate_tokens(buffer_view(&block->body));
    *estimated = !answer->usage_seen || !answer->ended;
    if (!answer->usage_seen)
        used = (Usage){.input_tokens = estimate_tokens(body), .calls = 1};
    /* A stream that was cut has told the prompt, but not yet what it had written. */
    if (*estimated && used.output_tokens < received)
        used.output_tokens = received;
    return used;
}

/* Local servers without a parser for thoughts leave them in the text. */
static const char *without_thoughts(const char *t)
{
    const char *from = t + strspn(t, " \t\r\n");
    const char *end = text_starts(from, "<think>") ? strstr(from, "</think>") : NULL;

    if (!end)
        return t;
    end += strlen("</think>");
    return end + strspn(end, " \t\r\n");
}

static const char *said(Scope *s, const LlmAnswer *answer)
{
    Buffer b = buffer_in(s);

    EACH (const LlmBlock, block, &answer->blocks)
        if (block->kind == BLOCK_TEXT)
            buffer_bytes(&b, buffer_view(&block->body));
    return without_thoughts(buffer_string(&b));
}

static void take_call(Scope *s, const LlmBlock *block, LlmToolCallList *calls)
{
    const char *arguments = object_text(s, block->body.data);

    *list_add(s, calls) = (LlmToolCall){
        .id = text_copy(s, block->id ? block->id : ""),
        .name = text_copy(s, block->name ? block->name : ""),
        .arguments = {text_copy(s, arguments ? arguments : "{}")},
        .bad_arguments = arguments ? NULL : text_copy(s, block->body.data),
    };
}

void reply_of(Scope *s, const LlmDriver *driver, const LlmAnswer *answer, LlmReply *out)
{
    LlmReply reply = {.text = said(s, answer), .finish = answer->finish};
    const char *turn = driver->turn(s, answer);

    EACH (const LlmBlock, block, &answer->blocks)
        if (block->kind == BLOCK_CALL)
            take_call(s, block, &reply.tool_calls);
    if (reply.finish != LLM_FINISH_LENGTH)
        reply.finish = reply.tool_calls.count ? LLM_FINISH_TOOL_CALLS : LLM_FINISH_STOP;
    reply.model = text_copy(s, answer->model_name);
    reply.request_id = text_copy(s, answer->id);
    if (turn)
        reply.state = (LlmState){driver->api, {turn}};
    *out = reply;
}

LlmMessage llm_reply_message(const LlmReply *reply)
{
    return (LlmMessage){.role = LLM_ASSISTANT,
                        .text = reply->text,
                        .tool_calls = reply->tool_calls,
                        .state = reply->state};
}
