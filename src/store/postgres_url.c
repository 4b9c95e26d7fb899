/* The postgresql: URL: libpq's own form (host lists, sslmode, target_session_attrs …), with defaults
 * that notice a dead server. */

#include "store/postgres.h"

#define OWN_OPTION "dursor_prepared="

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
    url->prepared = text_equal(value, "on");
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

static void add_option(Scope *s, TextList *names, TextList *values, const char *const pair[2])
{
    texts_add(s, names, pair[0]);
    texts_add(s, values, pair[1]);
}

static void add_options(Scope *s, const PQconninfoOption *options, PostgresUrl *url)
{
    TextList names = {0}, values = {0};

    for (const PQconninfoOption *o = options; o->keyword; o++)
        if (o->val)
            add_option(s, &names, &values, (const char *const[]){o->keyword, o->val});
    for (size_t i = 0; i < COUNT_OF(defaults); i++)
        if (!texts_have(&names, defaults[i].name))
            add_option(s, &names, &values,
                       (const char *const[]){defaults[i].name, defaults[i].value});
    *(const char **)list_add(s, &names) = NULL;
    *(const char **)list_add(s, &values) = NULL;
    url->names = names.items;
    url->values = values.items;
}

fallible postgres_url(Scope *s, const char *t, const PostgresUrl **out)
{
    PostgresUrl *url = NEW(s, PostgresUrl);
    char *why = NULL; /* may quote the password: never shown */
    const char *rest;

    url->prepared = true;
    TRY(take_own(s, t, url, &rest));
    PQconninfoOption *options = PQconninfoParse(rest, &why);
    PQfreemem(why);
    if (!options)
        return fail(s, INVALID,
                    "the database's URL is not of the form "
                    "postgresql://USER:PASSWORD@HOST:PORT/NAME?sslmode=…; "
                    "special characters in it are written as %%XX");
    add_options(s, options, url);
    PQconninfoFree(options);
    *out = url;
    return OK;
}
