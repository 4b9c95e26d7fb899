/* What proves to Azure who we are: Shared Key, SAS, or a bearer token that is renewed in time. */

#include "blob/azure_parts.h"
#include "net/url.h"
#include "sys/crypto.h"

static fallible token_renew(Scope *s, AzureBlobs *azure)
{
    Scope *home = unit_open(scope_cancel(s), "token");
    BlobToken token = {0};
    Error *e = azure->token(home, azure->token_from, &token);

    if (!e && (text_empty(token.secret) || !header_value_valid(token.secret)))
        e = fail(home, UPSTREAM, "the token for the blobs is none");
    if (e) {
        e = error_move(s, e);
        scope_close(home);
        return e;
    }
    scope_close(azure->token_home);
    azure->token_home = unit_open(NULL, "token");
    azure->token_secret = secret_copy(azure->token_home, bytes_of(token.secret)).data;
    azure->token_until = clock_us() + token.lives_us;
    scope_close(home);
    return OK;
}

static fallible token_take(Scope *s, AzureBlobs *azure, const char **out)
{
    LOCKED (&azure->mutex) {
        if (!azure->token_secret || azure->token_until - clock_us() < AZURE_TOKEN_MARGIN_US)
            TRY_WHILE(token_renew(s, azure), "getting a token for the blobs");
        *out = secret_copy(s, bytes_of(azure->token_secret)).data;
    }
    return OK;
}

void azure_forget_token(AzureBlobs *azure)
{
    LOCKED (&azure->mutex)
        azure->token_until = 0;
}

Error *azure_prove(Scope *s, AzureBlobs *azure, AzureRequest *rq)
{
    const char *secret = NULL;

    pairs_add(s, &rq->headers, "x-ms-date", azure_date(s, time_now()));
    if (azure->token) {
        TRY(token_take(s, azure, &secret));
        pairs_add(s, &rq->headers, "Authorization", text(s, "Bearer %s", secret));
    } else if (!azure->sas) {
        pairs_add(s, &rq->headers, "Authorization",
                  azure_authorization(s, azure->account, azure->key, rq));
    }
    return OK;
}

const char *azure_url(Scope *s, const AzureBlobs *azure, const AzureRequest *rq)
{
    Buffer query = buffer_in(s);

    EACH (Pair, p, &rq->query)
        query_add(&query, p->name, p->value);
    if (!azure->token && azure->sas) {
        if (query.size)
            buffer_char(&query, '&');
        buffer_text(&query, azure->sas);
    }
    return text(s, "%s%s%s%s", azure->base, rq->path + strlen(azure->base_path),
                query.size ? "?" : "", buffer_string(&query));
}
