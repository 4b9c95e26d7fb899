/* Blobs in Azure Blob Storage over REST, for azure*.c only.
 *
 * Every request may be sent again: reads and blocks are repeatable by nature, removals and leases by how their
 * second answer is read, and a write carries a word of its own in the blob's metadata ("write"), by which a
 * conflict with ourselves is told from one with somebody else. Which try it was does not help: libcurl sends again
 * by itself what a kept connection lost. */
#pragma once

#include "blob/azure_sign.h"
#include "blob/blob.h"
#include "blob/flight.h"
#include "net/http_client.h"
#include "sys/thread.h"

/* Known to the cloud and to Azurite alike; whoever changes it looks at what SAS and block sizes it brings. */
#define AZURE_VERSION "2022-11-02"

enum {
    AZURE_TRIES = 5,
    AZURE_BLOCK_PRESET = 8 << 20,
    AZURE_BLOCK_MIN = 64 << 10,
    AZURE_BLOCK_MAX = 100 << 20,
    AZURE_BLOCKS_MAX = 50000, /* of one blob */
    AZURE_RANGE = 4 << 20,    /* bytes of a range that Azure sends with its MD5 */
    AZURE_LANES_PRESET = 4,
};

#define AZURE_PAUSE_US        US_PER_S
#define AZURE_PAUSE_MAX_US    (60 * US_PER_S) /* also of what the service asks for */
#define AZURE_QUIET_US        (30 * US_PER_S)
#define AZURE_TOKEN_MARGIN_US (2 * US_PER_MIN) /* before its end a token is replaced */

typedef struct AzureBlobs {
    HttpClient *client;
    const char *account, *base, *base_path; /* base: URL without a '/' at its end */
    const char *sas;                        /* NULL: none */
    Bytes key;                              /* empty: none */
    BlobTokenSource *token;
    void *token_from;
    size_t block_bytes;
    int lanes;
    int64_t pause_us, quiet_us;
    Mutex mutex; /* of the token */
    Scope *token_home;
    const char *token_secret;
    int64_t token_until; /* clock_us */
} AzureBlobs;

/* ---- azure_auth.c ---- */

/* Adds date and whatever proves who we are to the headers. */
fallible azure_prove(Scope *s, AzureBlobs *azure, AzureRequest *rq);
/* The service refused the token: the next request gets another. */
void azure_forget_token(AzureBlobs *azure);
/* With query and SAS. */
const char *azure_url(Scope *s, const AzureBlobs *azure, const AzureRequest *rq);

/* ---- azure_call.c ---- */

/* A request about a blob, container ("/c") or the account ("/"). */
AzureRequest azure_request(Scope *s, const AzureBlobs *azure, const char *method, const char *path);
/* Sends it until it gets an answer that is not for now, at most AZURE_TRIES times. Any such answer is a success.
 * With into, the body of a 2xx goes there and is checked against its MD5. */
fallible azure_call(Scope *s, AzureBlobs *azure, const AzureRequest *rq, Piece *into,
                    HttpReply *out);
/* OK for 2xx, else the error that fits the answer. */
fallible azure_expect(Scope *s, const AzureRequest *rq, const HttpReply *reply);

/* ---- azure_put.c, azure_get.c, azure_list.c, azure_remove.c, azure_lease.c ---- */

fallible azure_put(Scope *s, void *own, const BlobPut *put, BlobInfo *out);
fallible azure_get(Scope *s, void *own, const BlobGet *get, BlobInfo *out);
fallible azure_list(Scope *s, void *own, const BlobListing *listing, BlobPage *out);
fallible azure_remove(Scope *s, void *own, const BlobRemove *what);
fallible azure_lease(Scope *s, void *own, const BlobLease *lease);

/* ---- azure.c ---- */

typedef struct AzureHead {
    BlobInfo about;
    const char *write; /* the word of the write that made it; NULL: another program's */
} AzureHead;
/* if_match may be NULL. */
fallible azure_head(Scope *s, AzureBlobs *azure, const char *name, const char *if_match,
                    AzureHead *out);
/* Adds If-Match or If-None-Match. */
void azure_condition(Scope *s, AzureRequest *rq, const char *if_match);
