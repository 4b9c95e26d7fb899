/* Azure Blob Storage: its address, looking at one blob, tiers. */

#include "blob/azure_parts.h"
#include "blob/azure_read.h"
#include "blob/name.h"
#include "net/url.h"
#include "sys/crypto.h"

enum {
    ACCOUNT_MIN = 3,
    ACCOUNT_MAX = 24,
    SAS_MAX = 2 << 10,
};

static fallible address_read(Scope *s, const char *address, AzureBlobs *azure)
{
    PairList query = {0};
    Url url, base;

    TRY(url_parse(s, address, &url));
    size_t size = url.host ? strlen(url.host) : 0;
    if (size < ACCOUNT_MIN || size > ACCOUNT_MAX ||
        strspn(url.host, "abcdefghijklmnopqrstuvwxyz0123456789") != size || url.user || url.port ||
        (*url.path && !text_equal(url.path, "/")))
        return fail(
            s, INVALID,
            "the address of the blobs is not azblob://ACCOUNT?endpoint=…: an account has 3 to "
            "24 small letters and digits");
    TRY(query_parse(s, bytes_of(url.query), &query));
    const char *endpoint = pairs_get(&query, "endpoint");
    if (query.count != (endpoint ? 1 : 0))
        return fail(s, INVALID,
                    "the address of the blobs has something beside its endpoint; keys and "
                    "signatures are settings of their own");
    azure->account = url.host;
    azure->base = endpoint ? endpoint : text(s, "https://%s.blob.core.windows.net", url.host);
    TRY(url_parse(s, azure->base, &base));
    if ((!text_equal(base.scheme, "https") && !text_equal(base.scheme, "http")) ||
        text_empty(base.host) || base.user || base.query || base.fragment)
        return fail(s, INVALID, "the endpoint of the blobs is no plain http or https address");
    azure->base = text_ends(azure->base, "/")
                      ? text(s, "%.*s", (int)strlen(azure->base) - 1, azure->base)
                      : azure->base;
    azure->base_path = text_ends(base.path, "/")
                           ? text(s, "%.*s", (int)strlen(base.path) - 1, base.path)
                           : base.path;
    return OK;
}

static fallible proof_read(Scope *s, const BlobOptions *options, AzureBlobs *azure)
{
    Bytes key;

    azure->token = options->token;
    azure->token_from = options->token_from;
    if (azure->token)
        return OK;
    if (options->sas) {
        if (!*options->sas || strlen(options->sas) > SAS_MAX || *options->sas == '?' ||
            strpbrk(options->sas, " \t\r\n#"))
            return fail(s, INVALID, "the SAS of the blobs is none: sv=…&sig=…, without '?'");
        azure->sas = secret_copy(s, bytes_of(options->sas)).data;
        return OK;
    }
    if (text_empty(options->key) || !base64_decode(s, options->key, &key) || !key.size)
        return fail(s, INVALID,
                    "there is no token, SAS or key for the blobs, or the key is not base64");
    azure->key = secret_copy(s, key);
    return OK;
}

static void token_close(void *what)
{
    AzureBlobs *azure = what;

    scope_close(azure->token_home);
}

static fallible azure_open(Scope *s, const BlobOptions *options, void **own)
{
    AzureBlobs *azure = NEW(s, AzureBlobs);
    HttpClientSettings http = {
        .proxy = options->proxy, .no_proxy = options->no_proxy, .ca_file = options->ca_file};

    TRY(address_read(s, options->url, azure));
    TRY(proof_read(s, options, azure));
    azure->block_bytes = options->block_bytes ? options->block_bytes : AZURE_BLOCK_PRESET;
    azure->lanes = options->lanes ? options->lanes : AZURE_LANES_PRESET;
    azure->pause_us = options->pause_us ? options->pause_us : AZURE_PAUSE_US;
    azure->quiet_us = options->quiet_us ? options->quiet_us : AZURE_QUIET_US;
    if (azure->block_bytes < AZURE_BLOCK_MIN || azure->block_bytes > AZURE_BLOCK_MAX ||
        azure->lanes < 1 || azure->lanes > FLIGHT_LANES_MAX)
        return fail(s, INVALID, "a block of a blob has %d to %d bytes, and 1 to %d go at once",
                    AZURE_BLOCK_MIN, AZURE_BLOCK_MAX, FLIGHT_LANES_MAX);
    TRY(http_client_open(s, &http, &azure->client));
    scope_undo(s, token_close, azure);
    *own = azure;
    return OK;
}

void azure_condition(Scope *s, AzureRequest *rq, const char *if_match)
{
    if (text_equal(if_match, BLOB_NEW))
        pairs_add(s, &rq->headers, "If-None-Match", "*");
    else if (if_match)
        pairs_add(s, &rq->headers, "If-Match", text(s, "\"%s\"", if_match));
}

Error *azure_head(Scope *s, AzureBlobs *azure, const char *name, const char *if_match,
                  AzureHead *out)
{
    AzureRequest rq = azure_request(s, azure, "HEAD", text(s, "/%s", name));
    HttpReply answer;

    azure_condition(s, &rq, if_match);
    TRY(azure_call(s, azure, &rq, NULL, &answer));
    if (answer.status == 404)
        return fail(s, MISSING, "no blob %s", name);
    TRY(azure_expect(s, &rq, &answer));
    out->write = header_get(&answer.headers, "x-ms-meta-write");
    return azure_read_blob(s, &answer.headers, name, &out->about);
}

static fallible about(Scope *s, void *own, const char *name, BlobInfo *out)
{
    AzureHead head;

    TRY(azure_head(s, own, name, NULL, &head));
    *out = head.about;
    return OK;
}

static fallible azure_tier(Scope *s, void *own, const char *name, BlobTier tier)
{
    SCOPE(tmp, s);
    AzureRequest rq = azure_request(tmp, own, "PUT", text(tmp, "/%s", name));
    HttpReply answer;

    pairs_add(tmp, &rq.query, "comp", "tier");
    pairs_add(tmp, &rq.headers, "x-ms-access-tier", blob_tier_name(tier));
    TRY(azure_call(tmp, own, &rq, NULL, &answer));
    return azure_expect(s, &rq, &answer);
}

const BlobDriver azure_blobs = {
    .scheme = "azblob:",
    .open = azure_open,
    .put = azure_put,
    .get = azure_get,
    .head = about,
    .list = azure_list,
    .remove = azure_remove,
    .lease = azure_lease,
    .tier = azure_tier,
};
