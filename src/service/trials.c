/* Small questions to models and to GitHub. */

#include "service/trials.h"

#include "base/json.h"
#include "forge/github_who.h"
#include "service/github_config.h"

static const struct {
    const char *code;
    const char *step;
} steps[] = {
    {"key_refused", "Enter a valid key: this one is not accepted."},
    {"key_missing", "Enter a key."},
    {"no_credit", "Pay in at the provider: the account has no credit left."},
    {"quota_used_up", "Wait for the next period, or raise the quota at the provider."},
    {"not_permitted", "Give the key access to this model, or take another model."},
    {"model_unknown", "Check the name of the model: this key knows none of that name."},
    {"address_wrong", "Check the base address: nothing that speaks this protocol answers there."},
    {"rate_limited", "Wait a little and test again: the key itself is fine."},
    {"provider_unreachable", "Check the address, the network and DURSOR_PROXY_URL."},
    {"provider_overloaded", "Test again later: the provider is overloaded."},
    {"provider_failed", "Test again later: the provider has a fault."},
    {"provider_silent", "Check that the server runs and has loaded the model; then test again."},
    {"timeout", "Check that the server runs and has loaded the model; then test again."},
    {"github_not_configured", "Store a GitHub App, or set DURSOR_GIT_TOKEN."},
    {"forge_credentials", "Renew the App's private key or the token: GitHub does not accept it."},
    {"forge_permission", "Give the App or the token the permission that is named."},
    {"forge_not_installed", "Install the App for the account whose repositories are wanted."},
    {"forge_limited", "Wait as long as GitHub asks for; the access itself is fine."},
};

const char *trial_next_step(const char *code)
{
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        if (text_equal(steps[i].code, code))
            return steps[i].step;
    return NULL;
}

static fallible ask(Scope *s, App *app, const LlmModel *model, LlmReply *out)
{
    LlmSettings settings = llm_settings(app->settings);
    LlmRequest rq = {.model = model, .max_output_tokens = TRIAL_TOKENS, .takes_truncated = true};
    LlmSink none = {0};
    Llm *llm;

    settings.tries = 1;
    *list_add(s, &rq.messages) =
        (LlmMessage){.role = LLM_USER, .text = "Answer with the word: yes"};
    TRY(llm_open(s, app->http, &settings, &llm));
    return llm_complete(s, llm, &rq, &none, out);
}

/* A model that thought until its tokens were used up has answered as well. */
static bool answered(const Error *e)
{
    return !e || text_equal(e->code, "answer_empty") || text_equal(e->code, "answer_truncated");
}

Error *model_trial(Scope *s, App *app, const LlmModel *model, ModelTested *out)
{
    SCOPE(tmp, s);
    int64_t since = clock_us();
    LlmReply reply = {0};

    scope_limit(tmp, TRIAL_US);
    Error *e = ask(tmp, app, model, &reply);
    if (cancel_asked(scope_cancel(s)))
        return e ? e : scope_check(s);
    OptReal cost = price_of(price_find(app->prices, model->provider, model->model_name, time_now()),
                            &reply.usage);
    *out = (ModelTested){.ok = answered(e),
                         .latency_ms = (clock_us() - since) / US_PER_MS,
                         .answered_by = text_copy(s, reply.model),
                         .input_tokens = reply.usage.input_tokens,
                         .output_tokens = reply.usage.output_tokens,
                         .cost_usd = e ? (OptReal){0} : cost};
    if (answered(e)) {
        error_drop(e, "it answered, if without words");
        return OK;
    }
    out->code = text_copy(s, e->code ? e->code : error_kind(e->kind)->name);
    out->params = json_of_params(s, e->params);
    out->error = text_copy(s, e->message);
    out->next_step = trial_next_step(out->code);
    error_drop(e, "the failure is the answer");
    return OK;
}

/* ---- GitHub ---- */

static const char *github_next_step(const Error *e, const char *code)
{
    if (e->kind == TIMEOUT || e->kind == UNAVAILABLE || text_equal(code, "forge_answer"))
        return "Check DURSOR_GITHUB_API_URL, the network and DURSOR_PROXY_URL.";
    return trial_next_step(code);
}

static fallible source_of(Scope *s, App *app, const Caller *caller, const char **out)
{
    SCOPE(tmp, s);
    GithubConfigView view;
    Tx *tx;

    TRY(tx_read(tmp, app->store, caller, &tx));
    TRY(github_config_view(tmp, app, tx, &view));
    *out = text_copy(s, view.source);
    return OK;
}

static fallible ask_github(Scope *s, App *app, const Caller *caller, GithubTested *out)
{
    Forge forge;

    TRY(github_open(s, app, caller, &forge));
    return github_who(s, &forge, out);
}

Error *github_trial(Scope *s, App *app, const Caller *caller, GithubTested *out)
{
    int64_t since = clock_us();
    GithubTested tested = {0};

    TRY(source_of(s, app, caller, &tested.source));
    Error *e = ask_github(s, app, caller, &tested);
    if (cancel_asked(scope_cancel(s)))
        return e ? e : scope_check(s);
    tested.ok = !e;
    tested.latency_ms = (clock_us() - since) / US_PER_MS;
    if (e) {
        tested.code = text_copy(s, e->code ? e->code : error_kind(e->kind)->name);
        tested.params = json_of_params(s, e->params);
        tested.error = text_copy(s, e->message);
        tested.next_step = github_next_step(e, tested.code);
        error_drop(e, "the failure is the answer");
    }
    *out = tested;
    return OK;
}
