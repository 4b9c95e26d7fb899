/* The demo server: from a request to its script's answer. */

#include "cli/demo_llm.h"

#include <stdatomic.h>

#include "base/id.h"
#include "cli/demo_llm_log.h"
#include "cli/demo_llm_play.h"
#include "net/http_writer.h"

enum {
    CLIENTS_PRESET = 64,
    MODELS_MAX = 64,
    BODY_MAX = 32 << 20, /* as Anthropic allows */
    BYTES_PER_TOKEN = 4,
};

struct DemoLlm {
    DemoLlmOptions options;
    DemoScript script;
    HttpServer *server;
    DemoLog log;
    _Atomic int64_t counts[MODELS_MAX]; /* requests of each model of the script */
    _Atomic int64_t requests;
};

extern const Bytes demo_llm_builtin; /* data/demo/script.json */

/* A request on its way. */
typedef struct Visit {
    DemoLlm *demo;
    const HttpRequest *rq;
    const DemoProtocol *protocol;
    DemoAsk ask;
    const char *answered; /* for the log */
} Visit;

/* ---- Where it belongs ---- */

static const DemoProtocol *protocol_of(const HttpRequest *rq)
{
    static const struct {
        const char *end;
        const DemoProtocol *protocol;
    } ends[] = {
        {"/chat/completions", &demo_chat},
        {"/responses", &demo_responses},
        {"/messages", &demo_messages},
        {":generateContent", &demo_gemini},
        {":streamGenerateContent", &demo_gemini},
    };

    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (text_ends(rq->path, ends[i].end))
            return ends[i].protocol;
    return NULL;
}

/* "/v1beta/models/MODEL:streamGenerateContent" names the model and the kind of answer. */
static void read_address(Scope *s, Visit *v)
{
    TextList parts = {0};

    if (v->protocol != &demo_gemini || !v->rq->segments.count)
        return;
    parts = text_split(s, v->rq->segments.items[v->rq->segments.count - 1], ':');
    v->ask.model = parts.items[0];
    v->ask.stream = text_ends(v->rq->path, ":streamGenerateContent");
}

/* ---- Checks ---- */

static fallible check_key(Scope *s, const Visit *v)
{
    const char *wanted = v->demo->options.key, *sent = v->protocol->key(s, v->rq);

    if (!wanted || (sent && bytes_equal_secretly(bytes_of(wanted), bytes_of(sent))))
        return OK;
    return fail(s, UNIDENTIFIED, sent ? "the key is not valid" : "no key was sent");
}

static fallible read_ask(Scope *s, Visit *v)
{
    json_t *body;

    v->ask = (DemoAsk){.s = s, .texts = buffer_in(s)};
    if (v->rq->method != HTTP_POST)
        return fail(s, UNSUPPORTED, "the method must be POST");
    TRY(check_key(s, v));
    if (v->protocol == &demo_messages && !header_get(&v->rq->headers, "anthropic-version"))
        return fail(s, INVALID, "anthropic-version: header is required");
    TRY(json_parse(s, v->rq->body, &body));
    if (!json_is_object(body))
        return fail(s, INVALID, "the body must be a JSON object");
    read_address(s, v);
    return v->protocol->read(&v->ask, body);
}

/* ---- The answer ---- */

static DemoReply reply_to(Scope *s, const Visit *v, const DemoStep *step)
{
    const DemoUsage *usage = &step->usage;
    int64_t said = (int64_t)(step->text ? strlen(step->text) : 0);

    EACH (DemoTool, tool, &step->tools)
        said += (int64_t)strlen(tool->input.text);
    return (DemoReply){
        .ask = &v->ask,
        .step = step,
        .id = random_hex(s, 12),
        .created = v->rq->at.us / US_PER_S,
        .input = usage->input.set ? usage->input.value
                                  : (int64_t)v->ask.texts.size / BYTES_PER_TOKEN + 1,
        .output = usage->output.set ? usage->output.value : said / BYTES_PER_TOKEN + 1,
        .cache_read = usage->cache_read.value,
        .cache_write = usage->cache_write.value,
    };
}

static const char *replaced(Scope *s, const char *t, const char *from, const char *to)
{
    TextList parts = {0};
    const char *at = t, *found;

    while ((found = strstr(at, from))) {
        *list_add(s, &parts) = text_of(s, (Bytes){at, (size_t)(found - at)});
        at = found + strlen(from);
    }
    *list_add(s, &parts) = at;
    return text_join(s, &parts, to);
}

/* The step with $REPO filled in. */
static DemoStep with_repo(Scope *s, const DemoStep *step, const char *repo)
{
    DemoStep filled = *step;

    filled.tools = (DemoToolList){0};
    EACH (DemoTool, tool, &step->tools)
        *list_add(s, &filled.tools) = (DemoTool){
            tool->name, {repo ? replaced(s, tool->input.text, "$REPO", repo) : tool->input.text}};
    return filled;
}

static fallible choose_step(Scope *s, const Visit *v, const DemoModel *model, DemoStep *out)
{
    bool by_answers;
    const DemoStepList *steps =
        demo_model_steps(model, buffer_view(&v->ask.texts).data, &by_answers);

    if (model->aux && !v->ask.has_tools) {
        *out = (DemoStep){.text = model->aux};
        return OK;
    }
    if (!steps)
        return fail(s, INVALID, "the script of %s has no steps for this request", model->name);
    size_t number = by_answers ? v->ask.answers : v->ask.turns;
    const DemoStep *step = &steps->items[number < steps->count ? number : steps->count - 1];
    *out = with_repo(s, step, v->demo->options.repo);
    return OK;
}

/* Counts the request, unless it is an aux one. */
static const DemoFault *fault_of(Visit *v, const DemoModel *model)
{
    size_t number = (size_t)(model - v->demo->script.models.items);

    if (model->aux && !v->ask.has_tools)
        return NULL;
    atomic_fetch_add(&v->demo->requests, 1);
    return demo_model_fault(model, atomic_fetch_add(&v->demo->counts[number], 1) + 1);
}

static void answer_fault(Scope *s, const Visit *v, const DemoFault *fault, HttpAnswer *answer)
{
    const char *message = fault->message ? fault->message : "the script says that this fails";
    int status = (int)fault->status;

    answer->status = v->protocol == &demo_gemini && status == 401 ? 400 : status;
    answer->body = bytes_of(fault->body ? fault->body : v->protocol->fault(s, status, message));
    http_answer_header(s, answer, "Content-Type", "application/json");
    if (fault->retry_after)
        http_answer_header(s, answer, "Retry-After",
                           text(s, "%lld", (long long)fault->retry_after));
}

static fallible play(Scope *s, Visit *v, const DemoModel *model, HttpAnswer *answer)
{
    const DemoFault *fault = fault_of(v, model);
    DemoStep step;

    if (fault && fault->hang_ms)
        TRY(scope_sleep(s, fault->hang_ms * US_PER_MS));
    if (fault && fault->reset && !fault->cut.set) {
        v->answered = "reset";
        return http_reset(s, v->rq);
    }
    if (fault && fault->status) {
        v->answered = text(s, "fault %lld", (long long)fault->status);
        answer_fault(s, v, fault, answer);
        return OK;
    }
    TRY(choose_step(s, v, model, &step));
    DemoReply reply = reply_to(s, v, &step);
    DemoPlay play = {.rq = v->rq,
                     .protocol = v->protocol,
                     .reply = &reply,
                     .instant = v->demo->options.instant,
                     .cut = fault && fault->cut.set ? fault->cut : step.cut,
                     .reset = fault && fault->cut.set ? fault->reset : step.reset};
    v->answered = text(s, "step after %zu turns, %zu answers%s", v->ask.turns, v->ask.answers,
                       play.cut.set ? ", cut" : "");
    return demo_play(s, &play, answer);
}

static fallible serve(Scope *s, Visit *v, HttpAnswer *answer)
{
    TRY(read_ask(s, v));
    const DemoModel *model = demo_script_model(&v->demo->script, v->ask.model ? v->ask.model : "");
    if (!model)
        return fail(s, MISSING, "the model %s does not exist", v->ask.model ? v->ask.model : "");
    return play(s, v, model, answer);
}

/* ---- The rest ---- */

static void list_models(Scope *s, const DemoLlm *demo, HttpAnswer *answer)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_put_pair(&w, "object", "list");
    json_key(&w, "data");
    json_open(&w, '[');
    EACH (DemoModel, model, &demo->script.models) {
        json_open(&w, '{');
        json_put_pair(&w, "id", model->name);
        json_put_pair(&w, "object", "model");
        json_put_pair(&w, "owned_by", "demo");
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_close(&w, '}');
    answer->body = buffer_view(&b);
    http_answer_header(s, answer, "Content-Type", "application/json");
}

static void answer_error(Scope *s, const Visit *v, const Error *e, HttpAnswer *answer)
{
    int status = failed_as(e, UNSUPPORTED) ? 405
                 : failed_as(e, MALFORMED) ? 400
                                           : error_kind(e->kind)->status;

    *answer = (HttpAnswer){.status = v->protocol == &demo_gemini && status == 401 ? 400 : status};
    answer->body = bytes_of(v->protocol->fault(s, status, e->message));
    http_answer_header(s, answer, "Content-Type", "application/json");
}

static bool client_left(const Error *e)
{
    return failed_as(e, CANCELLED) || failed_as(e, TIMEOUT) || failed_as(e, UNAVAILABLE);
}

static Error *visit(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *answer)
{
    Visit v = {.demo = app, .rq = rq, .protocol = protocol_of(rq), .answered = "nothing"};

    if (!v.protocol && text_ends(rq->path, "/models")) {
        list_models(s, v.demo, answer);
        return OK;
    }
    if (!v.protocol)
        return fail(s, MISSING, "nothing is here: %s", rq->path);
    Error *e = serve(s, &v, answer);
    TRY(demo_log_write(s, &v.demo->log, rq, e ? e->message : v.answered));
    if (e && !client_left(e)) {
        answer_error(s, &v, e, answer);
        return OK;
    }
    return e;
}

/* ---- Starting ---- */

Error *demo_llm_start(Scope *s, const DemoLlmOptions *options, DemoLlm **out)
{
    DemoLlm *demo = NEW(s, DemoLlm);
    HttpServerSettings settings = {.port = options->port,
                                   .workers = options->clients ? options->clients : CLIENTS_PRESET,
                                   .body_max = BODY_MAX,
                                   .bodies_max = 4 * (size_t)BODY_MAX,
                                   .request_us = 60 * US_PER_MIN,
                                   .grace_us = 1};
    HttpApp app = {.app = demo, .handle = visit};

    demo->options = *options;
    demo->options.key = text_copy(s, options->key);
    demo->options.repo = text_copy(s, options->repo);
    demo->log.path = text_copy(s, options->log_path);
    TRY(demo_script_read(s, options->script.size ? options->script : demo_llm_builtin,
                         &demo->script));
    if (demo->script.models.count > MODELS_MAX)
        return fail(s, INVALID, "the demo script has more than %d models", MODELS_MAX);
    texts_add(s, &settings.addresses, "127.0.0.1");
    TRY(http_server_open(s, &settings, &app, &demo->server));
    *out = demo;
    return OK;
}

int demo_llm_port(const DemoLlm *demo)
{
    return http_server_port(demo->server);
}

const char *demo_llm_url(Scope *s, const DemoLlm *demo)
{
    return text(s, "http://127.0.0.1:%d", demo_llm_port(demo));
}

int64_t demo_llm_requests(const DemoLlm *demo)
{
    return atomic_load(&demo->requests);
}
