/* The settings of a process: one struct, one table (settings_type, in settings_table.c).
 *
 * A member `port` is the variable DURSOR_PORT; members marked UNPREFIXED are named as their
 * providers name them (OPENAI_API_KEY). A value comes from the environment, else from one settings
 * file, else from its preset; the file is never looked for in the current directory, where a
 * stranger's checkout could redirect a key. Each value remembers where it came from.
 *
 * Settings are read once, at start, and are constant afterwards: threads may share them. Members
 * marked SECRET may be used, never shown: show settings with settings_shown or settings_print.
 */
#pragma once

#include "base/table.h"

/* A flag beside those of base/table.h: the variable has no DURSOR_ before its name. */
enum { UNPREFIXED = 1 << 16 };

enum {
    SETTINGS_FILE_MAX = 256 << 10, /* bytes of a settings file */
    SETTING_TEXT_MAX = 64 << 10,   /* bytes of one value, from either source */
};

typedef enum LogFormat { LOG_FORMAT_TEXT = 1, LOG_FORMAT_JSON } LogFormat;
typedef enum AuthMode { AUTH_LOCAL = 1, AUTH_ENTRA } AuthMode;
typedef enum GitCredentials { GIT_CREDENTIALS_NONE = 1, GIT_CREDENTIALS_USER } GitCredentials;

extern const Name log_format_names[];
extern const Name auth_mode_names[];
extern const Name git_credentials_names[];

typedef enum SettingSource {
    SETTING_PRESET = 1,
    SETTING_ENVIRONMENT,
    SETTING_FILE,
} SettingSource;

typedef struct SettingOrigin {
    SettingSource source;
    const char *file; /* of SETTING_FILE */
    int line;
} SettingOrigin;

/* Texts are never NULL where a row says REQUIRED or has a preset; the others may be. */
typedef struct Settings {
    /* Where it listens and what it says. */
    const char *host; /* localhost: 127.0.0.1 and ::1 */
    int64_t port;     /* 0: any free one */
    bool debug;
    const char *log_level;
    LogFormat log_format;
    AuthMode auth;
    TextList allowed_origins; /* of browsers, beside the server's own */
    TextList allowed_hosts;   /* in the Host header, beside loopback names */
    const char
        *public_url;     /* NULL unless set: where browsers find the server, without a last slash */
    const char *api_url; /* NULL unless set: what dursor web passes on to, without a last slash */
    const char *health_host; /* where a worker says how it is */
    int64_t health_port;     /* 0: any free one */
    int64_t drain_seconds;

    /* Where things are: absolute paths, and URLs that choose the drivers. */
    const char *base_dir; /* NULL unless set: old dursor's parent of data and workspaces */
    const char *data_dir;
    const char *workspaces_dir;
    const char *database_url; /* sqlite:///ABSOLUTE/PATH, sqlite::memory: or postgresql://… */
    const char *database_direct_url;    /* NULL: database_url serves */
    const char *database_password_file; /* NULL: the URL has the password */
    int64_t database_connections;
    const char *queue_url;
    const char *bus_url;
    const char *cache_url; /* where what all processes count together is kept */
    const char *blob_url;
    const char *secrets_url;
    const char *encryption_key; /* NULL: made at first start */

    /* Jobs. */
    int64_t worker_concurrency;
    int64_t lease_seconds;
    int64_t lease_renew_seconds;
    int64_t job_tries;
    int64_t run_seconds;
    int64_t shutdown_grace_seconds;

    /* What is kept for how long; 0 days: for ever. */
    int64_t keep_events_days;
    int64_t keep_jobs_days;
    int64_t keep_dead_jobs_days;
    int64_t keep_intents_days;
    int64_t keep_deliveries_days;
    int64_t keep_shares_days;
    int64_t keep_news_minutes;

    /* Limits of the HTTP server. */
    int64_t http_workers;
    int64_t http_connections;
    int64_t http_streams;
    int64_t http_queue;
    int64_t http_header_bytes;
    int64_t http_body_bytes;
    int64_t http_header_seconds;
    int64_t http_body_seconds;
    int64_t request_seconds;
    int64_t json_depth;
    int64_t stream_buffer_bytes;
    int64_t stream_heartbeat_seconds;
    int64_t stream_rotate_seconds;
    int64_t run_log_lines;
    int64_t run_log_mb;
    bool share_links;

    /* Requests; 0: without limit. */
    int64_t user_requests_per_minute;
    int64_t tenant_requests_per_minute;

    /* Git and disk. */
    const char *git_token;
    const char *git_token_host;
    GitCredentials git_credentials;
    bool git_allow_file;
    int64_t git_seconds;
    const char *git_author_name;
    const char *git_author_email;
    const char *branch_prefix;
    int64_t disk_floor_mb;

    /* GitHub. */
    const char *github_api_url;
    const char *github_app_id;              /* with the key: an App, which goes before git_token */
    const char *github_app_private_key;     /* PEM, or base64 of it */
    const char *github_app_installation_id; /* NULL: found by the owner of a repository */
    const char *webhook_secret;             /* NULL: webhooks are refused */

    /* The way out. */
    const char *proxy_url;
    const char *no_proxy;
    const char *ca_file;

    /* Models. */
    const char *openai_api_key;
    const char *openai_model;
    const char *openai_base_url;
    const char *anthropic_api_key;
    const char *anthropic_model;
    const char *anthropic_base_url;
    const char *gemini_api_key;
    const char *gemini_model;
    const char *gemini_base_url;
    int64_t llm_concurrency;      /* calls at once per key */
    int64_t llm_calls_per_minute; /* with one key; 0: without limit */
    int64_t llm_tries;
    int64_t llm_connect_seconds;
    int64_t llm_first_byte_seconds;
    int64_t llm_idle_seconds;
    int64_t llm_total_seconds;
    const char *llm_prices_file; /* NULL: the built-in prices only */
    int64_t agent_turns;
    int64_t agent_context_tokens;
    int64_t agent_output_tokens;

    SettingOrigin *origins; /* one per row of settings_type, in its order */
    TextList warnings;      /* sentences for the log: names near to a known one, an open file */
} Settings;

extern const Type settings_type;

/* Where settings are read from. */
typedef struct SettingsSource {
    const char *const *environ; /* NAME=VALUE texts, ended by NULL */
    const char *file; /* NULL: DURSOR_ENV_FILE, else $XDG_CONFIG_HOME/dursor/.env if there */
} SettingsSource;

/* INVALID names the variable, says where it was set, what is wrong and gives an example. A file
 * that was named must exist; the preset place may be empty. */
fallible settings_load(Scope *s, const SettingsSource *from, Settings **out);

/* INVALID when these settings would let somebody else's machine reach a server that knows only one
 * local user: to be called before listening. */
fallible settings_may_listen(Scope *s, const Settings *settings);
/* Where browsers find the server that listens on that port: the public address, if one is set. */
const char *settings_origin(Scope *s, const Settings *settings, int64_t port);

/* DURSOR_PORT for port. */
const char *setting_variable(Scope *s, const Field *field);
const SettingOrigin *setting_origin(const Settings *settings, const char *name);
/* "default", "environment" or "/etc/dursor/.env:12". */
const char *setting_origin_text(Scope *s, const SettingOrigin *origin);
/* The value for eyes: secrets and passwords inside URLs are ***, absent is NULL. */
const char *setting_shown(Scope *s, const Settings *settings, const Field *field);

/* Aligned lines of variable, value, origin; or a JSON list of objects with those keys and about. */
void settings_print(Buffer *b, const Settings *settings);
void settings_print_json(Buffer *b, const Settings *settings);
/* The text of .env.example: each setting as a comment with what it does and its preset. */
void settings_print_example(Buffer *b);
