/* What a setting's value may be: a row for each that its type alone does not decide. */

#include "model/settings_check.h"

#include <arpa/inet.h>
#include <ctype.h>

#include "base/log.h"

typedef bool SettingRule(const char *value);

/* What a value must be: one that begins with a scheme, or one that the rule takes. */
typedef struct SettingCheck {
    const char *name;
    const char *what; /* in words: "an absolute path" */
    const char *example;
    SettingRule *fits;
    const char *schemes[5]; /* ended by NULL; "store:" may stand alone, "redis://" may not */
} SettingCheck;

static bool only(const char *value, const char *more)
{
    for (; *value; value++)
        if (!isalnum((unsigned char)*value) && !strchr(more, *value))
            return false;
    return true;
}

static bool has_scheme(const char *value, const char *const *schemes)
{
    for (; *schemes; schemes++)
        if (text_starts(value, *schemes) && (text_ends(*schemes, ":") || value[strlen(*schemes)]))
            return true;
    return false;
}

static bool is_host(const char *value)
{
    return only(value, ".:-_%");
}

static bool is_path(const char *value)
{
    return value[0] == '/' || text_starts(value, "~/");
}

static bool is_level(const char *value)
{
    LogLevel level;

    return log_level_named(value, &level);
}

static bool is_memory_database(const char *value)
{
    return text_equal(value, "sqlite::memory:");
}

static bool is_http(const char *value)
{
    static const char *const schemes[] = {"https://", "http://", NULL};

    return has_scheme(value, schemes) && !strpbrk(value, " ?#");
}

/* scheme://host[:port] as browsers send it: no path, no wildcard. */
static bool is_origin(const char *value)
{
    return is_http(value) && only(strstr(value, "://") + 3, ".:-[]");
}

/* A part of a ref name by git-check-ref-format(1), and no character that a shell minds. */
static bool is_ref_part(const char *value)
{
    return only(value, "._-/") && !strchr("./-", value[0]) && !strstr(value, "..") &&
           !strstr(value, "//") && !strstr(value, "/.") && !text_ends(value, "/") &&
           !text_ends(value, ".") && !strstr(value, ".lock");
}

static bool is_person(const char *value)
{
    return !strpbrk(value, "<>");
}

static bool is_email(const char *value)
{
    return strchr(value, '@') && !strpbrk(value, "<> ");
}

#define HOST    "a host name or an IP address"
#define PATH    "an absolute path"
#define ADDRESS "an address that begins with https:// or http://"

/* The former dursor's address of a database has four slashes before an absolute path; three meant a
 * path relative to wherever it was started, and are refused. */
static const SettingCheck checks[] = {
    {"host", HOST, "localhost", is_host, {0}},
    {"log_level", "one of DEBUG, INFO, WARNING, ERROR", "INFO", is_level, {0}},
    {"allowed_origins",
     "a list of origins, each https://HOST or http://HOST:PORT without a path",
     "http://localhost:3000",
     is_origin,
     {0}},
    {"allowed_hosts", HOST, "dursor.example.com", is_host, {0}},
    {"public_url",
     "https://HOST or http://HOST:PORT without a path",
     "https://dursor.example.com",
     is_origin,
     {0}},
    {"api_url", ADDRESS, "http://127.0.0.1:8001", is_http, {0}},
    {"health_host", HOST, "localhost", is_host, {0}},
    {"base_dir", PATH, "/srv/dursor", is_path, {0}},
    {"data_dir", PATH, "/srv/dursor/data", is_path, {0}},
    {"workspaces_dir", PATH, "/srv/dursor/workspaces", is_path, {0}},
    {"database_url",
     "sqlite:///ABSOLUTE/PATH, sqlite::memory: or postgresql://USER@HOST/NAME (and four slashes in"
     " sqlite+aiosqlite:////ABSOLUTE/PATH)",
     "postgresql://dursor@db.example.com/dursor",
     is_memory_database,
     {"sqlite:///", "sqlite+aiosqlite:////", "postgresql://", "postgres://"}},
    {"database_direct_url",
     "postgresql://USER@HOST/NAME",
     "postgresql://dursor@db.example.com:5432/dursor",
     NULL,
     {"postgresql://", "postgres://"}},
    {"database_password_file", PATH, "/run/secrets/database-password", is_path, {0}},
    {"queue_url",
     "one of store:, celery+redis://HOST, celery+rediss://HOST",
     "store:",
     NULL,
     {"store:", "celery+redis://", "celery+rediss://"}},
    {"bus_url",
     "one of local:, store:, redis://HOST, rediss://HOST",
     "local:",
     NULL,
     {"local:", "store:", "redis://", "rediss://"}},
    {"cache_url",
     "one of local:, redis://HOST, rediss://HOST",
     "local:",
     NULL,
     {"local:", "redis://", "rediss://"}},
    {"blob_url",
     "file:///ABSOLUTE/PATH or azblob://ACCOUNT",
     "file:///srv/dursor/blobs",
     NULL,
     {"file:///", "azblob://"}},
    {"secrets_url", "env: or keyvault://NAME", "env:", NULL, {"env:", "keyvault://"}},
    {"git_token_host", HOST, "github.com", is_host, {0}},
    {"github_api_url", ADDRESS, "https://github.example.com/api/v3", is_http, {0}},
    {"git_author_name", "a name without '<' and '>'", "dursor", is_person, {0}},
    {"git_author_email", "an e-mail address", "dursor@example.com", is_email, {0}},
    {"branch_prefix",
     "a beginning of branch names: letters, digits, '.', '_', '-', and single '/' inside",
     "dursor",
     is_ref_part,
     {0}},
    {"proxy_url",
     "an address that begins with http://, https:// or socks5h://",
     "http://proxy.example.com:3128",
     NULL,
     {"http://", "https://", "socks5h://", "socks5://"}},
    {"ca_file", PATH, "/etc/ssl/certs/company.pem", is_path, {0}},
    {"openai_base_url", ADDRESS, "https://api.openai.com/v1", is_http, {0}},
    {"anthropic_base_url", ADDRESS, "https://api.anthropic.com", is_http, {0}},
    {"gemini_base_url", ADDRESS, "https://generativelanguage.googleapis.com", is_http, {0}},
    {0},
};

static const SettingCheck *check_of(const Field *field)
{
    for (const SettingCheck *c = checks; c->name; c++)
        if (text_equal(c->name, field->name))
            return c;
    return NULL;
}

const char *setting_example(const Field *field)
{
    const SettingCheck *check = check_of(field);

    if (check)
        return check->example;
    if (field->preset)
        return field->preset;
    return field->kind == FIELD_BOOL ? "true" : "";
}

/* A row without a check takes every text. */
static bool passes(const SettingCheck *check, const char *value, const char **what)
{
    if (!check)
        return true;
    *what = check->what;
    return has_scheme(value, check->schemes) || (check->fits && check->fits(value));
}

static bool has_control(const char *value)
{
    for (; *value; value++)
        if ((unsigned char)*value < ' ' || *value == 0x7f)
            return true;
    return false;
}

/* A list is commas between texts; empty ones are dropped, each other must fit. */
static bool set_texts(Scope *s, const Field *field, const char *value, TextList *out,
                      const char **what)
{
    const SettingCheck *check = check_of(field);
    TextList parts = text_split(s, value, ',');
    TextList kept = {0};

    EACH (const char *, part, &parts) {
        const char *trimmed = text_trim(s, *part);
        if (!*trimmed)
            continue;
        if (!passes(check, trimmed, what))
            return false;
        texts_add(s, &kept, trimmed);
    }
    *out = kept;
    return true;
}

static bool set_member(Scope *s, const Field *field, const char *value, Settings *settings,
                       const char **what)
{
    *what = "a text of at most 65536 bytes";
    if (strlen(value) > SETTING_TEXT_MAX)
        return false;
    *what = "free of line breaks and other control characters";
    if (has_control(value) || !utf8_valid(bytes_of(value)))
        return false;
    if (field->kind == FIELD_TEXTS)
        return set_texts(s, field, value, MEMBER(TextList, settings, field), what);
    if (!passes(check_of(field), value, what))
        return false;
    return field_from_text(s, field, settings,
                           field->kind == FIELD_ENUM ? text_lower(s, value) : value, what);
}

fallible setting_set(Scope *s, const Field *field, const char *value, const SettingOrigin *origin,
                     Settings *settings)
{
    const char *what = NULL, *name = setting_variable(s, field), *example = setting_example(field);

    if (set_member(s, field, value, settings, &what))
        return OK;
    return fail(s, INVALID, "%s (%s): %s is not %s%s", name, setting_origin_text(s, origin),
                setting_quoted(s, field, value), what,
                *example ? text(s, "; for example %s=%s", name, example) : "");
}

static const char *without_slash(Scope *s, const char *url)
{
    size_t size = strlen(url);

    while (size > 0 && url[size - 1] == '/')
        size--;
    return text_of(s, (Bytes){url, size});
}

/* sqlite:///a and sqlite:////a, with or without the driver name of the former dursor, are one. */
static const char *database_form(Scope *s, const char *url)
{
    if (!text_starts(url, "sqlite") || text_equal(url, "sqlite::memory:"))
        return url;
    const char *path = strchr(url, '/');
    return text(s, "sqlite:///%s", path + strspn(path, "/"));
}

fallible settings_check(Scope *s, Settings *settings)
{
    settings->database_url = database_form(s, settings->database_url);
    if (settings->public_url)
        settings->public_url = text_lower(s, settings->public_url);
    if (settings->api_url)
        settings->api_url = without_slash(s, settings->api_url);
    settings->github_api_url = without_slash(s, settings->github_api_url);
    settings->openai_base_url = without_slash(s, settings->openai_base_url);
    settings->anthropic_base_url = without_slash(s, settings->anthropic_base_url);
    settings->gemini_base_url = without_slash(s, settings->gemini_base_url);

    if (settings->lease_renew_seconds * 2 > settings->lease_seconds)
        return fail(
            s, INVALID,
            "DURSOR_LEASE_RENEW_SECONDS: %lld is more than half of DURSOR_LEASE_SECONDS, %lld: a "
            "late renewal would lose the job; for example DURSOR_LEASE_RENEW_SECONDS=%lld",
            (long long)settings->lease_renew_seconds, (long long)settings->lease_seconds,
            (long long)settings->lease_seconds / 3 + (settings->lease_seconds < 3));
    if (settings->stream_heartbeat_seconds >= settings->stream_rotate_seconds)
        return fail(
            s, INVALID,
            "DURSOR_STREAM_HEARTBEAT_SECONDS: %lld is not below DURSOR_STREAM_ROTATE_SECONDS, "
            "%lld; for example DURSOR_STREAM_HEARTBEAT_SECONDS=10",
            (long long)settings->stream_heartbeat_seconds,
            (long long)settings->stream_rotate_seconds);
    return OK;
}

static bool is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    return text_equal(host, "localhost");
}

fallible settings_may_listen(Scope *s, const Settings *settings)
{
    if (settings->auth != AUTH_LOCAL || is_loopback(settings->host))
        return OK;
    return fail(s, INVALID,
                "DURSOR_HOST (%s): \"%s\" is reached from other machines, and DURSOR_AUTH=local "
                "knows only the "
                "one user of this machine; for example DURSOR_HOST=localhost, or DURSOR_AUTH=entra",
                setting_origin_text(s, setting_origin(settings, "host")), settings->host);
}

const char *settings_origin(Scope *s, const Settings *settings, int64_t port)
{
    return settings->public_url ? settings->public_url
                                : text(s, "http://localhost:%lld", (long long)port);
}
