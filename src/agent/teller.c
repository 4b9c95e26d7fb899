/* Events of a run. */

#include "agent/teller.h"

#include "base/json.h"

Teller teller_in(Scope *s, const AgentTask *task)
{
    int64_t most = task->settings.log_bytes > 0 ? task->settings.log_bytes : TELL_LOG_MAX;

    return (Teller){.s = s, .price = task->price, .words = buffer_in(s), .most = most};
}

static fallible tell(Teller *teller, const AgentEvent *event)
{
    return teller->events ? teller->events->emit(teller->s, teller->events->self, event) : OK;
}

fallible tell_phase(Teller *teller, const char *phase)
{
    return tell(teller, &(AgentEvent){.kind = AGENT_PHASE, .text = phase});
}

fallible tell_turn(Teller *teller, const char *json)
{
    return tell(teller, &(AgentEvent){.kind = AGENT_TURN, .detail = {json}});
}

fallible tell_context(Teller *teller, const char *json)
{
    return tell(teller, &(AgentEvent){.kind = AGENT_CONTEXT, .detail = {json}});
}

fallible tell_warning(Teller *teller, const Note *note)
{
    EACH (const Note, told, &teller->warnings)
        if (text_equal(told->text, note->text))
            return OK;
    if (teller->warnings.count >= TELL_WARNINGS_MAX)
        return OK;
    *list_add(teller->s, &teller->warnings) = *note;
    return tell(teller, &(AgentEvent){.kind = AGENT_WARNING, .text = note->text, .note = *note});
}

Json tell_param(Teller *teller, const char *name, const char *value)
{
    return json_of_params(teller->s, &(ErrorParam){name, value, NULL});
}

/* The end of the last whole character within size bytes. */
static size_t whole_characters(const Buffer *b, size_t size)
{
    while (size < b->size && size > 0 && ((unsigned char)b->data[size] & 0xC0) == 0x80)
        size--;
    return size;
}

static fallible tell_words(Teller *teller, size_t size)
{
    SCOPE(tmp, teller->s);
    const char *words = text_clean(tmp, (Bytes){teller->words.data, size}, NULL);

    if (size && teller->told <= teller->most) {
        teller->told += (int64_t)size;
        TRY(tell(teller, &(AgentEvent){.kind = AGENT_LOG, .text = words}));
        if (teller->told > teller->most)
            TRY(tell(teller, &(AgentEvent){.kind = AGENT_LOG,
                                           .text = "\n[the rest of the log is left out: it is "
                                                   "longer than DURSOR_RUN_LOG_MB]\n"}));
    }
    buffer_drop(&teller->words, size);
    return OK;
}

fallible tell_rest(Teller *teller)
{
    while (teller->words.size > AGENT_LOG_CHUNK)
        TRY(tell_words(teller, whole_characters(&teller->words, AGENT_LOG_CHUNK)));
    return tell_words(teller, teller->words.size);
}

fallible tell_log(Teller *teller, const char *line)
{
    if (teller->words.size && teller->words.data[teller->words.size - 1] != '\n')
        buffer_char(&teller->words, '\n');
    buffer_text(&teller->words, line);
    buffer_char(&teller->words, '\n');
    return tell_rest(teller);
}

/* Whole lines are told as they end, long ones in chunks. */
static Error *sink_delta(Scope *s, void *self, const char *delta)
{
    Teller *teller = self;
    (void)s;

    buffer_text(&teller->words, delta);
    while (teller->words.size >= AGENT_LOG_CHUNK)
        TRY(tell_words(teller, whole_characters(&teller->words, AGENT_LOG_CHUNK)));
    const char *lf =
        teller->words.size ? memrchr(teller->words.data, '\n', teller->words.size) : NULL;
    return lf ? tell_words(teller, (size_t)(lf - teller->words.data) + 1) : OK;
}

static Error *sink_notice(Scope *s, void *self, const LlmNotice *notice)
{
    Teller *teller = self;

    return tell_log(teller, text(s, "[%s]", notice->message));
}

static Error *sink_spent(Scope *s, void *self, const Usage *usage, bool estimated)
{
    Teller *teller = self;
    Usage one = *usage;
    (void)s;
    (void)estimated;

    one.cost_usd = price_of(teller->price, &one);
    usage_add(&teller->usage, &one);
    return tell(teller, &(AgentEvent){.kind = AGENT_USAGE, .usage = one});
}

LlmSink teller_sink(Teller *teller)
{
    return (LlmSink){teller, sink_delta, sink_notice, sink_spent};
}
