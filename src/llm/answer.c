/* Blocks of an answer. */

#include "llm/answer.h"

LlmBlock *answer_find(LlmAnswer *answer, int64_t index)
{
    for (size_t i = answer->blocks.count; i > 0; i--)
        if (answer->blocks.items[i - 1].index == index)
            return &answer->blocks.items[i - 1];
    return NULL;
}

void answer_fault(LlmAnswer *answer, LlmFaultKind kind, const char *detail)
{
    if (answer->fault.kind)
        return;
    answer->fault.kind = kind;
    answer->fault.detail = text_copy(answer->s, detail);
}

LlmBlock *answer_add(LlmAnswer *answer, LlmBlockKind kind, int64_t index)
{
    if (answer->blocks.count >= LLM_BLOCKS_MAX) {
        answer_fault(answer, FAULT_LARGE, "too many parts");
        return NULL;
    }
    LlmBlock *block = list_add(answer->s, &answer->blocks);
    *block = (LlmBlock){.kind = kind, .index = index, .body = buffer_in(answer->s)};
    return block;
}

static bool room_for(LlmAnswer *answer, size_t size)
{
    answer->size += size;
    if (answer->size > LLM_ANSWER_MAX)
        answer_fault(answer, FAULT_LARGE, NULL);
    return answer->size <= LLM_ANSWER_MAX;
}

bool answer_grow(LlmAnswer *answer, LlmBlock *block, const char *t)
{
    Bytes bytes = bytes_of(t);

    if (!room_for(answer, bytes.size))
        return false;
    buffer_bytes(&block->body, bytes);
    return true;
}

Error *answer_text(Scope *s, LlmAnswer *answer, int64_t index, const char *t)
{
    LlmBlock *last = answer->blocks.count ? &answer->blocks.items[answer->blocks.count - 1] : NULL;

    if (text_empty(t))
        return OK;
    if (!last || last->kind != BLOCK_TEXT || last->index != index || last->raw)
        last = answer_add(answer, BLOCK_TEXT, index);
    if (!last || !answer_grow(answer, last, t))
        return OK; /* the fault is in the answer */
    if (answer->sink && answer->sink->delta)
        return answer->sink->delta(s, answer->sink->self, t);
    return OK;
}

void answer_failed(LlmAnswer *answer, const LlmFault *found)
{
    bool stays = found->kind && !fault_passes(found);

    answer_fault(answer, stays ? found->kind : FAULT_EVENT, found->detail);
    answer->fault.parameter = found->parameter;
    answer->fault.retry_after_us = found->retry_after_us;
}

static int64_t within(int64_t count, int64_t most)
{
    return count < 0 ? 0 : count > most ? most : count;
}

void answer_usage(LlmAnswer *answer, const Usage *counted)
{
    const int64_t most = 1LL << 40;
    int64_t prompt = within(counted->input_tokens, most);
    int64_t output = within(counted->output_tokens, most);
    int64_t read = within(counted->cache_read_tokens, prompt);
    int64_t written = within(counted->cache_write_tokens, prompt - read);

    answer->usage_seen = true;
    answer->usage = (Usage){.input_tokens = prompt - read - written,
                            .output_tokens = output,
                            .cache_read_tokens = read,
                            .cache_write_tokens = written,
                            .reasoning_tokens = within(counted->reasoning_tokens, output),
                            .calls = 1};
}

const char *answer_keep(LlmAnswer *answer, const char *t)
{
    if (!t || !room_for(answer, strlen(t)))
        return NULL;
    return text_copy(answer->s, t);
}
