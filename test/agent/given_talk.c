/* The scripted model. */

#include "test/agent/given_talk.h"

#include <stdlib.h>

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static fallible given_paths(Scope *s, void *self, TextList *out)
{
    const GivenTalk *talk = self;

    EACH (const GivenFile, file, &talk->files->files)
        if (file->kind == SOURCE_FILE && !talk->files->source.refused(s, talk->files, file->path))
            *list_add(s, out) = file->path;
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_text);
    return OK;
}

static unsigned words_in(Scope *s, const TextList *words, Bytes line)
{
    unsigned found = 0;

    for (size_t i = 0; i < words->count; i++)
        if (strstr(text_lower(s, text_of(s, line)), text_lower(s, words->items[i])))
            found |= 1u << i;
    return found;
}

static fallible given_search(Scope *s, void *self, const TextList *words, CodeFound *out)
{
    GivenTalk *talk = self;
    TextList paths = {0};

    talk->searches++;
    TRY(given_paths(s, self, &paths));
    EACH (const char *, path, &paths) {
        SourceFile file;
        Bytes line;
        TRY(talk->files->source.read(s, talk->files, *path, SIZE_MAX, &file));
        for (int64_t n = 1; bytes_line(&file.content, &line); n++) {
            unsigned found = words_in(s, words, line);
            if (found)
                *list_add(s, &out->hits) = (CodeHit){*path, n, text_of(s, line), found};
        }
    }
    return OK;
}

static const char *given_hidden(Scope *s, void *self, const char *path)
{
    const GivenTalk *talk = self;

    return talk->files->source.refused(s, talk->files, path);
}

static fallible hear(Scope *s, void *self, const AgentEvent *event)
{
    GivenTalk *talk = self;
    AgentEvent *kept = list_add(s, &talk->told);

    *kept = *event;
    kept->text = text_copy(s, event->text);
    kept->detail.text = text_copy(s, event->detail.text);
    return OK;
}

static fallible answer(Scope *s, void *self, const LlmRequest *rq, const LlmSink *sink,
                       LlmReply *out)
{
    GivenTalk *talk = self;
    const ScriptedAnswer *now = &talk->script[talk->at];
    bool over = !now->text && !now->calls[0].tool && !now->fails;
    const LlmMessage *last = &rq->messages.items[rq->messages.count - 1];
    Usage usage = {.input_tokens = 1000,
                   .output_tokens = now->output_tokens ? now->output_tokens : 100,
                   .calls = 1};

    *list_add(s, &talk->heard) = (HeardRequest){rq->system, last->text, rq->messages.count,
                                                rq->tools.count, rq->max_output_tokens};
    talk->at += !over;
    if (now->fails)
        return fail_code(s, now->fails, now->code, "the script says so");
    *out = (LlmReply){.text = over        ? "That is all."
                              : now->text ? now->text
                                          : "",
                      .finish = LLM_FINISH_STOP,
                      .usage = usage};
    for (size_t i = 0; i < COUNT_OF(now->calls) && now->calls[i].tool; i++)
        *list_add(s, &out->tool_calls) =
            (LlmToolCall){text(s, "call_%zu_%zu", talk->at, i),
                          now->calls[i].tool,
                          {now->calls[i].bad ? "{}" : now->calls[i].arguments},
                          now->calls[i].bad ? now->calls[i].arguments : NULL};
    if (now->finish)
        out->finish = now->finish;
    TRY(sink->delta(s, sink->self, out->text));
    return sink->spent(s, sink->self, &usage, false);
}

GivenTalk *given_talk(Scope *s, const ScriptedAnswer *script)
{
    GivenTalk *talk = NEW(s, GivenTalk);

    talk->files = given_files(s);
    talk->code = (CodeSource){.files = talk->files->source,
                              .self = talk,
                              .hidden = given_hidden,
                              .paths = given_paths,
                              .search = given_search};
    talk->script = script;
    talk->model = (LlmModel){.provider = PROVIDER_OPENAI, .model_name = "gpt-5.5"};
    talk->stand_in = (AgentStandIn){talk, answer};
    talk->events = (AgentEvents){talk, hear};
    talk->task = (AgentTask){.instruction = "Change the greeting.",
                             .base = "0123456789012345678901234567890123456789",
                             .stand_in = &talk->stand_in,
                             .model = &talk->model};
    return talk;
}

fallible talk_run(Scope *s, GivenTalk *talk)
{
    return patch_run(s, &(PatchOrder){&talk->task, &talk->code, &talk->events}, &talk->result);
}

const char *changed(Scope *s, const GivenTalk *talk, const char *path)
{
    EACH (const TreeChange, change, &talk->result.changes) {
        if (change->op == TREE_RENAME && text_equal(change->new_path, path))
            return change->keep_content ? text(s, "(was %s)", change->path)
                                        : text_of(s, change->content);
        if (text_equal(change->path, path))
            return change->op == TREE_DELETE ? "(gone)" : text_of(s, change->content);
    }
    return NULL;
}

const char *told(Scope *s, const GivenTalk *talk, AgentEventKind kind)
{
    TextList texts = {0};

    EACH (const AgentEvent, event, &talk->told)
        if (event->kind == kind)
            *list_add(s, &texts) = event->detail.text ? event->detail.text
                                   : event->text      ? event->text
                                                      : "-";
    return text_join(s, &texts, "\n");
}

const char *heard(const GivenTalk *talk, size_t n)
{
    return n < talk->heard.count ? talk->heard.items[n].last : NULL;
}
