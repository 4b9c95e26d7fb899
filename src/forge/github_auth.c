/* The App's claim and the tokens it gets, kept until shortly before their end. */

#include "forge/github_auth.h"

#include <strings.h>

#include "forge/github_call.h"
#include "forge/github_key.h"
#include "forge/tokens.h"
#include "sys/crypto.h"

enum { CLAIM_BACK_S = 60, CLAIM_AHEAD_S = 540 };

#define RENEW_BEFORE_US (5 * US_PER_MIN)  /* the longest that a use of a token may still take */
#define TOKEN_PRESET_US (50 * US_PER_MIN) /* of a token whose end was not said */
#define OWNER_KNOWN_US  (10 * US_PER_MIN) /* how long an owner's installation is believed */
#define SKEW_NOTICED_US (20 * US_PER_S)

Error *github_claim(Scope *s, const ForgeAccess *access, Time now, const char **out)
{
    long long seconds = now.us / US_PER_S;
    Buffer claims = buffer_in(s);
    JsonWriter w = json_writer(&claims);
    Bytes signature;

    json_open(&w, '{');
    json_key(&w, "iat");
    json_put_int(&w, seconds - CLAIM_BACK_S);
    json_key(&w, "exp");
    json_put_int(&w, seconds + CLAIM_AHEAD_S);
    json_key(&w, "iss");
    json_put_text(&w, access->app_id);
    json_close(&w, '}');
    const char *signed_part =
        text(s, "%s.%s", base64url(s, BYTES("{\"alg\":\"RS256\",\"typ\":\"JWT\"}")),
             base64url(s, buffer_view(&claims)));
    TRY(rsa_sign(s, access->private_key, bytes_of(signed_part), &signature));
    *out = text(s, "%s.%s", signed_part, base64url(s, signature));
    return OK;
}

/* A call as the app itself. Clocks that differ make GitHub refuse the claim; its answer then tells its
 * own time. */
Error *github_call_as_app(Scope *s, const Forge *forge, const GithubCall *call, GithubReply *out)
{
    ForgeTokens *tokens = forge->access.tokens;
    GithubCall signed_call = *call;
    Time now = {time_now().us + tokens_skew(tokens)};

    TRY(github_claim(s, &forge->access, now, &signed_call.bearer));
    Error *e = github_call(s, forge, &signed_call, out);
    if (!e || !text_equal(e->code, "forge_credentials") || !out->date.us)
        return e;
    int64_t ahead = out->date.us - now.us;
    if (ahead < SKEW_NOTICED_US && ahead > -SKEW_NOTICED_US)
        return e;
    tokens_skew_set(tokens, out->date.us - time_now().us);
    TRY(github_claim(s, &forge->access, out->date, &signed_call.bearer));
    return github_call(s, forge, &signed_call, out);
}

static const char *app_name(Scope *s, const Forge *forge)
{
    return text(s, "app %s at %s with %s", forge->access.app_id, forge->access.api_url,
                sha256_hex(s, bytes_of(forge->access.private_key)));
}

/* ---- Installations ---- */

static fallible read_installations(Scope *s, json_t *rows, InstallationList *out)
{
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const char *login = json_at_text(row, "account.login");
        int64_t id = json_at_int(row, "id", 0);
        if (login && id)
            *list_add(s, out) =
                (Installation){.id = text(s, "%lld", (long long)id),
                               .login = text_copy(s, login),
                               .suspended = json_at_text(row, "suspended_at") != NULL};
    }
    return OK;
}

Error *github_installations(Scope *s, const Forge *forge, InstallationList *out)
{
    GithubReply reply = {.more = true};

    for (int page = 1; reply.more && page <= FORGE_PAGES_MAX; page++) {
        GithubCall call = {.path =
                               text(s, "/app/installations?per_page=%d&page=%d", FORGE_PAGE, page),
                           .what = "GitHub App",
                           .doing = "asking GitHub where the App is installed"};
        TRY(github_call_as_app(s, forge, &call, &reply));
        TRY(read_installations(s, reply.json, out));
    }
    return OK;
}

static const Installation *installed_at(const InstallationList *all, const char *owner)
{
    EACH (const Installation, one, all)
        if (strcasecmp(one->login, owner) == 0)
            return one;
    return NULL;
}

/* The owner's own installation, else the configured one. */
static fallible find_installation(Scope *s, const Forge *forge, const char *owner, const char **out)
{
    const char *whose = text(s, "owner %s of %s", text_lower(s, owner), app_name(s, forge));
    InstallationList all = {0};

    *out = token_find(s, forge->access.tokens, whose);
    if (*out)
        return OK;
    TRY(github_installations(s, forge, &all));
    const Installation *own = installed_at(&all, owner);
    if (own && own->suspended)
        return error_param(
            fail_code(s, DENIED, "forge_suspended",
                      "the GitHub App's installation for %s is suspended: unsuspend it in the "
                      "settings of that account on GitHub",
                      owner),
            "owner", owner);
    if (!own && text_empty(forge->access.installation_id))
        return error_param(
            fail_code(s, DENIED, "forge_not_installed",
                      "the GitHub App is not installed for %s: install it there, with access to "
                      "the repository",
                      owner),
            "owner", owner);
    *out = own ? own->id : forge->access.installation_id;
    token_keep(forge->access.tokens, whose, *out, OWNER_KNOWN_US);
    return OK;
}

static const char *token_name(Scope *s, const Forge *forge, const char *installation)
{
    return text(s, "installation %s of %s", installation, app_name(s, forge));
}

Error *github_installation_token(Scope *s, const Forge *forge, const char *id, const char **out)
{
    const char *whose = token_name(s, forge, id);
    GithubCall call = {.method = "POST",
                       .path = text(s, "/app/installations/%s/access_tokens", id),
                       .what = text(s, "installation %s of the App", id),
                       .doing = "asking GitHub for a token of the App"};
    GithubReply reply = {0};
    Time end;

    *out = token_find(s, forge->access.tokens, whose);
    if (*out)
        return OK;
    TRY(github_call_as_app(s, forge, &call, &reply));
    const char *token = json_at_text(reply.json, "token"),
               *until = json_at_text(reply.json, "expires_at");
    if (text_empty(token))
        return fail_code(s, UPSTREAM, "forge_answer", "%s: the answer holds none", call.doing);
    bool said = until && time_parse(until, &end);
    int64_t from =
        reply.date.us ? reply.date.us : time_now().us + tokens_skew(forge->access.tokens);
    token_keep(forge->access.tokens, whose, token,
               said ? end.us - from - RENEW_BEFORE_US : TOKEN_PRESET_US);
    *out = secret_copy(s, bytes_of(token)).data;
    return OK;
}

/* ---- Whatever the access is ---- */

static fallible installation_of(Scope *s, const Forge *forge, const char *owner, const char **out)
{
    if (owner)
        return find_installation(s, forge, owner, out);
    *out = forge->access.installation_id;
    return OK;
}

Error *github_token(Scope *s, const Forge *forge, const char *owner, const char **out)
{
    const char *installation;

    if (text_empty(forge->access.app_id)) {
        *out = forge->access.personal_token;
        return OK;
    }
    TRY(installation_of(s, forge, owner, &installation));
    return github_installation_token(s, forge, installation, out);
}

void github_installation_drop(Scope *s, const Forge *forge, const char *id)
{
    token_drop(forge->access.tokens, token_name(s, forge, id));
}

void github_token_drop(Scope *s, const Forge *forge, const char *owner)
{
    if (text_empty(forge->access.app_id))
        return;
    const char *whose = text(s, "owner %s of %s", text_lower(s, owner), app_name(s, forge));
    const char *installation = token_find(s, forge->access.tokens, whose);
    if (installation)
        github_installation_drop(s, forge, installation);
    token_drop(forge->access.tokens, whose);
}
