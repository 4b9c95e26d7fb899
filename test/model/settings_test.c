/* Settings: where values come from, what is refused and how it is said, what is shown. */

#include "model/settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "model/settings_check.h"
#include "sys/fault.h"
#include "sys/file.h"
#include "test/test.h"

#define ENV(...) ((const char *const[]){"HOME=/home/ann" __VA_OPT__(, ) __VA_ARGS__, NULL})

/* Settings of these variables alone. */
static fallible load(Scope *s, const char *const *variables, Settings **out)
{
    return settings_load(s, &(SettingsSource){.environ = variables}, out);
}

/* And of a file with that text, at its usual place below a HOME of the test. */
static fallible load_with_file(Scope *s, const char *file_text, const char *variable,
                               Settings **out)
{
    const char *home, *file;

    TRY(directory_temporary(s, "/tmp", "settings", &home));
    file = text(s, "%s/.config/dursor/.env", home);
    TRY(directory_make(s, text(s, "%s/.config/dursor", home), 0700));
    TRY(file_write(s, file, bytes_of(file_text), 0600));
    const char *const variables[] = {text(s, "HOME=%s", home), variable, NULL};
    return load(s, variables, out);
}

static const char *origin_of(Scope *s, const Settings *settings, const char *name)
{
    return setting_origin_text(s, setting_origin(settings, name));
}

/* The message with which the start ends; "" when it does not. */
static const char *refusal(Scope *s, const char *const *variables)
{
    Settings *settings;
    Error *e = load(s, variables, &settings);
    return failed_as(e, INVALID) ? e->message : "";
}

TEST(with_no_setting_at_all_everything_has_its_preset)
{
    Settings *settings;

    TRY(load(s, ENV(), &settings));
    CHECK_TEXT(settings->host, "localhost");
    CHECK_EQ(settings->port, 8000);
    CHECK_EQ(settings->worker_concurrency, 8);
    CHECK_EQ(settings->lease_seconds, 30);
    CHECK_EQ(settings->auth, AUTH_LOCAL);
    CHECK_TEXT(settings->queue_url, "store:");
    CHECK_TEXT(origin_of(s, settings, "port"), "default");
    CHECK_EQ(settings->warnings.count, 0);
    return OK;
}

TEST(data_lives_in_the_state_folder_of_the_user)
{
    Settings *settings;

    TRY(load(s, ENV(), &settings));
    CHECK_TEXT(settings->data_dir, "/home/ann/.local/state/dursor");
    CHECK_TEXT(settings->workspaces_dir, "/home/ann/.local/state/dursor/workspaces");
    CHECK_TEXT(settings->database_url, "sqlite:///home/ann/.local/state/dursor/dursor.db");
    CHECK_TEXT(settings->blob_url, "file:///home/ann/.local/state/dursor/blobs");
    TRY(load(s, ENV("XDG_STATE_HOME=/state"), &settings));
    CHECK_TEXT(settings->data_dir, "/state/dursor");
    return OK;
}

TEST(a_relative_xdg_folder_counts_as_not_set)
{
    Settings *settings;

    TRY(load(s, ENV("XDG_STATE_HOME=state", "XDG_CONFIG_HOME=."), &settings));
    CHECK_TEXT(settings->data_dir, "/home/ann/.local/state/dursor");
    return OK;
}

TEST(the_base_folder_of_the_former_dursor_holds_data_and_workspaces)
{
    Settings *settings;

    TRY(load(s, ENV("DURSOR_BASE_DIR=/srv/dursor"), &settings));
    CHECK_TEXT(settings->data_dir, "/srv/dursor/data");
    CHECK_TEXT(settings->workspaces_dir, "/srv/dursor/workspaces");
    TRY(load(s, ENV("DURSOR_BASE_DIR=/srv/dursor", "DURSOR_DATA_DIR=~/d"), &settings));
    CHECK_TEXT(settings->data_dir, "/home/ann/d");
    return OK;
}

TEST(without_a_home_the_data_folder_must_be_named)
{
    const char *const nothing[] = {NULL};

    CHECK_HAS(refusal(s, nothing), "DURSOR_DATA_DIR=/srv/dursor");
    return OK;
}

TEST(the_environment_wins_over_the_file_and_the_file_over_the_preset)
{
    Settings *settings;

    TRY(load_with_file(s, "# mine\nDURSOR_PORT=1\nDURSOR_JOB_TRIES=2\n", "DURSOR_PORT=3",
                       &settings));
    CHECK_EQ(settings->port, 3);
    CHECK_EQ(settings->job_tries, 2);
    CHECK_EQ(settings->lease_seconds, 30);
    CHECK_TEXT(origin_of(s, settings, "port"), "environment");
    CHECK(text_ends(origin_of(s, settings, "job_tries"), "/.config/dursor/.env:3"));
    CHECK_TEXT(origin_of(s, settings, "lease_seconds"), "default");
    return OK;
}

TEST(an_empty_variable_takes_a_setting_of_the_file_back)
{
    Settings *settings;

    TRY(load_with_file(s, "OPENAI_API_KEY=sk-1\nDURSOR_PORT=\n", "OPENAI_API_KEY=", &settings));
    CHECK(!settings->openai_api_key);
    CHECK_EQ(settings->port, 8000);
    return OK;
}

TEST(names_differ_in_case_only_when_both_are_there)
{
    Settings *settings;

    TRY(load(s, ENV("dursor_port=5"), &settings));
    CHECK_EQ(settings->port, 5);
    TRY(load(s, ENV("dursor_port=5", "DURSOR_PORT=6"), &settings));
    CHECK_EQ(settings->port, 6);
    CHECK_EQ(settings->warnings.count, 0);
    return OK;
}

TEST(a_file_in_the_current_directory_is_never_read)
{
    Settings *settings;
    const char *folder;

    TRY(directory_temporary(s, "/tmp", "checkout", &folder));
    TRY(file_write(s, text(s, "%s/.env", folder), BYTES("OPENAI_BASE_URL=http://evil.example\n"),
                   0600));
    int before = open(".", O_PATH | O_CLOEXEC);
    close_with(s, before);
    CHECK_EQ(chdir(folder), 0);
    Error *e = load(s, ENV("XDG_CONFIG_HOME="), &settings);
    CHECK_EQ(fchdir(before), 0);
    TRY(e);
    CHECK_TEXT(settings->openai_base_url, "https://api.openai.com/v1");
    return OK;
}

TEST(a_named_file_is_read_instead_and_must_be_there)
{
    Settings *settings;
    const char *folder;

    TRY(directory_temporary(s, "/tmp", "settings", &folder));
    const char *const variables[] = {"HOME=/home/ann", text(s, "DURSOR_ENV_FILE=%s/my.env", folder),
                                     NULL};
    CHECK_HAS(refusal(s, variables), "DURSOR_ENV_FILE: ");
    CHECK_HAS(refusal(s, variables), "my.env");
    TRY(file_write(s, text(s, "%s/my.env", folder), BYTES("DURSOR_PORT=77\n"), 0600));
    TRY(load(s, variables, &settings));
    CHECK_EQ(settings->port, 77);
    return OK;
}

TEST(a_relative_settings_file_is_refused)
{
    CHECK_HAS(refusal(s, ENV("DURSOR_ENV_FILE=.env")), "\".env\" is not an absolute path");
    CHECK_HAS(refusal(s, ENV("DURSOR_ENV_FILE=.env")),
              "for example DURSOR_ENV_FILE=/etc/dursor/.env");
    return OK;
}

TEST(an_empty_name_of_the_file_means_none)
{
    Settings *settings;

    TRY(load_with_file(s, "DURSOR_PORT=1\n", "DURSOR_ENV_FILE=", &settings));
    CHECK_EQ(settings->port, 8000);
    return OK;
}

TEST(a_file_that_others_may_read_is_warned_of)
{
    Settings *settings;
    const char *folder;

    TRY(directory_temporary(s, "/tmp", "settings", &folder));
    const char *file = text(s, "%s/.env", folder);
    TRY(file_write(s, file, BYTES("DURSOR_PORT=1\n"), 0600));
    CHECK_EQ(chmod(file, 0644), 0);
    TRY(settings_load(s, &(SettingsSource){.environ = ENV(), .file = file}, &settings));
    CHECK_EQ(settings->warnings.count, 1);
    CHECK_HAS(settings->warnings.items[0], "chmod 600");
    return OK;
}

TEST(a_wrong_value_is_refused_with_its_name_its_fault_and_an_example)
{
    static const char *const wrong[][2] = {
        {"DURSOR_PORT=http",
         "\"http\" is not a whole number from 0 to 65535; for example DURSOR_PORT=8000"},
        {"DURSOR_PORT=65536", "from 0 to 65535"},
        {"DURSOR_PORT=8000x", "DURSOR_PORT (environment)"},
        {"DURSOR_AUTH=none", "one of local, entra; for example DURSOR_AUTH=local"},
        {"DURSOR_DEBUG=maybe", "true or false; for example DURSOR_DEBUG=false"},
        {"DURSOR_LOG_LEVEL=LOUD",
         "one of DEBUG, INFO, WARNING, ERROR; for example DURSOR_LOG_LEVEL=INFO"},
        {"DURSOR_DATA_DIR=data", "an absolute path; for example DURSOR_DATA_DIR=/"},
        {"DURSOR_HOST=my host", "a host name or an IP address"},
        {"DURSOR_DATABASE_URL=mysql://x", "postgresql://USER@HOST/NAME"},
        {"DURSOR_DATABASE_URL=postgresql://", "postgresql://USER@HOST/NAME"},
        {"DURSOR_QUEUE_URL=redis://x", "celery+redis://"},
        {"DURSOR_BUS_URL=kafka://x", "one of local:, store:, redis://HOST"},
        {"DURSOR_BLOB_URL=s3://x", "azblob://ACCOUNT"},
        {"DURSOR_SECRETS_URL=vault", "keyvault://NAME"},
        {"DURSOR_PROXY_URL=proxy:1", "socks5h://"},
        {"OPENAI_BASE_URL=api.openai.com", "https://"},
        {"DURSOR_ALLOWED_ORIGINS=*",
         "without a path; for example DURSOR_ALLOWED_ORIGINS=http://localhost:3000"},
        {"DURSOR_ALLOWED_ORIGINS=http://a.example,http://b.example/x", "without a path"},
        {"DURSOR_BRANCH_PREFIX=../x", "a beginning of branch names"},
        {"DURSOR_GIT_AUTHOR_EMAIL=ann", "an e-mail address"},
        {"DURSOR_GIT_AUTHOR_NAME=a <b>", "a name without"},
        {"DURSOR_GIT_AUTHOR_NAME=a\nb", "free of line breaks"},
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_HAS(refusal(s, ENV(wrong[i][0])), wrong[i][1]);
    return OK;
}

TEST(a_wrong_value_of_the_file_is_refused_with_its_line)
{
    Settings *settings;
    Error *e = load_with_file(s, "\n\nDURSOR_PORT=x\n", NULL, &settings);

    CHECK(failed_as(e, INVALID));
    CHECK_HAS(e->message, "/.config/dursor/.env:3): \"x\" is not");
    return OK;
}

TEST(a_wrong_secret_is_not_repeated_in_the_refusal)
{
    const char *message = refusal(s, ENV("OPENAI_API_KEY=sk-very\nsecret"));

    CHECK_HAS(message, "OPENAI_API_KEY (environment): the value is not free of line breaks");
    CHECK(!strstr(message, "very"));
    message = refusal(s, ENV("DURSOR_BUS_URL=amqp://ann:hush@host"));
    CHECK_HAS(message, "amqp://ann:***@host");
    return OK;
}

TEST(a_lease_must_leave_time_for_a_second_renewal)
{
    Settings *settings;

    CHECK_HAS(refusal(s, ENV("DURSOR_LEASE_SECONDS=10", "DURSOR_LEASE_RENEW_SECONDS=6")),
              "for example DURSOR_LEASE_RENEW_SECONDS=3");
    TRY(load(s, ENV("DURSOR_LEASE_SECONDS=2", "DURSOR_LEASE_RENEW_SECONDS=1"), &settings));
    CHECK_HAS(refusal(s, ENV("DURSOR_STREAM_ROTATE_SECONDS=10")),
              "DURSOR_STREAM_HEARTBEAT_SECONDS");
    return OK;
}

TEST(the_database_address_of_the_former_dursor_is_understood)
{
    Settings *settings;

    TRY(load(s, ENV("DURSOR_DATABASE_URL=sqlite+aiosqlite:////srv/d.db"), &settings));
    CHECK_TEXT(settings->database_url, "sqlite:///srv/d.db");
    TRY(load(s, ENV("DURSOR_DATABASE_URL=sqlite:////srv/d.db"), &settings));
    CHECK_TEXT(settings->database_url, "sqlite:///srv/d.db");
    TRY(load(s, ENV("DURSOR_DATABASE_URL=sqlite::memory:"), &settings));
    CHECK_TEXT(settings->database_url, "sqlite::memory:");
    CHECK_HAS(refusal(s, ENV("DURSOR_DATABASE_URL=sqlite+aiosqlite:///data/d.db")), "four slashes");
    return OK;
}

TEST(a_key_alone_is_enough_to_use_a_provider)
{
    Settings *settings;

    TRY(load(s, ENV("ANTHROPIC_API_KEY= sk-ant \n"), &settings));
    CHECK_TEXT(settings->anthropic_api_key, "sk-ant");
    CHECK(!text_empty(settings->anthropic_model));
    CHECK(!text_empty(settings->anthropic_base_url));
    CHECK(!settings->openai_api_key);
    return OK;
}

TEST(lists_are_split_at_commas_and_addresses_lose_their_last_slash)
{
    Settings *settings;

    TRY(load(s,
             ENV("DURSOR_ALLOWED_ORIGINS=http://a.example, https://b.example:3000,",
                 "OPENAI_BASE_URL=http://c/v1/"),
             &settings));
    CHECK_EQ(settings->allowed_origins.count, 2);
    CHECK_TEXT(settings->allowed_origins.items[1], "https://b.example:3000");
    CHECK_TEXT(settings->openai_base_url, "http://c/v1");
    return OK;
}

TEST(debug_and_auth_move_the_presets_that_depend_on_them)
{
    Settings *settings;

    TRY(load(s, ENV("DURSOR_DEBUG=1"), &settings));
    CHECK_TEXT(settings->log_level, "DEBUG");
    CHECK(settings->git_allow_file);
    TRY(load(s, ENV("DURSOR_DEBUG=1", "DURSOR_LOG_LEVEL=warning", "DURSOR_AUTH=Entra"), &settings));
    CHECK_TEXT(settings->log_level, "warning");
    CHECK(!settings->git_allow_file);
    TRY(load(s, ENV("DURSOR_AUTH=entra", "DURSOR_GIT_ALLOW_FILE=true"), &settings));
    CHECK(settings->git_allow_file);
    return OK;
}

TEST(in_local_mode_only_loopback_addresses_may_listen)
{
    static const char *const open[] = {"DURSOR_HOST=0.0.0.0",
                                       "DURSOR_HOST=::", "DURSOR_HOST=10.0.0.1",
                                       "DURSOR_HOST=localhost.example.com"};
    static const char *const closed[] = {"DURSOR_HOST=127.0.0.2", "DURSOR_HOST=::1",
                                         "DURSOR_HOST=localhost"};
    Settings *settings;

    for (size_t i = 0; i < COUNT_OF(open); i++) {
        TRY(load(s, ENV(open[i]), &settings));
        FAILS(INVALID, settings_may_listen(s, settings));
        TRY(load(s, ENV(open[i], "DURSOR_AUTH=entra"), &settings));
        TRY(settings_may_listen(s, settings));
    }
    for (size_t i = 0; i < COUNT_OF(closed); i++) {
        TRY(load(s, ENV(closed[i]), &settings));
        TRY(settings_may_listen(s, settings));
    }
    return OK;
}

TEST(a_mistyped_name_is_answered_with_the_one_that_was_meant)
{
    Settings *settings;

    TRY(load(s, ENV("DURSOR_PROT=1", "DURSOR_OPENAI_API_KEY=k", "DURSOR_NOTHING_LIKE_IT=1"),
             &settings));
    CHECK_EQ(settings->warnings.count, 3);
    CHECK_HAS(settings->warnings.items[0],
              "DURSOR_PROT (environment) is no setting: did you mean DURSOR_PORT?");
    CHECK_HAS(settings->warnings.items[1], "did you mean OPENAI_API_KEY?");
    CHECK_TEXT(settings->warnings.items[2], "DURSOR_NOTHING_LIKE_IT (environment) is no setting");
    TRY(load_with_file(s, "OPENAI_APIKEY=k\nEDITOR=vi\n", NULL, &settings));
    CHECK_EQ(settings->warnings.count, 1);
    CHECK_HAS(settings->warnings.items[0], "did you mean OPENAI_API_KEY?");
    return OK;
}

TEST(names_of_the_former_dursor_are_left_in_peace)
{
    Settings *settings;

    TRY(load(
        s,
        ENV("DURSOR_GITHUB_APP_ID=1", "dursor_agentic_enabled=true", "DURSOR_TEST_POSTGRES_URL=x"),
        &settings));
    CHECK_EQ(settings->warnings.count, 0);
    return OK;
}

static fallible shown(Scope *s, const char *variable, const char *name, const char **out)
{
    Settings *settings;

    TRY(load(s, ENV(variable), &settings));
    *out = setting_shown(s, settings, type_field(&settings_type, name));
    return OK;
}

TEST(secrets_and_passwords_are_masked_when_shown)
{
    static const char *const cases[][3] = {
        {"OPENAI_API_KEY=sk-1", "openai_api_key", "***"},
        {"DURSOR_DATABASE_URL=postgresql://ann:hush@db/x?sslpassword=a&a=b&password=c",
         "database_url", "postgresql://ann:***@db/x?sslpassword=***&a=b&password=***"},
        {"DURSOR_DATABASE_URL=postgresql://ann@db/x", "database_url", "postgresql://ann@db/x"},
        {"DURSOR_BUS_URL=rediss://:p@ss@h:1/0", "bus_url", "rediss://:***@h:1/0"},
        {"DURSOR_PROXY_URL=http://token@proxy:1", "proxy_url", "http://***@proxy:1"},
    };
    const char *value;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        TRY(shown(s, cases[i][0], cases[i][1], &value));
        CHECK_TEXT(value, cases[i][2]);
    }
    TRY(shown(s, "A=b", "git_token", &value));
    CHECK(!value);
    return OK;
}

TEST(the_list_shows_every_setting_with_value_and_origin)
{
    Settings *settings;
    Buffer b = buffer_in(s);

    TRY(load(s, ENV("DURSOR_PORT=81", "GEMINI_API_KEY=hush"), &settings));
    settings_print(&b, settings);
    const char *list = buffer_string(&b);
    for (const Field *f = settings_type.fields; f->name; f++)
        CHECK_HAS(list, text(s, "%s ", setting_variable(s, f)));
    CHECK(text_matches(list, "*\nDURSOR_PORT  *  81  *  environment\n*"));
    CHECK(text_matches(list, "*\nGEMINI_API_KEY  *  [*][*][*]  *  environment\n*"));
    CHECK(text_matches(list, "*\nDURSOR_GIT_TOKEN  *  -  *  default\n*"));
    CHECK(!strstr(list, "hush"));
    return OK;
}

TEST(the_json_list_holds_the_same_for_programs)
{
    Settings *settings;
    Buffer b = buffer_in(s);
    json_t *list;

    TRY(load(s, ENV("GEMINI_API_KEY=hush", "DURSOR_HOST=::1"), &settings));
    settings_print_json(&b, settings);
    TRY(json_parse(s, buffer_view(&b), &list));
    CHECK_TEXT(json_at_text(list, "0.variable"), "DURSOR_HOST");
    CHECK_TEXT(json_at_text(list, "0.value"), "::1");
    CHECK_TEXT(json_at_text(list, "0.origin"), "environment");
    CHECK(json_at_text(list, "0.about"));
    CHECK(!strstr(buffer_string(&b), "hush"));
    return OK;
}

TEST(every_row_is_described_and_its_preset_and_example_are_accepted)
{
    for (const Field *f = settings_type.fields; f->name; f++) {
        Settings *settings;
        const char *variable = setting_variable(s, f);

        CHECK(text_ends(f->about, "."));
        CHECK(f->kind != FIELD_INT || (f->preset && f->most > f->least));
        TRY(load(s, ENV(text(s, "%s=%s", variable, f->preset ? f->preset : "")), &settings));
        TRY(load(s, ENV(text(s, "%s=%s", variable, setting_example(f))), &settings));
    }
    return OK;
}

TEST(the_example_file_in_the_repository_is_what_the_table_says)
{
    Buffer b = buffer_in(s);
    Bytes file;

    settings_print_example(&b);
    TRY(file_read(s, DURSOR_SOURCE "/.env.example", SETTINGS_FILE_MAX, &file));
    CHECK_TEXT(text_of(s, file), buffer_string(&b));
    return OK;
}
