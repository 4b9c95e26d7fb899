/* The event of one turn. */

#include "agent/talk.h"

static void record_calls(JsonWriter *w, const LlmReply *reply)
{
    json_key(w, "tool_calls");
    json_open(w, '[');
    EACH (const LlmToolCall, call, &reply->tool_calls) {
        const char *arguments = call->bad_arguments ? call->bad_arguments : call->arguments.text;
        json_open(w, '{');
        json_key(w, "name");
        json_put_text(w, call->name);
        json_key(w, "argument_bytes");
        json_put_int(w, (int64_t)(arguments ? strlen(arguments) : 0));
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void record_faults(JsonWriter *w, const EditFaultList *faults)
{
    json_key(w, "faults");
    json_open(w, '[');
    EACH (const EditFault, fault, faults) {
        json_open(w, '{');
        json_key(w, "kind");
        json_put_text(w, name_of(fault_kind_names, fault->kind));
        json_key(w, "path");
        json_put_text(w, fault->path);
        json_key(w, "message");
        json_put_text(w, fault->message);
        json_close(w, '}');
    }
    json_close(w, ']');
}

fallible talk_given(Talk *t)
{
    return tell_context(&t->teller, given_json(t->s, &t->given));
}

fallible talk_record(Talk *t, const LlmReply *reply, size_t messages)
{
    Buffer b = buffer_in(t->s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "turn");
    json_put_int(&w, t->turn);
    json_key(&w, "form");
    json_put_text(&w, name_of(ask_form_names, (int)t->form));
    json_key(&w, "messages");
    json_put_int(&w, (int64_t)messages);
    json_key(&w, "estimated_tokens");
    json_put_int(&w, t->asked_tokens);
    json_key(&w, "finish");
    json_put_text(&w, reply->finish == LLM_FINISH_LENGTH ? "length"
                      : reply->tool_calls.count          ? "tool_calls"
                                                         : "stop");
    json_key(&w, "text_bytes");
    json_put_int(&w, (int64_t)(reply->text ? strlen(reply->text) : 0));
    record_calls(&w, reply);
    json_key(&w, "edit_form");
    json_put_text(&w, name_of(edit_form_names, (int)t->record.form));
    json_key(&w, "edits");
    json_put_int(&w, (int64_t)t->record.edits);
    record_faults(&w, &t->record.faults);
    json_key(&w, "repairs");
    json_put_int(&w, t->repairs);
    json_close(&w, '}');
    return tell_turn(&t->teller, buffer_string(&b));
}
