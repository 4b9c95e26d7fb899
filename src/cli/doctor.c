/* dursor doctor: everything this installation leans on, looked at once, with words for what to mend. */

#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/doctor.h"
#include "git/command.h"
#include "service/app.h"
#include "service/models.h"
#include "store/models.h"
#include "sys/file.h"

enum { DISK_COMFORT_MB = 2048 };

static const char help[] = "usage: dursor doctor\n"
                           "\n"
                           "Checks the settings, the data directory, the database, git, the keys, "
                           "the model providers and GitHub.\n"
                           "Ends with 1 when something has to be mended.\n";

void doctor_found(Check *c, Finding finding, const char *words)
{
    c->finding = finding;
    c->words = words;
}

static fallible check_settings(Scope *s, Check *c)
{
    if (c->settings->warnings.count)
        doctor_found(c, DOUBTFUL, text_join(s, &c->settings->warnings, "; "));
    else
        doctor_found(c, FINE, "each is valid; dursor config shows them");
    return OK;
}

static fallible check_data(Scope *s, Check *c)
{
    int64_t free_bytes;
    const char *probe = text(s, "%s/.doctor", c->settings->data_dir);

    TRY(directory_make(s, c->settings->data_dir, 0700));
    TRY(file_write(s, probe, BYTES("x"), 0600));
    TRY(file_remove(s, probe));
    TRY(disk_free(s, c->settings->data_dir, &free_bytes));
    int64_t megabytes = free_bytes >> 20;
    doctor_found(c,
                 megabytes < c->settings->disk_floor_mb ? BROKEN
                 : megabytes < DISK_COMFORT_MB          ? DOUBTFUL
                                                        : FINE,
                 text(s, "%s, %lld MB free%s", c->settings->data_dir, (long long)megabytes,
                      megabytes < c->settings->disk_floor_mb
                          ? ": under DURSOR_DISK_FLOOR_MB, no run will start"
                          : ""));
    return OK;
}

static fallible check_database(Scope *s, Check *c)
{
    StoreOptions options = store_options(c->settings);
    MigrationState state;
    SCOPE(patience, s);

    scope_limit(patience, DOCTOR_OUTSIDE_US);
    TRY(store_migration_state(patience, &options, &state));
    if (state.version > state.newest)
        doctor_found(c, BROKEN, "its schema is newer than this program: install the newer dursor");
    else if (state.version < state.newest)
        doctor_found(
            c, DOUBTFUL,
            text(s, "schema %lld of %lld: run dursor migrate (serve does it by itself on SQLite)",
                 (long long)state.version, (long long)state.newest));
    else
        doctor_found(c, FINE, text(s, "schema %lld", (long long)state.version));
    c->has_database = state.version == state.newest;
    return OK;
}

static fallible check_git(Scope *s, Check *c)
{
    const char *version;

    TRY(git_version(s, &version));
    doctor_found(c, FINE, text(s, "git %s", version));
    return OK;
}

/* One stored key that opens proves the encryption key right. */
static fallible check_keys(Scope *s, Check *c)
{
    StoreOptions options = store_options(c->settings);
    ModelProfileList profiles = {0};
    Page page = {.limit = 1};
    const char *plain;
    Keys *keys;
    Store *store;
    Tx *tx;

    if (!c->has_database) {
        doctor_found(c, DOUBTFUL, "not looked at: see the database first");
        return OK;
    }
    TRY(keys_open(s, c->settings, &keys));
    TRY(store_open(s, &options, &store));
    TRY(tx_read(s, store, &local_caller, &tx));
    TRY(model_profile_list(s, tx, &page, &profiles));
    if (!profiles.count) {
        doctor_found(c, FINE, "no stored key yet");
        return OK;
    }
    SealPlace place = {LOCAL_TENANT, "model_profiles", profiles.items[0].id, "api_key"};
    TRY(keys_unseal(s, keys, &place, profiles.items[0].api_key_sealed, &plain));
    doctor_found(c, FINE, "stored keys can be read");
    return OK;
}

/* Asks for the list of models, which costs nothing. */
static fallible ask_provider(Scope *s, Check *c, const char *url, const char *header,
                             const char *value)
{
    HttpClientSettings settings = {.proxy = c->settings->proxy_url,
                                   .no_proxy = c->settings->no_proxy,
                                   .ca_file = c->settings->ca_file,
                                   .user_agent = "dursor/" DURSOR_VERSION};
    HttpCall call = {.url = url, .whole_us = DOCTOR_OUTSIDE_US};
    HttpClient *client;
    HttpReply reply;

    pairs_add(s, &call.headers, header, value);
    pairs_add(s, &call.headers, "anthropic-version", "2023-06-01");
    TRY(http_client_open(s, &settings, &client));
    TRY(http_call(s, client, &call, &reply));
    if (reply.status == 401 || reply.status == 403 || reply.status == 400)
        return fail(s, DENIED, "the key was refused: set another one");
    TRY(http_expect(s, &call, &reply));
    doctor_found(c, FINE, "the key is accepted");
    return OK;
}

static void no_key(Check *c, const char *words)
{
    doctor_found(c, DOUBTFUL, words);
}

static fallible check_openai(Scope *s, Check *c)
{
    if (text_empty(c->settings->openai_api_key)) {
        no_key(c, "no OPENAI_API_KEY");
        return OK;
    }
    return ask_provider(s, c, text(s, "%s/models", c->settings->openai_base_url), "Authorization",
                        text(s, "Bearer %s", c->settings->openai_api_key));
}

static fallible check_anthropic(Scope *s, Check *c)
{
    if (text_empty(c->settings->anthropic_api_key)) {
        no_key(c, "no ANTHROPIC_API_KEY");
        return OK;
    }
    return ask_provider(s, c, text(s, "%s/v1/models", c->settings->anthropic_base_url), "x-api-key",
                        c->settings->anthropic_api_key);
}

static fallible check_gemini(Scope *s, Check *c)
{
    if (text_empty(c->settings->gemini_api_key)) {
        no_key(c, "no GEMINI_API_KEY");
        return OK;
    }
    return ask_provider(s, c, text(s, "%s/v1beta/models", c->settings->gemini_base_url),
                        "x-goog-api-key", c->settings->gemini_api_key);
}

static const struct {
    const char *name;
    Error *(*check)(Scope *s, Check *c);
} checks[] = {
    {"settings", check_settings}, {"data directory", check_data}, {"database", check_database},
    {"server", doctor_server},    {"roles", doctor_roles},        {"isolation", doctor_isolation},
    {"pooler", doctor_pooler},    {"stored keys", check_keys},    {"git", check_git},
    {"OpenAI", check_openai},     {"Anthropic", check_anthropic}, {"Gemini", check_gemini},
    {"GitHub", doctor_github},
};

static const char *const marks[] = {[FINE] = "ok", [DOUBTFUL] = "note", [BROKEN] = "MEND"};

fallible cli_doctor(Scope *s, int argc, char **argv)
{
    Settings *settings;
    bool has_database = false;
    int broken = 0;

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    if (argc > 1)
        return fail(s, INVALID, "doctor does not take %s", argv[1]);
    TRY(command_settings(s, &settings));
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        SCOPE(turn, s);
        Check check = {.settings = settings, .has_database = has_database};
        Error *e = checks[i].check(turn, &check);
        if (e)
            doctor_found(&check, BROKEN, e->message);
        has_database = check.has_database;
        if (!check.finding)
            continue;
        broken += check.finding == BROKEN;
        TRY(command_print(turn, text(turn, "%-4s  %-14s  %s\n", marks[check.finding],
                                     checks[i].name, check.words)));
    }
    if (broken)
        return fail(s, UNAVAILABLE, "%d of %zu checks found something to mend", broken,
                    COUNT_OF(checks));
    return OK;
}
