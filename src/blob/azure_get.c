/* Reading: one look, then ranges of the state that was seen, several under way at once. */

#include "blob/azure_parts.h"
#include "blob/azure_read.h"

typedef struct Download {
    AzureBlobs *azure;
    const BlobGet *get;
    const char *etag;
    int64_t end; /* behind the last byte */
} Download;

static int64_t range_from(const Download *down, const Piece *piece)
{
    return down->get->from + (int64_t)piece->index * AZURE_RANGE;
}

static fallible range_get(Scope *s, void *own, Piece *piece)
{
    const Download *down = own;
    AzureRequest rq = azure_request(s, down->azure, "GET", text(s, "/%s", down->get->name));
    int64_t from = range_from(down, piece), left = down->end - from;
    size_t size = (size_t)(left < AZURE_RANGE ? left : AZURE_RANGE);
    HttpReply answer;

    pairs_add(s, &rq.headers, "x-ms-range",
              text(s, "bytes=%lld-%lld", (long long)from, (long long)from + (long long)size - 1));
    pairs_add(s, &rq.headers, "x-ms-range-get-content-md5", "true");
    azure_condition(s, &rq, down->etag);
    TRY(azure_call(s, down->azure, &rq, piece, &answer));
    TRY(azure_expect(s, &rq, &answer));
    const char *range = header_get(&answer.headers, "Content-Range");
    if (answer.status != 206 || piece->size != size || !range ||
        !text_starts(range, text(s, "bytes %lld-", (long long)from)))
        return fail(s, UPSTREAM, "Azure sent another range of %s than was asked for",
                    down->get->name);
    return OK;
}

static fallible range_give(Scope *s, void *own, Piece *piece)
{
    const Download *down = own;

    return down->get->take(s, down->get->to, (Bytes){piece->data, piece->size});
}

Error *azure_get(Scope *s, void *own, const BlobGet *get, BlobInfo *out)
{
    Download down = {.azure = own, .get = get};
    AzureHead head;

    TRY(azure_head(s, own, get->name, get->if_match, &head));
    if (head.about.tier == TIER_ARCHIVE)
        return fail_code(s, UNAVAILABLE, BLOB_ARCHIVED, "%s is archived and has to be thawed first",
                         get->name);
    down.etag = head.about.etag;
    down.end = head.about.size;
    if (get->size && get->size < down.end - get->from)
        down.end = get->from + get->size;
    if (get->from < down.end) {
        Flight flight = {.count = (size_t)((down.end - get->from + AZURE_RANGE - 1) / AZURE_RANGE),
                         .lanes = down.azure->lanes,
                         .capacity = AZURE_RANGE,
                         .work = range_get,
                         .finish = range_give,
                         .own = &down};
        TRY(flight_run(s, &flight));
    }
    *out = head.about;
    return OK;
}
