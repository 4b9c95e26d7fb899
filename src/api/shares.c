/* Routes of shared links, and the page that a link opens. Whoever has a link needs no session: the token
 * in its path is the credential. It is 256 random bits, stored as a hash, and never logged: the server
 * leaves out of its log what follows /s/ (net/http_server.h). */

#include "store/shares.h"

#include "api/api.h"
#include "api/plain.h"
#include "base/id.h"
#include "sys/crypto.h"

enum { TOKEN_BYTES = 32 };

#define HOUR_US (3600 * US_PER_S)

static fallible create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const ShareCreate *in = rq->body;
    char token[TOKEN_BYTES];
    Share share = {0};
    Tx *tx;

    if (!api->app->settings->share_links)
        return fail_code(s, DENIED, "share_links_off",
                         "share links are off here: set DURSOR_SHARE_LINKS=true to allow them");
    random_bytes(token, sizeof token);
    const char *public_url = api->app->settings->public_url;
    const char *shown = base64url(s, (Bytes){token, sizeof token});
    ShareWant want = {path_part(rq, "run_id"), sha256_hex(s, bytes_of(shown)),
                      in->expires_in_hours * HOUR_US};
    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(share_insert(s, tx, &want, &share));
    TRY(tx_commit(s, tx));
    share.url = text(s, "%s/s/%s", public_url ? public_url : "", shown);
    http_answer_header(s, reply->http, "Cache-Control", "no-store");
    return answer(reply, &share);
}

static fallible list(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    ShareList shares = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(shares_of_run(s, tx, path_part(rq, "run_id"), &shares));
    return answer(reply, &shares);
}

static fallible revoke(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(share_revoke(s, tx, path_part(rq, "share_id")));
    TRY(tx_commit(s, tx));
    return answer_empty(reply);
}

/* Every token is hashed and looked up, also what cannot be one. */
static fallible look_up(Scope *s, Api *api, const char *token, Share *out, bool *found)
{
    Tx *tx;

    TRY(tx_system_read(s, api->app->store, &tx));
    TRY(share_find(s, tx, sha256_hex(s, bytes_of(token)), out, found));
    return tx_commit(s, tx);
}

static fallible page(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    bool found = false;
    Share share;
    Tx *tx;

    TRY(look_up(s, api, path_part(rq, "token"), &share, &found));
    if (found && api->app->settings->share_links) {
        Caller viewer = {share.tenant_id, NULL, ROLE_VIEWER};
        TRY(tx_read(s, api->app->store, &viewer, &tx));
        Error *e = plain_answer(s, tx, share.run_id, rq->http, reply->http);
        if (!failed_as(e, MISSING))
            return e;
        error_drop(e, "the run was deleted meanwhile");
    }
    plain_missing(s, rq->http, reply->http);
    return OK;
}

static const int missing[] = {404, 0};
static const int refusals[] = {404, 409, 0};

const Route share_routes[] = {
    {HTTP_POST, "/v1/runs/{run_id}/shares", create, .in = &share_create_type, .out = &share_type,
     .status = 201, .role = ROLE_DEVELOPER, .fails = refusals,
     .about = "Make a link that shows the run to whoever has it, until it expires."},
    {HTTP_GET, "/v1/runs/{run_id}/shares", list, .out = &share_type, .out_list = true,
     .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "List the run's links, newest first, without their addresses."},
    {HTTP_DELETE, "/v1/shares/{share_id}", revoke, .status = 204, .role = ROLE_DEVELOPER,
     .fails = missing, .about = "Revoke a link: it shows nothing from now on."},
    {HTTP_GET, "/s/{token}", page, .status = 200, .out_media = "text/html", .fails = missing,
     .about = "The run that a link shows, as a page for reading only."},
    {0},
};
