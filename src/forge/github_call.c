/* Requests to GitHub's REST API (docs.github.com/rest, version 2022-11-28). */

#include "forge/github_call.h"

#include <time.h>

#include "forge/github_fault.h"

enum {
    ASKS_MAX = 3, /* of a GET that fails for a passing reason */
    ANSWER_MAX = 8 << 20,
};

#define CALL_US  (30 * US_PER_S)
#define AGAIN_US (300 * US_PER_MS) /* before the second ask, twice that before the third */

/* IMF-fixdate (RFC 9110 5.6.7), the only form that GitHub sends. */
static Time date_of(const HttpReply *reply)
{
    const char *at = header_get(&reply->headers, "date");
    struct tm tm = {0};

    if (!at || !strptime(at, "%a, %d %b %Y %H:%M:%S GMT", &tm))
        return (Time){0};
    return (Time){timegm(&tm) * US_PER_S};
}

static PairList headers_of(Scope *s, const GithubCall *call)
{
    PairList headers = {0};

    pairs_add(s, &headers, "Accept", "application/vnd.github+json");
    pairs_add(s, &headers, "X-GitHub-Api-Version", "2022-11-28");
    pairs_add(s, &headers, "Authorization", text(s, "Bearer %s", call->bearer));
    if (call->body.size)
        pairs_add(s, &headers, "Content-Type", "application/json");
    return headers;
}

static fallible read_reply(Scope *s, const GithubCall *call, const HttpReply *reply,
                           GithubReply *out)
{
    json_t *json = NULL;
    Error *e = reply->body.size ? json_parse(s, reply->body, &json) : OK;
    const char *link = header_get(&reply->headers, "link");

    out->date = date_of(reply);
    out->more = link && strstr(link, "rel=\"next\"");
    out->scopes = header_get(&reply->headers, "x-oauth-scopes");
    out->json = e ? NULL : json;
    if (reply->status >= 300)
        return github_fault(s,
                            &(GithubFault){reply, out->json, call->what, call->doing, out->date});
    if (e)
        return fail_code(s, UPSTREAM, "forge_answer",
                         "%s: the answer is no JSON: check DURSOR_GITHUB_API_URL", call->doing);
    return OK;
}

static fallible ask(Scope *s, const Forge *forge, const GithubCall *call, GithubReply *out)
{
    HttpCall http = {.method = call->method,
                     .url = url_join(s, forge->access.api_url, call->path),
                     .headers = headers_of(s, call),
                     .body = call->body,
                     .whole_us = CALL_US,
                     .first_byte_us = CALL_US,
                     .answer_max = ANSWER_MAX};
    HttpReply reply;

    TRY_WHILE(http_call(s, forge->access.http, &http, &reply), "%s", call->doing);
    return read_reply(s, call, &reply, out);
}

/* What a person waits for is not held up by GitHub's longer waits: those are theirs to decide. */
static bool worth_again(const GithubCall *call, const Error *e)
{
    return !call->method && e && (e->kind == UNAVAILABLE || e->kind == TIMEOUT);
}

Error *github_call(Scope *s, const Forge *forge, const GithubCall *call, GithubReply *out)
{
    Error *e = OK;

    for (int asked = 0; asked < ASKS_MAX; asked++) {
        if (asked)
            TRY(scope_sleep(s, asked * AGAIN_US));
        *out = (GithubReply){0};
        e = ask(s, forge, call, out);
        if (!worth_again(call, e))
            break;
        TRY(scope_check(s));
    }
    return e;
}

Error *github_pages(Scope *s, const Forge *forge, const GithubCall *call, const char *key,
                    json_t **out)
{
    GithubCall page = *call;
    GithubReply reply = {.more = true};
    json_t *all = json_array(), *row;
    size_t at;

    scope_undo(s, (void (*)(void *))(void *)json_decref, all);
    for (int number = 1; reply.more && number <= FORGE_PAGES_MAX; number++) {
        page.path = text(s, "%s%cper_page=%d&page=%d", call->path,
                         strchr(call->path, '?') ? '&' : '?', FORGE_PAGE, number);
        TRY(github_call(s, forge, &page, &reply));
        json_t *rows = key ? json_at(reply.json, key) : reply.json;
        if (!json_is_array(rows))
            return fail_code(s, UPSTREAM, "forge_answer", "%s: the answer is no list", call->doing);
        json_array_foreach(rows, at, row) json_array_append(all, row);
    }
    *out = all;
    return OK;
}
