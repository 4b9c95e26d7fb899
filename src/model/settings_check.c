/* What a setting's value may be: a row for each that its type alone does not decide. */

#include "model/settings_check.h"

#include <arpa/inet.h>
#include <ctype.h>

#include "base/log.h"

/* True when the value fits; *what says what would: "an absolute path". */
typedef bool SettingRule(const char *value, const char **what);

typedef struct SettingCheck {
    const char *name;
    SettingRule *fits;
    const char *example;
} SettingCheck;

static bool only(const char *value, const char *more)
{
    for (; *value; value++)
        if (!isalnum((unsigned char)*value) && !strchr(more, *value))
            return false;
    return true;
}

static bool starts_with_one(const char *value, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (text_starts(value, *prefixes) &&
            (text_ends(*prefixes, ":") || value[strlen(*prefixes)]))
            return true;
    return false;
}

static bool is_host(const char *value, const char **what)
{
    *what = "a host name or an IP address";
    return only(value, ".:-_%");
}

static bool is_path(const char *value, const char **what)
{
    *what = "an absolute path";
    return value[0] == '/' || text_starts(value, "~/");
}

static bool is_level(const char *value, const char **what)
{
    LogLevel level;

    *what = "one of DEBUG, INFO, WARNING, ERROR";
    return log_level_named(value, &level);
}

/* The former dursor's form has four slashes before an absolute path; three meant a path relative to
 * wherever it was started. */
static bool is_database(const char *value, const char **what)
{
    static const char *const schemes[] = {"sqlite:///", "postgresql://", "postgres://", NULL};

    *what = "sqlite:///ABSOLUTE/PATH, sqlite::memory: or postgresql://USER@HOST/NAME";
    if (text_starts(value, "sqlite+aiosqlite:")) {
        *what = "an absolute path (four slashes before it)";
        return text_starts(value, "sqlite+aiosqlite:////");
    }
    return text_equal(value, "sqlite::memory:") || starts_with_one(value, schemes);
}

static bool is_postgresql(const char *value, const char **what)
{
    static const char *const schemes[] = {"postgresql://", "postgres://", NULL};

    *what = "postgresql://USER@HOST/NAME";
    return starts_with_one(value, schemes);
}

static bool is_queue(const char *value, const char **what)
{
    static const char *const schemes[] = {"store:", "celery+redis://", "celery+rediss://", NULL};

    *what = "one of store:, celery+redis://HOST, celery+rediss://HOST";
    return starts_with_one(value, schemes);
}

static bool is_bus(const char *value, const char **what)
{
    static const char *const schemes[] = {"local:", "store:", "redis://", "rediss://", NULL};

    *what = "one of local:, store:, redis://HOST, rediss://HOST";
    return starts_with_one(value, schemes);
}

static bool is_blob(const char *value, const char **what)
{
    static const char *const schemes[] = {"file:///", "azblob://", NULL};

    *what = "file:///ABSOLUTE/PATH or azblob://ACCOUNT";
    return starts_with_one(value, schemes);
}

static bool is_secrets(const char *value, const char **what)
{
    static const char *const schemes[] = {"env:", "keyvault://", NULL};

    *what = "env: or keyvault://NAME";
    return starts_with_one(value, schemes);
}

static bool is_http(const char *value, const char **what)
{
    static const char *const schemes[] = {"https://", "http://", NULL};

    *what = "an address that begins with https:// or http://";
    return starts_with_one(value, schemes) && !strpbrk(value, " ?#");
}

static bool is_proxy(const char *value, const char **what)
{
    static const char *const schemes[] = {"http://", "https://", "socks5h://", "socks5://", NULL};

    *what = "an address that begins with http://, https:// or socks5h://";
    return starts_with_one(value, schemes);
}

/* scheme://host[:port] as browsers send it: no path, no wildcard. */
static bool is_origin(const char *value, const char **what)
{
    *what = "a list of origins, each https://HOST or http://HOST:PORT without a path";
    return is_http(value, &(const char *){NULL}) && only(strstr(value, "://") + 3, ".:-[]");
}

/* A part of a ref name by git-check-ref-format(1), and no character that a shell minds. */
static bool is_ref_part(const char *value, const char **what)
{
    *what = "a beginning of branch names: letters, digits, '.', '_', '-', and single '/' inside";
    return only(value, "._-/") && !strchr("./-", value[0]) && !strstr(value, "..") &&
           !strstr(value, "//") && !strstr(value, "/.") && !text_ends(value, "/") &&
           !text_ends(value, ".") && !strstr(value, ".lock");
}

static bool is_person(const char *value, const char **what)
{
    *what = "a name without '<' and '>'";
    return !strpbrk(value, "<>");
}

static bool is_email(const char *value, const char **what)
{
    *what = "an e-mail address";
    return strchr(value, '@') && !strpbrk(value, "<> ");
}

static const SettingCheck checks[] = {
    {"host", is_host, "localhost"},
    {"log_level", is_level, "INFO"},
    {"allowed_origins", is_origin, "http://localhost:3000"},
    {"allowed_hosts", is_host, "dursor.example.com"},
    {"base_dir", is_path, "/srv/dursor"},
    {"data_dir", is_path, "/srv/dursor/data"},
    {"workspaces_dir", is_path, "/srv/dursor/workspaces"},
    {"database_url", is_database, "postgresql://dursor@db.example.com/dursor"},
    {"database_direct_url", is_postgresql, "postgresql://dursor@db.example.com:5432/dursor"},
    {"queue_url", is_queue, "store:"},
    {"bus_url", is_bus, "local:"},
    {"blob_url", is_blob, "file:///srv/dursor/blobs"},
    {"secrets_url", is_secrets, "env:"},
    {"git_token_host", is_host, "github.com"},
    {"git_author_name", is_person, "dursor"},
    {"git_author_email", is_email, "dursor@example.com"},
    {"branch_prefix", is_ref_part, "dursor"},
    {"proxy_url", is_proxy, "http://proxy.example.com:3128"},
    {"ca_file", is_path, "/etc/ssl/certs/company.pem"},
    {"openai_base_url", is_http, "https://api.openai.com/v1"},
    {"anthropic_base_url", is_http, "https://api.anthropic.com"},
    {"gemini_base_url", is_http, "https://generativelanguage.googleapis.com"},
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
        if (check && !check->fits(trimmed, what))
            return false;
        texts_add(s, &kept, trimmed);
    }
    *out = kept;
    return true;
}

static bool set_member(Scope *s, const Field *field, const char *value, Settings *settings,
                       const char **what)
{
    const SettingCheck *check = check_of(field);

    *what = "a text of at most 65536 bytes";
    if (strlen(value) > SETTING_TEXT_MAX)
        return false;
    *what = "free of line breaks and other control characters";
    if (has_control(value) || !utf8_valid(bytes_of(value)))
        return false;
    if (field->kind == FIELD_TEXTS)
        return set_texts(s, field, value, MEMBER(TextList, settings, field), what);
    if (check && !check->fits(value, what))
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
