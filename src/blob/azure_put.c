/* Writing: a small blob in one request, a large one in blocks of which several are under way at once. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "blob/azure_parts.h"
#include "blob/azure_read.h"
#include "blob/name.h"
#include "sys/crypto.h"
#include "sys/fault.h"

enum { WRITE_BYTES = 16 };

typedef struct Upload {
    AzureBlobs *azure;
    const BlobPut *put;
    int fd; /* -1: put->bytes */
    int64_t size, block;
    const char *write;
    Hash *hash;
    const char *sha256;
} Upload;

/* Ids of one length, and of this write only: blocks of another who writes the same name do not mix with ours. */
static const char *block_id(Scope *s, const Upload *up, size_t index)
{
    return base64(s, bytes_of(text(s, "%s-%06zu", up->write, index)));
}

/* ---- The source ---- */

static fallible source_open(Scope *s, Upload *up)
{
    struct stat about;

    up->fd = -1;
    up->size = (int64_t)up->put->bytes.size;
    if (!up->put->path)
        return OK;
    up->fd = open(up->put->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (up->fd < 0)
        return fail_errno(s, errno, "reading %s", up->put->path);
    close_with(s, up->fd);
    if (fstat(up->fd, &about) < 0 || !S_ISREG(about.st_mode))
        return fail(s, INVALID, "%s is not a regular file", up->put->path);
    up->size = about.st_size;
    return up->size > BLOB_SIZE_MAX ? fail(s, TOO_LARGE, "%s is larger than %lld bytes",
                                           up->put->path, (long long)BLOB_SIZE_MAX)
                                    : OK;
}

static fallible source_read(Scope *s, const Upload *up, char *data, size_t size)
{
    while (size) {
        ssize_t n = read(up->fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(s, errno, "reading %s", up->put->path);
        if (n == 0)
            return fail(s, INVALID, "%s became shorter while it was read", up->put->path);
        data += n;
        size -= (size_t)n;
    }
    return OK;
}

/* The next piece, in order. */
static fallible block_read(Scope *s, void *own, Piece *piece)
{
    Upload *up = own;
    int64_t from = (int64_t)piece->index * up->block, left = up->size - from;

    piece->size = (size_t)(left < up->block ? left : up->block);
    if (up->fd < 0)
        memcpy(piece->data, up->put->bytes.data + from, piece->size);
    else
        TRY(source_read(s, up, piece->data, piece->size));
    hash_add(up->hash, (Bytes){piece->data, piece->size});
    return OK;
}

/* ---- Requests ---- */

static AzureRequest put_request(Scope *s, const Upload *up)
{
    AzureRequest rq = azure_request(s, up->azure, "PUT", text(s, "/%s", up->put->name));

    if (up->put->lease)
        pairs_add(s, &rq.headers, "x-ms-lease-id", up->put->lease);
    return rq;
}

static void describe(Scope *s, const Upload *up, AzureRequest *rq)
{
    const char *type = up->put->type ? up->put->type : "application/octet-stream";

    pairs_add(s, &rq->headers, "x-ms-blob-content-type", type);
    pairs_add(s, &rq->headers, "x-ms-meta-sha256", up->sha256);
    pairs_add(s, &rq->headers, "x-ms-meta-write", up->write);
    pairs_add(s, &rq->headers, "x-ms-access-tier", blob_tier_name(up->put->tier));
    azure_condition(s, rq, up->put->if_match);
}

static fallible block_send(Scope *s, void *own, Piece *piece)
{
    const Upload *up = own;
    AzureRequest rq = put_request(s, up);
    HttpReply answer;

    rq.body = (Bytes){piece->data, piece->size};
    pairs_add(s, &rq.query, "comp", "block");
    pairs_add(s, &rq.query, "blockid", block_id(s, up, piece->index));
    pairs_add(s, &rq.headers, "Content-MD5", md5_base64(s, rq.body));
    TRY(azure_call(s, up->azure, &rq, NULL, &answer));
    return azure_expect(s, &rq, &answer);
}

static void hash_end(Scope *s, Upload *up)
{
    Sha256 sum = hash_sum(up->hash);

    up->sha256 = hex(s, sha256_view(&sum));
}

static fallible whole_request(Scope *s, Upload *up, AzureRequest *out)
{
    Piece piece = {.data = scope_alloc(s, (size_t)up->size + 1)};

    TRY(block_read(s, up, &piece));
    hash_end(s, up);
    AzureRequest rq = put_request(s, up);
    rq.body = (Bytes){piece.data, piece.size};
    pairs_add(s, &rq.headers, "x-ms-blob-type", "BlockBlob");
    pairs_add(s, &rq.headers, "Content-MD5", md5_base64(s, rq.body));
    describe(s, up, &rq);
    *out = rq;
    return OK;
}

static fallible blocks_request(Scope *s, Upload *up, AzureRequest *out)
{
    size_t count = (size_t)((up->size + up->block - 1) / up->block);
    Flight flight = {.count = count,
                     .lanes = up->azure->lanes,
                     .capacity = (size_t)up->block,
                     .prepare = block_read,
                     .work = block_send,
                     .own = up};
    Buffer xml = buffer_in(s);

    TRY(flight_run(s, &flight));
    hash_end(s, up);
    AzureRequest rq = put_request(s, up);
    buffer_text(&xml, "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
    for (size_t i = 0; i < count; i++)
        buffer_format(&xml, "<Latest>%s</Latest>", block_id(s, up, i));
    buffer_text(&xml, "</BlockList>");
    rq.body = buffer_view(&xml);
    pairs_add(s, &rq.query, "comp", "blocklist");
    pairs_add(s, &rq.headers, "Content-MD5", md5_base64(s, rq.body));
    describe(s, up, &rq);
    *out = rq;
    return OK;
}

/* ---- The end ---- */

static fallible written(Scope *s, const Upload *up, const HttpReply *reply, BlobInfo *out)
{
    BlobInfo about = {.name = text_copy(s, up->put->name), .size = up->size, .tier = up->put->tier};

    about.sha256 = text_copy(s, up->sha256);
    about.type = text_copy(s, up->put->type ? up->put->type : "application/octet-stream");
    about.etag = azure_etag(s, header_get(&reply->headers, "ETag"));
    if (!*about.etag ||
        !azure_date_parse(header_get(&reply->headers, "Last-Modified"), &about.modified))
        return fail(s, UPSTREAM, "the answer to a write lacks ETag or time");
    *out = about;
    return OK;
}

/* A write whose answer was lost may have been done: then its repetition conflicts with itself. */
static fallible reconcile(Scope *s, const Upload *up, Error *conflict, BlobInfo *out)
{
    AzureHead head;
    Error *e = azure_head(s, up->azure, up->put->name, NULL, &head);

    if (e || !text_equal(head.write, up->write))
        return conflict;
    *out = head.about;
    return OK;
}

static fallible put_once(Scope *s, AzureBlobs *azure, const BlobPut *put, BlobInfo *out)
{
    SCOPE(tmp, s);
    Upload up = {
        .azure = azure, .put = put, .write = random_hex(tmp, WRITE_BYTES), .hash = hash_open(tmp)};
    AzureRequest rq;
    HttpReply answer;

    TRY(source_open(tmp, &up));
    up.block = (int64_t)azure->block_bytes;
    if (up.size > up.block * AZURE_BLOCKS_MAX)
        up.block = up.size / AZURE_BLOCKS_MAX + 1;
    TRY(up.size <= up.block ? whole_request(tmp, &up, &rq) : blocks_request(tmp, &up, &rq));
    TRY(azure_call(tmp, azure, &rq, NULL, &answer));
    Error *e = azure_expect(s, &rq, &answer);
    if (failed_as(e, CONFLICT))
        return reconcile(s, &up, e, out);
    TRY(e);
    return written(s, &up, &answer, out);
}

static fallible container_make(Scope *s, AzureBlobs *azure, const char *name)
{
    SCOPE(tmp, s);
    AzureRequest rq = azure_request(tmp, azure, "PUT", text(tmp, "/%s", blob_container(tmp, name)));
    HttpReply answer;

    pairs_add(tmp, &rq.query, "restype", "container");
    TRY(azure_call(tmp, azure, &rq, NULL, &answer));
    return answer.status == 409 ? OK : azure_expect(s, &rq, &answer);
}

Error *azure_put(Scope *s, void *own, const BlobPut *put, BlobInfo *out)
{
    Error *e = put_once(s, own, put, out);

    if (!failed_as(e, MISSING))
        return e;
    TRY(container_make(s, own, put->name));
    e = put_once(s, own, put, out);
    if (failed_as(e, MISSING) && put->if_match)
        return fail(s, CONFLICT, "%s was removed", put->name);
    return e;
}
