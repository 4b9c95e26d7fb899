/* The postgresql: URL: libpq's own form (host lists, sslmode, target_session_attrs …), with defaults
 * that notice a dead server; and where its password comes from. */

#include "store/postgres.h"

#include "sys/file.h"

#define OWN_OPTION   "dursor_prepared="
#define SESSION_KIND "target_session_attrs"

/* Used unless the URL says otherwise. A server that vanished is noticed within about 30 s. */
static const struct {
    const char *name, *value;
} defaults[] = {
    {"application_name", "dursor"}, {"client_encoding", "UTF8"}, {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},   {"keepalives_count", "3"},   {"tcp_user_timeout", "20000"},
};

static fallible read_own(Scope *s, const char *value, PostgresUrl *url)
{
    if (!text_equal(value, "on") && !text_equal(value, "off"))
        return fail(s, INVALID, "dursor_prepared in the database's URL is on or off");
    url->naming = text_equal(value, "on") ? NAMED : UNNAMED;
    return OK;
}

/* The URL without our own options. */
static fallible take_own(Scope *s, const char *t, PostgresUrl *url, const char **rest)
{
    const char *query = strchr(t, '?');
    TextList kept = {0};

    *rest = t;
    if (!query)
        return OK;
    TextList parts = text_split(s, query + 1, '&');
    EACH (const char *, part, &parts) {
        if (text_starts(*part, OWN_OPTION))
            TRY(read_own(s, *part + strlen(OWN_OPTION), url));
        else
            texts_add(s, &kept, *part);
    }
    const char *base = text_of(s, (Bytes){t, (size_t)(query - t)});
    *rest = kept.count ? text(s, "%s?%s", base, text_join(s, &kept, "&")) : base;
    return OK;
}

/* ---- Options ---- */

typedef struct Options {
    TextList names, values;
} Options;

static void add_option(Scope *s, Options *all, const char *name, const char *value)
{
    texts_add(s, &all->names, name);
    texts_add(s, &all->values, value);
}

static const char *option(const Options *all, const char *name)
{
    for (size_t i = 0; i < all->names.count; i++)
        if (text_equal(all->names.items[i], name))
            return all->values.items[i];
    return NULL;
}

/* Of several hosts the one that takes writes is meant: the others are standbys. */
static void add_defaults(Scope *s, Options *all)
{
    const char *host = option(all, "host"), *address = option(all, "hostaddr");

    for (size_t i = 0; i < COUNT_OF(defaults); i++)
        if (!option(all, defaults[i].name))
            add_option(s, all, defaults[i].name, defaults[i].value);
    if (strchr(host ? host : address ? address : "", ',') && !option(all, SESSION_KIND))
        add_option(s, all, SESSION_KIND, "read-write");
}

/* ---- Hosts ---- */

static bool is_listed(const char *name)
{
    return text_equal(name, "host") || text_equal(name, "hostaddr") || text_equal(name, "port");
}

/* One entry stands for all hosts. */
static const char *of_host(Scope *s, const char *list, size_t host)
{
    TextList entries = text_split(s, list, ',');

    if (entries.count == 1)
        return list;
    return host < entries.count ? entries.items[host] : "";
}

static size_t hosts_in(Scope *s, const Options *all)
{
    const char *host = option(all, "host");
    const char *list = host ? host : option(all, "hostaddr");

    return list ? text_split(s, list, ',').count : 1;
}

static fallible add_hosts(Scope *s, const Options *all, PostgresUrl *url)
{
    url->count = all->names.count;
    url->names = scope_copy(s, all->names.items, url->count * sizeof *url->names);
    url->hosts = hosts_in(s, all);
    if (url->hosts > PG_HOSTS_MAX)
        return fail(s, INVALID, "the database's URL names %zu hosts: at most %d", url->hosts,
                    PG_HOSTS_MAX);
    for (size_t host = 0; host < url->hosts; host++) {
        url->values[host] = NEW_ARRAY(s, const char *, url->count);
        for (size_t i = 0; i < url->count; i++)
            url->values[host][i] = is_listed(url->names[i]) ? of_host(s, all->values.items[i], host)
                                                            : all->values.items[i];
    }
    return OK;
}

static fallible read_url(Scope *s, const char *t, PostgresUrl *url)
{
    char *why = NULL; /* may quote the password: never shown */
    Options all = {0};
    const char *rest;

    TRY(take_own(s, t, url, &rest));
    PQconninfoOption *options = PQconninfoParse(rest, &why);
    PQfreemem(why);
    if (!options)
        return fail(s, INVALID,
                    "the database's URL is not of the form "
                    "postgresql://USER:PASSWORD@HOST:PORT/NAME?sslmode=…; "
                    "special characters in it are written as %%XX");
    for (const PQconninfoOption *o = options; o->keyword; o++)
        if (o->val)
            add_option(s, &all, o->keyword, o->val);
    PQconninfoFree(options);
    add_defaults(s, &all);
    return add_hosts(s, &all, url);
}

/* ---- Logins ---- */

/* Read for each connection: a password that was changed, or a token that was mounted anew, holds from
 * the next one on. */
static Error *login_from_file(Scope *s, void *path, StoreLogin *out)
{
    Bytes content;
    Error *e = file_read(s, path, PG_PASSWORD_MAX, &content);

    if (e)
        return fail_code(s, UNAVAILABLE, "database_denied", "reading the database's password: %s",
                         e->message);
    const char *password = text_trim(s, text_of(s, content));
    if (text_empty(password) || memchr(content.data, 0, content.size))
        return fail_code(s, UNAVAILABLE, "database_denied",
                         "%s is to hold the database's password, and nothing else",
                         (const char *)path);
    *out = (StoreLogin){.password = password};
    return OK;
}

fallible postgres_url(Scope *s, const StoreOptions *options, bool direct, const PostgresUrl **out)
{
    PostgresUrl *url = NEW(s, PostgresUrl);
    const char *path = options->password_file;

    url->login = options->login;
    url->login_from = options->login_from;
    if (!url->login && path) {
        url->login = login_from_file;
        url->login_from = scope_copy(s, path, strlen(path) + 1);
    }
    TRY(read_url(s, direct && options->direct_url ? options->direct_url : options->url, url));
    *out = url;
    return OK;
}
