/* Models of the settings, of the database, and of the demo. */

#include "service/models.h"

#include "base/id.h"
#include "store/checks.h"
#include "store/models.h"

/* A provider as the settings know it. */
typedef struct EnvModel {
    const char *id;
    Provider provider;
    const char *word; /* of "word:model" */
    const char *title;
    const char *(*key)(const Settings *settings);
    const char *(*model)(const Settings *settings);
    const char *(*base_url)(const Settings *settings);
} EnvModel;

#define GETTER(member)                                                                             \
    static const char *get_##member(const Settings *settings)                                      \
    {                                                                                              \
        return settings->member;                                                                   \
    }

GETTER(openai_api_key)
GETTER(openai_model)
GETTER(openai_base_url)
GETTER(anthropic_api_key)
GETTER(anthropic_model)
GETTER(anthropic_base_url)
GETTER(gemini_api_key)
GETTER(gemini_model)
GETTER(gemini_base_url)

static const EnvModel env_models[] = {
    {"env-1", PROVIDER_OPENAI, "openai", "OpenAI", get_openai_api_key, get_openai_model,
     get_openai_base_url},
    {"env-2", PROVIDER_ANTHROPIC, "anthropic", "Anthropic", get_anthropic_api_key,
     get_anthropic_model, get_anthropic_base_url},
    {"env-3", PROVIDER_GOOGLE, "google", "Gemini", get_gemini_api_key, get_gemini_model,
     get_gemini_base_url},
};

/* Each speaks another protocol, so that the demo shows all three. The slow one takes a minute: for
 * watching how a run is canceled, it is not offered unasked. */
static const struct {
    const char *id;
    Provider provider;
    bool offered;
} demo_models[] = {
    {"demo-careful", PROVIDER_ANTHROPIC, true},
    {"demo-quick", PROVIDER_OPENAI, true},
    {"demo-thorough", PROVIDER_GOOGLE, true},
    {"demo-slow", PROVIDER_OPENAI, false},
};

static bool env_usable(const App *app, const EnvModel *env)
{
    return !text_empty(env->key(app->settings));
}

static ModelView env_view(Scope *s, const App *app, const EnvModel *env, const char *id,
                          const char *model_name)
{
    return (ModelView){.id = text_copy(s, id),
                       .provider = env->provider,
                       .model_name = text_copy(s, model_name),
                       .display_name = text(s, "%s %s", env->title, model_name),
                       .created_at = app->started_at};
}

static ModelView demo_view(Scope *s, const App *app, size_t i)
{
    return (ModelView){.id = demo_models[i].id,
                       .provider = demo_models[i].provider,
                       .model_name = demo_models[i].id,
                       .display_name = text(s, "%s (demo: scripted answers)", demo_models[i].id),
                       .created_at = app->started_at,
                       .demo = true};
}

static ModelView stored_view(const ModelProfile *p)
{
    return (ModelView){.id = p->id,
                       .provider = p->provider,
                       .model_name = p->model_name,
                       .display_name = p->display_name,
                       .base_url = p->base_url,
                       .created_at = p->created_at};
}

/* Where a list goes on: behind a model of the settings, of the database or of the demo. */
typedef struct ModelPlace {
    size_t env, demo;   /* the first one of each */
    const char *stored; /* cursor */
    bool past_stored;
} ModelPlace;

static ModelPlace place_of(const char *cursor)
{
    ModelPlace place = {0};

    if (text_empty(cursor))
        return place;
    for (size_t i = 0; i < COUNT_OF(env_models); i++)
        if (text_equal(cursor, env_models[i].id))
            return (ModelPlace){.env = i + 1};
    place.env = COUNT_OF(env_models);
    for (size_t i = 0; i < COUNT_OF(demo_models); i++)
        if (text_equal(cursor, demo_models[i].id))
            return (ModelPlace){.env = place.env, .demo = i + 1, .past_stored = true};
    place.stored = cursor;
    return place;
}

/* Cuts the list to the page. */
static void page_end(Scope *s, Page *page, int64_t limit, ModelViewList *out)
{
    if ((int64_t)out->count <= limit)
        return;
    out->count = (size_t)limit;
    const ModelView *last = &out->items[limit - 1];
    page->next = id_valid(last->id) ? page_after(s, last->created_at, last->id) : last->id;
}

Error *models_list(Scope *s, App *app, Tx *tx, Page *page, ModelViewList *out)
{
    int64_t limit = page->limit > 0 && page->limit < PAGE_MAX ? page->limit : PAGE_MAX;
    ModelPlace from = place_of(page->cursor);
    ModelProfileList stored = {0};
    Page of_stored = {.limit = limit, .cursor = from.stored};

    page->next = NULL;
    if (!from.past_stored)
        TRY(model_profile_list(s, tx, &of_stored, &stored));
    for (size_t i = from.env; i < COUNT_OF(env_models); i++)
        if (env_usable(app, &env_models[i]))
            *list_add(s, out) = env_view(s, app, &env_models[i], env_models[i].id,
                                         env_models[i].model(app->settings));
    EACH (ModelProfile, profile, &stored)
        *list_add(s, out) = stored_view(profile);
    page->next = of_stored.next;
    for (size_t i = from.demo; !page->next && app->demo_url && i < COUNT_OF(demo_models); i++)
        if (demo_models[i].offered)
            *list_add(s, out) = demo_view(s, app, i);
    page_end(s, page, limit, out);
    return OK;
}

static fallible missing(Scope *s, App *app, Tx *tx, const char *id)
{
    ModelViewList all = {0};
    TextList names = {0};
    Page page = {0};

    TRY(models_list(s, app, tx, &page, &all));
    EACH (ModelView, view, &all)
        texts_add(s, &names, view->id);
    Error *e = fail_code(
        s, MISSING, "model_missing", "Model not found: %s (there is %s)", text_head(s, id, 80),
        names.count ? text_join(s, &names, ", ") : "none: set a provider's key or add a model");
    return error_param(e, "model", text_head(s, id, 80));
}

/* The model name in "provider:model"; NULL when the id is not of that form. */
static const char *named_model(const EnvModel *env, const char *id)
{
    size_t size = strlen(env->word);

    return strncmp(id, env->word, size) == 0 && id[size] == ':' && id[size + 1] ? id + size + 1
                                                                                : NULL;
}

static const EnvModel *env_of(const App *app, const char *id, const char **model_name)
{
    for (size_t i = 0; i < COUNT_OF(env_models); i++) {
        const EnvModel *env = &env_models[i];
        *model_name = text_equal(id, env->id) ? env->model(app->settings) : named_model(env, id);
        if (*model_name && env_usable(app, env))
            return env;
    }
    return NULL;
}

static const EnvModel *env_without_key(const char *id)
{
    for (size_t i = 0; i < COUNT_OF(env_models); i++)
        if (named_model(&env_models[i], id))
            return &env_models[i];
    return NULL;
}

static fallible key_absent(Scope *s, const EnvModel *env, const char *id)
{
    const char *variable = env->provider == PROVIDER_OPENAI      ? "OPENAI_API_KEY"
                           : env->provider == PROVIDER_ANTHROPIC ? "ANTHROPIC_API_KEY"
                                                                 : "GEMINI_API_KEY";

    return error_param(
        fail_code(s, MISSING, "model_key_missing", "no key for %s: set %s", id, variable),
        "variable", variable);
}

Error *model_find(Scope *s, App *app, Tx *tx, const char *id, ModelView *out)
{
    const char *model_name;
    const EnvModel *env = env_of(app, id, &model_name);
    ModelProfile profile;

    if (env) {
        *out = env_view(s, app, env, id, model_name);
        return OK;
    }
    for (size_t i = 0; app->demo_url && i < COUNT_OF(demo_models); i++) {
        if (text_equal(demo_models[i].id, id)) {
            *out = demo_view(s, app, i);
            return OK;
        }
    }
    env = env_without_key(id);
    if (env)
        return key_absent(s, env, id);
    Error *e = model_profile_get(s, tx, id, &profile);
    if (failed_as(e, MISSING))
        return missing(s, app, tx, id);
    TRY(e);
    *out = stored_view(&profile);
    return OK;
}

static fallible open_stored(Scope *s, App *app, Tx *tx, const char *id, LlmModel *out)
{
    ModelProfile profile;
    const char *key;

    TRY(model_profile_get(s, tx, id, &profile));
    SealPlace place = {tx_caller(tx)->tenant_id, "model_profiles", profile.id, "api_key"};
    TRY(keys_unseal(s, app->keys, &place, profile.api_key_sealed, &key));
    *out = (LlmModel){.provider = profile.provider,
                      .model_name = profile.model_name,
                      .base_url = profile.base_url,
                      .api_key = key};
    return OK;
}

/* The preset address is the provider's own: then the driver chooses path and protocol by itself. */
static const char *own_address(const EnvModel *env, const Settings *settings)
{
    const Field *field =
        type_field(&settings_type, env->provider == PROVIDER_OPENAI      ? "openai_base_url"
                                   : env->provider == PROVIDER_ANTHROPIC ? "anthropic_base_url"
                                                                         : "gemini_base_url");

    return text_equal(env->base_url(settings), field->preset) ? NULL : env->base_url(settings);
}

Error *model_open(Scope *s, App *app, Tx *tx, const char *id, LlmModel *out)
{
    const char *model_name;
    const EnvModel *env = env_of(app, id, &model_name);
    ModelView view;

    if (env) {
        *out = (LlmModel){.provider = env->provider,
                          .model_name = text_copy(s, model_name),
                          .base_url = own_address(env, app->settings),
                          .api_key = env->key(app->settings)};
        return OK;
    }
    TRY(model_find(s, app, tx, id, &view));
    if (!view.demo)
        return open_stored(s, app, tx, id, out);
    *out = (LlmModel){.provider = view.provider,
                      .model_name = view.model_name,
                      .api_key = "demo",
                      .base_url = view.provider == PROVIDER_OPENAI ? text(s, "%s/v1", app->demo_url)
                                                                   : app->demo_url};
    return OK;
}

Error *model_add(Scope *s, App *app, Tx *tx, const ModelCreate *in, ModelView *out)
{
    ModelProfile profile = {.id = id_new(s),
                            .tenant_id = tx_caller(tx)->tenant_id,
                            .provider = in->provider,
                            .model_name = in->model_name,
                            .display_name = in->display_name,
                            .base_url = in->base_url};
    LlmModel model = {.provider = in->provider,
                      .model_name = in->model_name,
                      .base_url = in->base_url,
                      .api_key = in->api_key};
    SealPlace place = {profile.tenant_id, "model_profiles", profile.id, "api_key"};

    TRY(llm_model_check(s, &model));
    TRY(keys_seal(s, app->keys, &place, in->api_key, &profile.api_key_sealed));
    TRY(model_profile_insert(s, tx, &profile));
    *out = stored_view(&profile);
    return OK;
}

Error *model_remove(Scope *s, App *app, Tx *tx, const char *id)
{
    ModelView view;

    if (text_starts(id, "env-"))
        return fail_code(s, INVALID, "model_of_environment",
                         "Cannot delete environment variable models");
    TRY(model_find(s, app, tx, id, &view));
    if (view.demo || strchr(id, ':'))
        return fail_code(s, INVALID, "model_not_stored", "%s is not a stored model", id);
    return model_profile_delete(s, tx, id);
}
