/* Replies: tool calls where the model has tools, text otherwise. Either may hold edits. */

#include <string.h>
#include <strings.h>

#include "agent/talk.h"

int64_t talk_turns(const Talk *t)
{
    return t->task->settings.turns > 0 ? t->task->settings.turns : AGENT_TURNS_MAX;
}

void talk_say(Talk *t, const char *told)
{
    if (t->turn + 1 >= talk_turns(t))
        told =
            text(t->s, "%s\nYour next answer is the last one that counts: send all edits in it.\n",
                 told);
    *list_add(t->s, &t->rq.messages) = (LlmMessage){.role = LLM_USER, .text = told};
}

static fallible call_edit(Talk *t, json_t *arguments, const char **told)
{
    EditAnswer answer;

    edits_read_json(t->s, arguments, &answer);
    return talk_edits(t, &answer, json_at_bool(arguments, "more", false), told);
}

static fallible call_read(Talk *t, json_t *arguments, const char **told)
{
    json_t *list = json_object_get(arguments, "paths");
    TextList paths = {0};
    size_t index;
    json_t *path;

    if (!list)
        list = json_object_get(arguments, "path");
    if (json_is_string(list))
        texts_add(t->s, &paths, json_string_value(list));
    json_array_foreach(list, index, path) if (json_is_string(path))
        texts_add(t->s, &paths, json_string_value(path));
    return talk_read(t, &paths, told);
}

static fallible call_search(Talk *t, json_t *arguments, const char **told)
{
    const char *query = json_at_text(arguments, "query");

    return talk_search(t, query ? query : "", told);
}

typedef struct ToolRow {
    const char *name;
    fallible (*call)(Talk *t, json_t *arguments, const char **told);
} ToolRow;

static const ToolRow tools[] = {
    {"edit_files", call_edit}, {"read_files", call_read}, {"search", call_search}};

static fallible bad_arguments(Talk *t, const LlmToolCall *call, const char **told)
{
    EditAnswer answer = {.form = FORM_JSON};

    *list_add(t->s, &answer.faults) = (EditFault){
        FAULT_FORM, 0, NULL,
        "the arguments are no JSON object. Send the call again, with line breaks in texts "
        "written as \\n and quotes as \\\"."};
    TRY(tell_log(&t->teller, text(t->s, "[%s was called with what is no JSON:] %s", call->name,
                                  text_head(t->s, call->bad_arguments, 2000))));
    return talk_edits(t, &answer, true, told);
}

static fallible call_one(Talk *t, const LlmToolCall *call, const char **told)
{
    json_t *arguments = NULL;

    if (call->bad_arguments)
        return bad_arguments(t, call, told);
    TRY(json_parse(t->s, bytes_of(call->arguments.text), &arguments));
    for (size_t i = 0; i < COUNT_OF(tools); i++)
        if (text_equal(call->name, tools[i].name))
            return tools[i].call(t, arguments, told);
    *told = "There is no such tool. There are read_files, search and edit_files.";
    return OK;
}

fallible talk_tools(Talk *t, const LlmReply *reply)
{
    bool asks = false;

    *list_add(t->s, &t->rq.messages) = llm_reply_message(reply);
    EACH (const LlmToolCall, call, &reply->tool_calls) {
        const char *told = "";
        size_t faults = t->record.faults.count;
        TRY(call_one(t, call, &told));
        asks |= !text_equal(call->name, "edit_files");
        *list_add(t->s, &t->rq.messages) =
            (LlmMessage){.role = LLM_TOOL,
                         .text = told,
                         .tool_call_id = call->id,
                         .tool_name = call->name,
                         .tool_failed = t->record.faults.count > faults};
    }
    /* Who edits and asks to see more in one answer is not done yet. */
    t->done = t->done && !asks;
    if (!t->done && t->turn + 1 >= talk_turns(t))
        talk_say(t, "");
    return OK;
}

/* ---- Text ---- */

static Bytes bare(Bytes line)
{
    while (line.size && strchr(" \t-*`>", line.data[0]))
        line = (Bytes){line.data + 1, line.size - 1};
    while (line.size && strchr(" \t*`\r", line.data[line.size - 1]))
        line.size--;
    return line;
}

static const char *asked_for(Scope *s, Bytes line, const char *word)
{
    size_t size = strlen(word);

    line = bare(line);
    if (line.size <= size || strncasecmp(line.data, word, size) != 0)
        return NULL;
    const char *what = text_of(s, bare((Bytes){line.data + size, line.size - size}));
    return *what ? what : NULL;
}

/* READ: and SEARCH: lines, for models that have no tools. */
static fallible requests(Talk *t, const char *answer, const char **told)
{
    Bytes rest = bytes_of(answer);
    TextList paths = {0};
    Bytes line;
    Buffer b = buffer_in(t->s);

    while (bytes_line(&rest, &line)) {
        const char *path = asked_for(t->s, line, "READ:");
        const char *query = asked_for(t->s, line, "SEARCH:");
        const char *found = "";
        if (path)
            *list_add(t->s, &paths) = path;
        if (query) {
            TRY(talk_search(t, query, &found));
            buffer_format(&b, "SEARCH: %s\n%s\n", query, found);
        }
    }
    if (paths.count) {
        const char *shown = "";
        TRY(talk_read(t, &paths, &shown));
        buffer_text(&b, shown);
    }
    *told = b.size ? buffer_string(&b) : NULL;
    return OK;
}

/* A line that says only this; the summary is the rest. */
static bool says_no_changes(Scope *s, const char *answer, const char **rest_of_it)
{
    Bytes rest = bytes_of(answer);
    Bytes line;
    bool said = false;
    Buffer b = buffer_in(s);

    while (bytes_line(&rest, &line)) {
        Bytes word = bare(line);
        bool this_line =
            word.size >= 10 && word.size <= 11 && strncasecmp(word.data, "NO CHANGES", 10) == 0;
        said |= this_line;
        if (!this_line) {
            buffer_bytes(&b, line);
            buffer_char(&b, '\n');
        }
    }
    *rest_of_it = text_trim(s, b.size ? buffer_string(&b) : "");
    return said;
}

static fallible no_edits(Talk *t, const char *answer)
{
    const char *reason;
    bool said = says_no_changes(t->s, answer, &reason);

    if (said || t->nudged) {
        t->summary = *reason ? reason : t->summary;
        t->done = true;
        return OK;
    }
    t->nudged = true;
    talk_say(t, t->form == ASK_TOOLS ? "That answer holds no edits. Call edit_files with the "
                                       "edits; if nothing is to change, call it with an "
                                       "empty list and the reason as summary."
                                     : "That answer holds no edits. Send them in the form "
                                       "described above; if nothing is to change, answer "
                                       "with a line NO CHANGES and the reason.");
    return OK;
}

fallible talk_text(Talk *t, const LlmReply *reply)
{
    EditAnswer answer;
    const char *told = NULL;

    *list_add(t->s, &t->rq.messages) = llm_reply_message(reply);
    edits_read(t->s, bytes_of(reply->text), &answer);
    if (answer.form != FORM_NONE) {
        TRY(talk_edits(t, &answer, false, &told));
        if (!t->done)
            talk_say(t, told);
        return OK;
    }
    const char *spoken = text_of(t->s, answer_spoken(bytes_of(reply->text)));
    TRY(requests(t, spoken, &told));
    if (!told)
        return no_edits(t, spoken);
    talk_say(t, told);
    return OK;
}

fallible talk_cut_off(Talk *t, const LlmReply *reply)
{
    int64_t most = t->task->model->output_tokens_max > 0 ? t->task->model->output_tokens_max
                                                         : 4 * AGENT_OUTPUT_TOKENS;

    if (++t->cut_offs > TALK_CUT_OFFS_MAX)
        return fail_code(t->s, UPSTREAM, "answer_truncated",
                         "the model's answers were cut off at %lld tokens %d times: raise the "
                         "limit of output tokens, or ask "
                         "for less at once",
                         (long long)reply->usage.output_tokens, (int)t->cut_offs);
    TRY(tell_warning(
        &t->teller,
        &(Note){.code = "answer_asked_again",
                .text = "an answer was cut off at its length limit and asked for again"}));
    t->output_tokens = t->output_tokens * 2 < most ? t->output_tokens * 2 : most;
    *list_add(t->s, &t->rq.messages) =
        (LlmMessage){.role = LLM_ASSISTANT, .text = "(This answer was cut off.)"};
    talk_say(t, t->form == ASK_TOOLS
                    ? "Your answer reached its length limit and was cut off, so nothing of it was "
                      "applied. Send fewer edits in one "
                      "call, with more set to true, and replace edits rather than whole files."
                    : "Your answer reached its length limit and was cut off, so nothing of it was "
                      "applied. Answer shorter: only "
                      "what changes, as search/replace blocks.");
    return OK;
}
