/* Who we are at the server, which of several it is, and until when. */

#include "base/id.h"
#include "net/url.h"
#include "sys/file.h"
#include "test/store/drivers.h"
#include "test/store/proxy.h"

/* ---- Logins ---- */

typedef struct Source {
    StoreLogin login;
    _Atomic int64_t asked;
} Source;

static Error *give_login(Scope *s, void *from, StoreLogin *out)
{
    Source *source = from;

    (void)s;
    source->asked++;
    *out = source->login;
    return OK;
}

/* The URL's user and password, to be given apart from it. */
static fallible given_source(Scope *s, const Given *g, Source *source, StoreOptions *out)
{
    Url url;

    TRY(url_parse(s, g->options.url, &url));
    source->login = (StoreLogin){.user = url.user, .password = url.password};
    *out = (StoreOptions){
        .url = text(s, "postgresql://nobody@%s:%d%s", url.host, url_port(&url), url.path),
        .connections = 1,
        .login = give_login,
        .login_from = source,
    };
    return OK;
}

SERVER_TEST(a_source_of_logins_is_asked_for_each_connection)
{
    Source source = {0};
    Given other = *g;
    int64_t count;

    TRY(given_source(s, g, &source, &other.options));
    TRY(store_open(s, &other.options, &other.store));
    TRY(READ(&other, things_count(s, tx, &count)));
    CHECK_EQ(source.asked, 1);
    TRY(server_do(s, g->options.url,
                  "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
                  "application_name = 'dursor' AND datname = current_database()"));
    TRY(READ(&other, things_count(s, tx, &count)));
    CHECK_EQ(source.asked, 2);
    return OK;
}

SERVER_TEST(a_connection_is_not_lent_after_its_login_has_ended)
{
    Source source = {0};
    Given other = *g;
    int64_t count;

    TRY(given_source(s, g, &source, &other.options));
    source.login.lives_us = 100 * US_PER_MS;
    TRY(store_open(s, &other.options, &other.store));
    scope_limit(s, 20 * US_PER_S);
    while (source.asked < 3)
        TRY(READ(&other, things_count(s, tx, &count)));
    source.login.lives_us = 0;
    return READ(&other, things_count(s, tx, &count));
}

SERVER_TEST(a_refused_login_is_said_without_the_password)
{
    Source source = {0};
    StoreOptions options;
    Store *store;

    TRY(given_source(s, g, &source, &options));
    source.login.password = "hunter2";
    Error *e = store_open(s, &options, &store);
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, "password authentication failed");
    CHECK(!strstr(e->message, "hunter2"));
    return OK;
}

SERVER_TEST(a_file_that_holds_no_password_is_named)
{
    const char *folder;
    StoreOptions options;
    Source source = {0};
    Store *store;

    TRY(directory_temporary(s, "/tmp", "dursor-login", &folder));
    TRY(given_source(s, g, &source, &options));
    options.login = NULL;
    options.password_file = text(s, "%s/password", folder);
    Error *e = store_open(s, &options, &store);
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, options.password_file);
    TRY(file_write(s, options.password_file, BYTES("\n"), 0600));
    e = store_open(s, &options, &store);
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, "is to hold the database's password");
    return OK;
}

/* ---- Hosts ---- */

/* The database of g at two addresses, the first of a host that accepts and never answers. */
static fallible given_two_hosts(Scope *s, const Given *g, const char **out)
{
    Url silent, url;
    Proxy *proxy;

    TRY(proxy_open(s, g->options.url, &proxy));
    proxy->silent = true;
    TRY(url_parse(s, proxy->url, &silent));
    TRY(url_parse(s, g->options.url, &url));
    *out = text(s, "postgresql://%s:%s@%s:%d,%s:%d%s", url.user, url.password, silent.host,
                url_port(&silent), url.host, url_port(&url), url.path);
    return OK;
}

SERVER_TEST(a_host_that_never_answers_keeps_us_from_no_other)
{
    StoreOptions options = {.connections = 2};
    Given other = *g;
    int64_t count;
    Tx *held;

    TRY(given_two_hosts(s, g, &options.url));
    TRY(store_open(s, &options, &other.store));
    int64_t begun = clock_us();
    TRY(tx_write(s, other.store, &local_caller, &held));
    TRY(READ(&other, things_count(s, tx, &count))); /* by a second connection */
    CHECK(clock_us() - begun < 3 * US_PER_S);       /* which begins where the first came through */
    return OK;
}

SERVER_TEST(of_several_hosts_the_one_that_takes_writes_is_meant)
{
    const char *name = strrchr(g->options.url, '/') + 1, *both;
    StoreOptions options = {.connections = 1};
    Url url;
    Store *store;

    TRY(url_parse(s, g->options.url, &url));
    both = text(s, "postgresql://%s:%s@%s:%d,%s:%d%s", url.user, url.password, url.host,
                url_port(&url), url.host, url_port(&url), url.path);
    TRY(server_do(s, g->options.url,
                  text(s, "ALTER DATABASE %s SET default_transaction_read_only = on", name)));
    options.url = both;
    Error *e = store_open(s, &options, &store);
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, "read-only");
    options.url = text(s, "%s?target_session_attrs=any", both);
    return store_open(s, &options, &store);
}
