/* A call: its turn, its tries, and the waits between them. */

#include "llm/llm.h"

#include "base/id.h"
#include "llm/backoff.h"
#include "llm/endpoint.h"
#include "llm/exchange.h"
#include "llm/reply.h"
#include "net/url.h"

enum {
    TRIES_OF_ODD_ANSWERS = 2, /* empty or malformed ones are worth one more try, not five */
    MODEL_NAME_MAX = 256,     /* bytes */
};

struct Llm {
    HttpClient *client;
    LlmSettings settings;
    Gates *gates;
};

typedef struct Call {
    Llm *llm;
    const LlmRequest *rq;
    const LlmSink *sink;
    const LlmDriver *driver;
    unsigned without;
    int64_t began;
    int64_t tries;
    int64_t failures;
} Call;

typedef struct Preset {
    size_t offset;
    int64_t value;
} Preset;

#define PRESET(member, value)                                                                      \
    {                                                                                              \
        offsetof(LlmSettings, member), value                                                       \
    }

static const Preset presets[] = {
    PRESET(connect_us, 10 * US_PER_S),
    PRESET(first_byte_us, 120 * US_PER_S),
    PRESET(other_first_byte_us, 600 * US_PER_S),
    PRESET(idle_us, 120 * US_PER_S),
    PRESET(thinking_idle_us, 300 * US_PER_S),
    PRESET(whole_us, 30 * US_PER_MIN),
    PRESET(tries, 5),
    PRESET(concurrency, 8),
    PRESET(backoff_first_us, US_PER_S),
    PRESET(backoff_most_us, 60 * US_PER_S),
    PRESET(patience_us, 5 * US_PER_MIN),
    PRESET(breaker_failures, 5),
    PRESET(breaker_pause_us, 15 * US_PER_S),
};

Error *llm_open(Scope *s, HttpClient *client, const LlmSettings *settings, Llm **out)
{
    Llm *llm = NEW(s, Llm);

    llm->client = client;
    llm->settings = *settings;
    for (size_t i = 0; i < COUNT_OF(presets); i++) {
        int64_t *value = (int64_t *)(void *)((char *)&llm->settings + presets[i].offset);
        if (*value <= 0)
            *value = presets[i].value;
    }
    TRY(gates_open(s, &llm->settings, &llm->gates));
    *out = llm;
    return OK;
}

static bool was_set(const Settings *settings, const char *name)
{
    const SettingOrigin *origin = setting_origin(settings, name);

    return origin && origin->source != SETTING_PRESET;
}

LlmSettings llm_settings(const Settings *settings)
{
    LlmSettings out = {
        .connect_us = settings->llm_connect_seconds * US_PER_S,
        .first_byte_us = settings->llm_first_byte_seconds * US_PER_S,
        .idle_us = settings->llm_idle_seconds * US_PER_S,
        .whole_us = settings->llm_total_seconds * US_PER_S,
        .tries = settings->llm_tries,
        .concurrency = settings->llm_concurrency,
        .per_minute = settings->llm_calls_per_minute,
    };

    if (was_set(settings, "llm_first_byte_seconds"))
        out.other_first_byte_us = out.first_byte_us;
    if (was_set(settings, "llm_idle_seconds"))
        out.thinking_idle_us = out.idle_us;
    return out;
}

/* ---- What is told ---- */

static Error *notice(Scope *s, const Call *call, const LlmNotice *n)
{
    if (!call->sink || !call->sink->notice)
        return OK;
    return call->sink->notice(s, call->sink->self, n);
}

static Error *notice_turn(Scope *s, const Call *call, int64_t wait)
{
    const char *provider = name_of(provider_names, call->rq->model->provider);
    bool paused = wait != INT64_MAX;

    return notice(
        s, call,
        &(LlmNotice){
            .kind = LLM_WAITS_TURN,
            .message = paused ? text(s, "waiting %lld s because %s asked for a pause",
                                     (long long)((wait + US_PER_S - 1) / US_PER_S), provider)
                              : text(s, "waiting for other calls with the same %s key", provider),
            .wait_us = paused ? wait : 0,
            .attempt = call->tries,
        });
}

static Error *notice_retry(Scope *s, const Call *call, const LlmFault *fault, int64_t wait)
{
    const char *provider = name_of(provider_names, call->rq->model->provider);
    double seconds = (double)wait / US_PER_S;

    return notice(s, call,
                  &(LlmNotice){
                      .kind = LLM_WAITS_RETRY,
                      .message = fault->retry_after_us
                                     ? text(s, "waiting %.1f s because %s asked for it (%s)",
                                            seconds, provider, fault_said(fault))
                                     : text(s, "trying %s again in %.1f s (%s)", provider, seconds,
                                            fault_said(fault)),
                      .wait_us = wait,
                      .attempt = call->tries,
                  });
}

static Error *notice_parameter(Scope *s, const Call *call, unsigned parameter)
{
    return notice(s, call,
                  &(LlmNotice){
                      .kind = LLM_DROPS_PARAMETER,
                      .message = text(s, "%s takes no %s; asking again without",
                                      call->rq->model->model_name, parameter_name(parameter)),
                      .attempt = call->tries,
                  });
}

static Error *tell_spent(Scope *s, const Call *call, const Usage *used, bool estimated)
{
    if (!call->sink || !call->sink->spent)
        return OK;
    return call->sink->spent(s, call->sink->self, used, estimated);
}

/* ---- One try ---- */

static Error *take_turn(Scope *s, Call *call, Turn **turn)
{
    int64_t wait;

    TRY(gate_queue(s, call->llm->gates, call->rq->model, turn, &wait));
    if (wait)
        TRY(notice_turn(s, call, wait));
    return gate_wait(s, *turn);
}

/* Everything of the try ends with s; what is kept goes to home. */
static Error *answered(Scope *home, Scope *s, Call *call, LlmAnswer *answer, LlmReply *out)
{
    Exchange x = {.driver = call->driver,
                  .rq = call->rq,
                  .without = call->without,
                  .settings = &call->llm->settings,
                  .client = call->llm->client};
    bool accepted = false, estimated = false;
    Bytes sent = {0};

    TRY(gate_attempt(s, call->llm->gates, call->rq->model, &x.attempt));
    Error *e = exchange_run(s, &x, answer, &accepted, &sent);
    Usage used = answer_used(answer, sent, &estimated);
    if (accepted) {
        Error *told = tell_spent(s, call, &used, estimated);
        error_drop(e ? told : OK, "the first failure stands");
        TRY(e ? e : told);
    }
    TRY(e);
    answer_judge(answer, call->rq);
    if (answer->fault.kind)
        return OK;
    reply_of(home, call->driver, answer, out);
    out->usage = used;
    out->usage_estimated = estimated;
    out->tries = call->tries;
    return OK;
}

static Error *try_once(Scope *s, Call *call, LlmFault *fault, LlmReply *out)
{
    SCOPE(tmp, s);
    LlmAnswer answer = {.s = tmp, .model = call->rq->model, .sink = call->sink};
    Turn *turn;

    call->tries++;
    TRY(take_turn(tmp, call, &turn));
    Error *e = answered(s, tmp, call, &answer, out);
    if (e && text_equal(e->code, "provider_unreachable")) { /* the circuit is open */
        answer.fault = (LlmFault){FAULT_UNREACHABLE, .detail = e->message,
                                  .retry_after_us = e->retry_after_us};
        e = OK;
    }
    TRY(e);
    *fault = answer.fault;
    fault->detail = text_copy(s, fault->detail);
    if ((fault->kind == FAULT_RATE || fault->kind == FAULT_OVERLOAD) && fault->retry_after_us)
        gate_pause(turn, fault->retry_after_us);
    return OK;
}

/* ---- Between tries ---- */

static double random_part(void)
{
    uint32_t random;

    random_bytes(&random, sizeof random);
    return (double)random / 4294967296.0;
}

static bool may_repeat(const Call *call, const LlmFault *fault)
{
    const LlmSettings *settings = &call->llm->settings;
    bool odd = fault->kind == FAULT_EMPTY || fault->kind == FAULT_MALFORMED;

    return fault_passes(fault) && call->failures < settings->tries &&
           !(odd && call->failures >= TRIES_OF_ODD_ANSWERS) &&
           fault->retry_after_us <= settings->patience_us &&
           clock_us() - call->began < settings->whole_us;
}

/* Ends the call with the fault's error, or returns when it is time for another try. */
static Error *after_fault(Scope *s, Call *call, LlmFault *fault)
{
    const LlmSettings *settings = &call->llm->settings;
    Backoff backoff = {settings->backoff_first_us, settings->backoff_most_us};

    if (fault->kind == FAULT_PARAMETER && !(call->without & fault->parameter)) {
        call->without |= fault->parameter;
        gate_learn_without(s, call->llm->gates, call->rq->model, fault->parameter);
        return notice_parameter(s, call, fault->parameter);
    }
    call->failures++;
    if (!may_repeat(call, fault))
        return fault_error(s, call->rq->model, fault, call->tries);
    int64_t wait = backoff_wait(&backoff, call->failures, fault->retry_after_us, random_part());
    TRY(notice_retry(s, call, fault, wait));
    return scope_sleep(s, wait);
}

/* ---- The call ---- */

Error *llm_model_check(Scope *s, const LlmModel *model)
{
    Url url;

    if (text_empty(model->model_name) || strlen(model->model_name) > MODEL_NAME_MAX)
        return error_param(fail_code(s, INVALID, "model_name_invalid",
                                     "a model needs a name of 1 to %d bytes", MODEL_NAME_MAX),
                           "most", text(s, "%d", MODEL_NAME_MAX));
    TRY_WHILE(url_parse(s, endpoint_base(s, model), &url), "reading the base URL of %s",
              model->model_name);
    if (text_empty(url.host) ||
        (!text_equal(url.scheme, "https") && !text_equal(url.scheme, "http")))
        return fail_code(s, INVALID, "base_url_invalid",
                         "the base URL of %s must begin with https:// or http:// and name a host",
                         model->model_name);
    if (text_empty(model->api_key))
        return endpoint_own(s, model)
                   ? fail_code(s, DENIED, "key_missing", "%s %s needs an API key; enter one",
                               name_of(provider_names, model->provider), model->model_name)
                   : OK;
    if (!header_value_valid(text_trim(s, model->api_key)))
        return fault_error(s, model, &(LlmFault){.kind = FAULT_KEY}, 1);
    return OK;
}

static Error *request_check(Scope *s, const LlmRequest *rq)
{
    EACH (const LlmMessage, m, &rq->messages) {
        if (m->role == LLM_USER && !text_empty(m->text))
            return OK;
    }
    return fail(s, INVALID, "a request to a model needs a message of a user");
}

Error *llm_complete(Scope *s, Llm *llm, const LlmRequest *rq, const LlmSink *sink, LlmReply *out)
{
    Call call = {.llm = llm, .rq = rq, .sink = sink, .began = clock_us()};

    TRY(llm_model_check(s, rq->model));
    TRY(request_check(s, rq));
    call.driver = llm_driver(s, rq->model);
    call.without = gate_without(s, llm->gates, rq->model);
    for (;;) {
        LlmFault fault = {0};
        TRY(try_once(s, &call, &fault, out));
        if (!fault.kind)
            return OK;
        TRY(after_fault(s, &call, &fault));
    }
}
