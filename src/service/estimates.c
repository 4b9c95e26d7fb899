/* Estimates by size, and by what runs used before. */

#include "service/estimates.h"

#include <stdlib.h>

#include "git/objects.h"
#include "llm/estimate.h"
#include "service/models.h"
#include "service/repos.h"
#include "store/operations.h"

enum {
    RULES_TOKENS = 2500, /* what each request says beside repository and instruction */
    TREE_TOKENS_MAX = 4000,
    PATH_TOKENS = 10,
    TURNS_MOST = 3,
    OUTPUT_LEAST = 400,
    OUTPUT_MOST = 6000, /* of a turn */
};

/* ---- The repository ---- */

static fallible measure(Scope *s, GitRepo *git, const TreeEntryList *files, Estimate *out)
{
    int64_t counted = 0, bytes = 0, size;

    for (size_t i = 0; i < files->count && i < ESTIMATE_FILES_MAX; i++) {
        if (files->items[i].mode == MODE_SUBMODULE || files->items[i].mode == MODE_SYMLINK)
            continue;
        Error *e = git_blob_size(s, git, files->items[i].oid, &size);
        if (e) {
            error_drop(e, "a file that was not fetched yet is taken as of average size");
            continue;
        }
        counted++;
        bytes += size <= ESTIMATE_FILE_BYTES_MAX ? size : 0;
    }
    out->repo_files = (int64_t)files->count;
    out->repo_bytes = counted ? bytes / counted * (int64_t)files->count : 0;
    out->repo_tokens = out->repo_bytes * 2 / 7; /* measured: 3.5 bytes a token in source text */
    return OK;
}

static fallible look_at(Scope *s, App *app, const Repo *repo, const char *base_ref, Estimate *out)
{
    TreeEntryList files = {0};
    Mirror *mirror;
    GitRepo *git;

    if (text_empty(base_ref))
        base_ref = repo->selected_branch;
    TRY(repo_mirror(s, app, repo, &mirror));
    if (!base_ref && !repo_url_local(&mirror->source))
        base_ref = repo->default_branch;
    TRY(mirror_resolve(s, mirror, base_ref, &out->base_commit));
    TRY(git_open(s, mirror, &git));
    TRY(git_tree_list(s, git, out->base_commit, &files));
    return measure(s, git, &files, out);
}

/* ---- A model ---- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void by_size(const App *app, const EstimateAsk *ask, const Estimate *whole,
                    ModelEstimate *out)
{
    int64_t fixed = RULES_TOKENS + estimate_tokens(bytes_of(ask->instruction)) +
                    least(whole->repo_files * PATH_TOKENS, TREE_TOKENS_MAX);
    int64_t files = least(whole->repo_tokens, app->settings->agent_context_tokens);
    int64_t turns = least(app->settings->agent_turns, TURNS_MOST);

    out->basis = ESTIMATE_BY_SIZE;
    out->low_input_tokens = fixed + files / 4;
    out->high_input_tokens = (fixed + files) * turns;
    out->low_output_tokens = OUTPUT_LEAST;
    out->high_output_tokens = least(app->settings->agent_output_tokens, OUTPUT_MOST) * turns;
}

static int by_value(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* The quarters of the numbers: low at one, high at three. */
static void middle_half(int64_t *values, size_t count, int64_t *low, int64_t *high)
{
    qsort(values, count, sizeof *values, by_value);
    *low = values[count / 4];
    *high = values[count - 1 - count / 4];
}

static void by_runs(Scope *s, const UsageList *runs, ModelEstimate *out)
{
    int64_t *input = NEW_ARRAY(s, int64_t, runs->count),
            *output = NEW_ARRAY(s, int64_t, runs->count);

    for (size_t i = 0; i < runs->count; i++) {
        input[i] = runs->items[i].input_tokens;
        output[i] = runs->items[i].output_tokens;
    }
    out->basis = ESTIMATE_BY_RUNS;
    middle_half(input, runs->count, &out->low_input_tokens, &out->high_input_tokens);
    middle_half(output, runs->count, &out->low_output_tokens, &out->high_output_tokens);
}

static OptReal capped(OptReal usd, OptReal most)
{
    return usd.set && most.set && most.value < usd.value ? most : usd;
}

static void add_price(const App *app, const EstimateAsk *ask, ModelEstimate *out)
{
    const Price *price = price_find(app->prices, out->provider, out->model_name, time_now());
    Usage low = {.input_tokens = out->low_input_tokens, .output_tokens = out->low_output_tokens};
    Usage high = {.input_tokens = out->high_input_tokens, .output_tokens = out->high_output_tokens};

    out->low_usd = capped(price_of(price, &low), ask->max_cost_usd);
    out->high_usd = capped(price_of(price, &high), ask->max_cost_usd);
    out->price_known = out->low_usd.set && out->high_usd.set;
    if (out->price_known)
        return;
    out->note_code = "price_unknown";
    out->note = "no price is known for this model: DURSOR_LLM_PRICES_FILE may name one";
}

static fallible of_model(Scope *s, App *app, Tx *tx, const EstimateAsk *ask, ModelEstimate *out)
{
    UsageList runs = {0};
    ModelView model;

    TRY(model_find(s, app, tx, out->model_id, &model));
    out->provider = model.provider;
    out->model_name = model.model_name;
    out->display_name = model.display_name;
    TRY(usage_of_model(s, tx, ask->repo_id, &model, &runs));
    out->earlier_runs = (int64_t)runs.count;
    if (runs.count >= ESTIMATE_RUNS_LEAST)
        by_runs(s, &runs, out);
    return OK;
}

/* ---- All of it ---- */

static void add_up(Estimate *whole)
{
    EACH (const ModelEstimate, one, &whole->models) {
        whole->without_price += !one->price_known;
        if (!one->price_known)
            continue;
        whole->low_usd = (OptReal){true, whole->low_usd.value + one->low_usd.value};
        whole->high_usd = (OptReal){true, whole->high_usd.value + one->high_usd.value};
    }
}

fallible estimate_make(Scope *s, App *app, const Caller *caller, const EstimateAsk *ask,
                       Estimate *out)
{
    Estimate whole = {.context_tokens = app->settings->agent_context_tokens,
                      .prices_date = prices_date(app->prices)};
    Repo repo;
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, app->store, caller, &tx));
        TRY(repo_get(s, tx, ask->repo_id, &repo));
        EACH (const char *const, id, &ask->model_ids) {
            ModelEstimate *one = list_add(s, &whole.models);
            one->model_id = *id;
            TRY(of_model(s, app, tx, ask, one));
        }
    }
    TRY(look_at(s, app, &repo, ask->base_ref, &whole));
    whole.fits = whole.repo_tokens <= whole.context_tokens;
    EACH (ModelEstimate, one, &whole.models) {
        if (!one->basis)
            by_size(app, ask, &whole, one);
        add_price(app, ask, one);
    }
    add_up(&whole);
    *out = whole;
    return OK;
}
