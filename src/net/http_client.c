/* Lending handles to calls. The idle ones are taken last in, first out, so that few connections stay
 * warm; there is no connection pool across handles, since libcurl's is not for several threads. */

#include "net/http_client.h"

#include "base/time.h"
#include "net/http_transfer.h"
#include "sys/thread.h"

enum {
    IDLE_PRESET = 16,
    CONNECTIONS_PER_LINE = 4, /* kept open by one idle handle */
};

struct HttpClient {
    Scope *home;
    HttpClientSettings settings;
    Mutex mutex;
    HttpLine *idle;
    size_t idle_count;
    HttpLine *spare; /* structs without handles */
};

static void line_end(HttpLine *line)
{
    curl_easy_cleanup(line->easy);
    curl_multi_cleanup(line->multi);
    line->easy = NULL;
    line->multi = NULL;
}

static fallible line_begin(Scope *s, HttpLine *line)
{
    line->easy = curl_easy_init();
    line->multi = curl_multi_init();
    if (!line->easy || !line->multi) {
        line_end(line);
        return fail(s, BUG, "libcurl gave no handle");
    }
    curl_multi_setopt(line->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_PER_LINE);
    return OK;
}

static HttpLine *take_line(HttpClient *client)
{
    HttpLine *line = NULL;

    LOCKED (&client->mutex) {
        if (client->idle) {
            line = client->idle;
            client->idle = line->next;
            client->idle_count--;
        } else if (client->spare) {
            line = client->spare;
            client->spare = line->next;
        } else {
            line = NEW(client->home, HttpLine);
        }
    }
    return line;
}

static void give_back(HttpClient *client, HttpLine *line)
{
    LOCKED (&client->mutex) {
        if (line->easy && client->idle_count < client->settings.idle_max) {
            line->next = client->idle;
            client->idle = line;
            client->idle_count++;
            return;
        }
    }
    if (line->easy)
        line_end(line); /* not under the mutex: it may say goodbye to a peer */
    LOCKED (&client->mutex) {
        line->next = client->spare;
        client->spare = line;
    }
}

Error *http_call(Scope *s, HttpClient *client, const HttpCall *call, HttpReply *out)
{
    HttpLine *line = take_line(client);
    Transfer t = {.s = s, .settings = &client->settings, .call = call};
    Error *e = line->easy ? OK : line_begin(s, line);

    if (!e)
        e = transfer_run(&t, line);
    give_back(client, line);
    if (!e)
        *out = t.reply;
    return e;
}

static void client_close(void *what)
{
    HttpClient *client = what;

    for (HttpLine *line = client->idle; line; line = line->next)
        line_end(line);
    curl_global_cleanup();
    scope_close(client->home);
}

Error *http_client_open(Scope *s, const HttpClientSettings *settings, HttpClient **out)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return fail(s, BUG, "libcurl could not start");
    Scope *home = unit_open(NULL, "http client");
    HttpClient *client = NEW(home, HttpClient);

    *client = (HttpClient){.home = home, .settings = *settings};
    client->settings.proxy = text_copy(home, settings->proxy);
    client->settings.no_proxy = text_copy(home, settings->no_proxy);
    client->settings.ca_file = text_copy(home, settings->ca_file);
    client->settings.user_agent = text_copy(home, settings->user_agent);
    if (!client->settings.idle_max)
        client->settings.idle_max = IDLE_PRESET;
    scope_undo(s, client_close, client);
    *out = client;
    return OK;
}

/* ---- What a status means ---- */

static ErrorKind kind_of(int status)
{
    static const struct {
        int status;
        ErrorKind kind;
    } rows[] = {
        {401, DENIED},      {403, DENIED},      {404, MISSING},   {408, TIMEOUT},
        {409, CONFLICT},    {412, CONFLICT},    {413, TOO_LARGE}, {429, LIMITED},
        {502, UNAVAILABLE}, {503, UNAVAILABLE}, {504, TIMEOUT},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].status == status)
            return rows[i].kind;
    return UPSTREAM;
}

Error *http_expect(Scope *s, const HttpCall *call, const HttpReply *reply)
{
    if (reply->status >= 200 && reply->status < 300)
        return OK;
    Error *e = error_new(s, kind_of(reply->status), "%s: the answer was %d", http_shown(s, call),
                         reply->status);
    return error_retry_after(e, http_retry_after(&reply->headers));
}

int64_t http_retry_after(const PairList *headers)
{
    enum { DAYS_30_S = 30 * 24 * 60 * 60 };
    const char *ms = header_get(headers, "retry-after-ms");
    const char *after = header_get(headers, "Retry-After");
    int64_t number;

    if (ms && text_integer(ms, 0, DAYS_30_S * 1000LL, &number))
        return number * US_PER_MS;
    if (!after)
        return 0;
    if (text_integer(after, 0, DAYS_30_S, &number))
        return number * US_PER_S;
    time_t at = curl_getdate(after, NULL);
    int64_t left = at < 0 ? 0 : (int64_t)at * US_PER_S - time_now().us;
    return left > 0 && left < DAYS_30_S * US_PER_S ? left : 0;
}
