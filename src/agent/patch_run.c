/* Turn by turn to a result. */

#include "agent/patch_run.h"

#include "agent/budget.h"
#include "agent/changes.h"
#include "agent/talk.h"

enum {
    CONTEXT_LEAST = 2000, /* tokens of files below which a smaller prompt is no use */
    OUTPUT_LEAST =
        1000, /* tokens of an answer that are asked for even when the window looks full */
    ROOM_TOKENS_LEAST = 20000, /* what a model may ask to see at least */
    ROOM_TIMES = 2,            /* what a model may ask to see, in times of what it is shown */
};

typedef struct PatchRun {
    Talk talk;
    Ranking ranking;
    int64_t context_tokens;
} PatchRun;

static int64_t wanted_output(const AgentTask *task)
{
    int64_t wanted =
        task->settings.output_tokens > 0 ? task->settings.output_tokens : AGENT_OUTPUT_TOKENS;
    int64_t most = task->model->output_tokens_max;

    return most > 0 && most < wanted ? most : wanted;
}

/* No more than a third of what the model can read goes to files shown unasked. */
static int64_t wanted_context(const AgentTask *task)
{
    int64_t wanted =
        task->settings.context_tokens > 0 ? task->settings.context_tokens : AGENT_CONTEXT_TOKENS;
    int64_t third = task->price && task->price->context_tokens.set
                        ? task->price->context_tokens.value / 3
                        : wanted;

    return third < wanted ? third : wanted;
}

/* What the model can still take in, questions and answers together; INT64_MAX when it is not known. */
static int64_t window_left(const Talk *t)
{
    const Price *price = t->task->price;

    if (!price || !price->context_tokens.set)
        return INT64_MAX;
    int64_t left = price->context_tokens.value - budget_input_tokens(&t->rq);
    return left > 0 ? left : 0;
}

/* What it may ask to see: more than it is shown, and never so much that no answer fits. */
static int64_t room_for_reading(const PatchRun *run)
{
    int64_t wanted = run->context_tokens * ROOM_TIMES;
    int64_t left = window_left(&run->talk);
    int64_t answers = 2 * run->talk.output_tokens;

    if (wanted < ROOM_TOKENS_LEAST)
        wanted = ROOM_TOKENS_LEAST;
    if (left - answers < wanted)
        wanted = left - answers;
    return wanted > 0 ? wanted : 0;
}

static fallible tell_given(Talk *t, const Prompt *first)
{
    t->shown = (TextList){0};
    EACH (const ContextFile, file, &first->shown)
        texts_add(t->s, &t->shown, file->path);
    t->given = (RunContext){
        .system = t->rq.system,
        .prompt = first->outline,
        .files = first->shown,
        .tokens = {true, budget_input_tokens(&t->rq)},
    };
    return talk_given(t);
}

/* The first message, anew: also after the model could not read as much, or takes no tools. */
static fallible talk_begin(PatchRun *run)
{
    Talk *t = &run->talk;
    Prompt first;
    PromptParts parts = {t->task, t->code, &run->ranking, run->context_tokens};

    t->rq = (LlmRequest){
        .model = t->task->model,
        .system = prompt_system(t->s, t->form, t->task->forbidden),
        .tools = prompt_tools(t->s, t->form),
        .continues = true,
        .cache_key = t->task->base,
        .takes_truncated = true,
    };
    TRY(prompt_first(t->s, &parts, &first));
    *list_add(t->s, &t->rq.messages) = (LlmMessage){.role = LLM_USER, .text = first.text};
    TRY(tell_given(t, &first));
    t->room = room_for_reading(run);
    return tell_log(&t->teller, text(t->s, "[shows the model %zu of %zu files]", t->shown.count,
                                     run->ranking.files_total));
}

static fallible complete(Talk *t, LlmReply *reply)
{
    const AgentStandIn *stand_in = t->task->stand_in;
    LlmSink sink = teller_sink(&t->teller);

    if (stand_in)
        return stand_in->complete(t->s, stand_in->self, &t->rq, &sink, reply);
    return llm_complete(t->s, t->task->llm, &t->rq, &sink, reply);
}

/* What a first call can fail with that another form of it mends. */
static fallible adapt(PatchRun *run, Error *e, bool *again)
{
    Talk *t = &run->talk;

    *again = false;
    if (!e || t->turn > 1 || !failed_as(e, INVALID))
        return e;
    if (text_equal(e->code, "context_too_long") && run->context_tokens / 2 >= CONTEXT_LEAST) {
        run->context_tokens /= 2;
        TRY(tell_log(&t->teller,
                     "[the prompt is too long for this model: asks again with fewer files]"));
    } else if (text_equal(e->code, "request_refused") && t->form == ASK_TOOLS) {
        t->form = ASK_BLOCKS;
        TRY(tell_log(&t->teller,
                     text(t->s, "[the server refused the request (%s): asks again without tools]",
                          e->message)));
    } else {
        return e;
    }
    error_drop(e, "asked again in another form");
    *again = true;
    return talk_begin(run);
}

static fallible ask(PatchRun *run, LlmReply *reply)
{
    Talk *t = &run->talk;
    bool again = true;

    t->turn++;
    while (again) {
        int64_t window = window_left(t);
        window = window > OUTPUT_LEAST ? window : OUTPUT_LEAST;
        t->rq.max_output_tokens = t->output_tokens < window ? t->output_tokens : window;
        t->asked_tokens = budget_input_tokens(&t->rq);
        TRY(budget_fit(t->s, t->task, &t->teller.usage, &t->rq));
        TRY(tell_phase(&t->teller, "asking"));
        *reply = (LlmReply){0};
        Error *e = complete(t, reply);
        TRY(tell_rest(&t->teller));
        TRY(adapt(run, e, &again));
    }
    return OK;
}

static fallible handle(Talk *t, const LlmReply *reply)
{
    if (reply->finish == LLM_FINISH_LENGTH)
        return talk_cut_off(t, reply);
    t->cut_offs = 0;
    return reply->tool_calls.count ? talk_tools(t, reply) : talk_text(t, reply);
}

static fallible turn(PatchRun *run)
{
    Talk *t = &run->talk;
    LlmReply reply;

    TRY(ask(run, &reply));
    size_t messages = t->rq.messages.count;
    t->record = (TurnRecord){0};
    Error *e = handle(t, &reply);
    TRY(talk_record(t, &reply, messages));
    return e;
}

static fallible turns(PatchRun *run)
{
    Talk *t = &run->talk;

    while (!t->done) {
        TRY(scope_check(t->s));
        if (t->turn >= talk_turns(t)) {
            if (!draft_changes(t->s, t->draft).count || t->pending.count)
                return error_param(
                    fail_code(t->s, UPSTREAM, "turns_used_up",
                              "the model came to no result in %lld turns: say more exactly what "
                              "is to be done, or raise the "
                              "number of turns",
                              (long long)t->turn),
                    "turns", text(t->s, "%lld", (long long)t->turn));
            return tell_warning(
                &t->teller,
                &(Note){.code = "turns_used_up_early",
                        .text = "the model used up its turns before it said that it was done"});
        }
        TRY(turn(run));
    }
    return OK;
}

/* What files are chosen by: a follow-up such as "and a test for it" means the message before as well. */
static const char *subject_of(Scope *s, const AgentTask *task)
{
    size_t count = task->history.count;

    if (!count)
        return task->instruction;
    return text(s, "%s\n\n%s", task->instruction, task->history.items[count - 1].instruction);
}

static fallible patch_open(Scope *s, PatchRun *run, const PatchOrder *order)
{
    const AgentTask *task = order->task;
    Talk *t = &run->talk;
    ContextQuestion question = {task->base, subject_of(s, task), task->forbidden};

    t->s = s;
    t->task = task;
    t->code = order->code;
    t->draft = draft_open(
        s, &t->code->files,
        (DraftLimits){.files = (size_t)(task->settings.files > 0 ? task->settings.files : 0)});
    t->teller = teller_in(s, task);
    t->teller.events = order->events;
    t->form = ask_form(task->model);
    t->output_tokens = wanted_output(task);
    run->context_tokens = wanted_context(task);
    TRY(tell_phase(&t->teller, "reading"));
    if (task->settings.max_cost.set && !task->price)
        TRY(tell_warning(
            &t->teller,
            &(Note){.code = "budget_not_kept",
                    .params = tell_param(&t->teller, "model", task->model->model_name),
                    .text = text(
                        s, "the price of %s is not known, so the budget in money cannot be kept",
                        task->model->model_name)}));
    TRY(context_ranking(s, task->cache, &question, t->code, &run->ranking));
    if (run->ranking.partial)
        TRY(tell_warning(&t->teller, &(Note){.code = "search_partial",
                                             .text = "file contents were not searched, only "
                                                     "paths: the repository is still being "
                                                     "fetched"}));
    return talk_begin(run);
}

fallible patch_run(Scope *s, const PatchOrder *order, AgentResult *out)
{
    PatchRun *run = NEW(s, PatchRun);

    TRY(patch_open(s, run, order));
    size_t unasked = run->talk.given.files.count;
    TRY(turns(run));
    if (run->talk.given.files.count != unasked)
        TRY(talk_given(&run->talk));
    DraftFileList files = draft_changes(s, run->talk.draft);
    AgentResult result = {
        .outcome = files.count ? AGENT_CHANGED : AGENT_UNCHANGED,
        .changes = changes_of(s, &files),
        .summary = changes_summary(s, run->talk.summary, &files),
    };
    TRY(tell_phase(&run->talk.teller, "done"));
    result.warnings = run->talk.teller.warnings;
    result.usage = run->talk.teller.usage;
    *out = result;
    return OK;
}
