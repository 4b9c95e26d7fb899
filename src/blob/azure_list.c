/* Pages of names. */

#include "blob/azure_parts.h"
#include "blob/azure_read.h"
#include "blob/name.h"

Error *azure_list(Scope *s, void *own, const BlobListing *listing, BlobPage *out)
{
    const char *container = blob_container(s, listing->prefix);
    AzureRequest rq = azure_request(s, own, "GET", text(s, "/%s", container));
    HttpReply answer;

    pairs_add(s, &rq.query, "restype", "container");
    pairs_add(s, &rq.query, "comp", "list");
    pairs_add(s, &rq.query, "include", "metadata");
    pairs_add(s, &rq.query, "maxresults", text(s, "%zu", listing->max));
    if (listing->prefix[strlen(container) + 1])
        pairs_add(s, &rq.query, "prefix", listing->prefix + strlen(container) + 1);
    if (listing->marker)
        pairs_add(s, &rq.query, "marker", listing->marker);
    TRY(azure_call(s, own, &rq, NULL, &answer));
    if (answer.status == 404) {
        *out = (BlobPage){0};
        return OK;
    }
    TRY(azure_expect(s, &rq, &answer));
    return azure_read_list(s, container, answer.body, out);
}
