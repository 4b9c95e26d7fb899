/* Removing: one by one under conditions, many in batches; what a batch could not do is done singly. */

#include "base/id.h"
#include "blob/azure_parts.h"
#include "blob/azure_read.h"

static AzureRequest remove_request(Scope *s, const AzureBlobs *azure, const char *name)
{
    AzureRequest rq = {.method = "DELETE", .path = text(s, "%s/%s", azure->base_path, name)};

    pairs_add(s, &rq.headers, "x-ms-delete-snapshots", "include");
    return rq;
}

static fallible remove_one(Scope *s, AzureBlobs *azure, const char *name, const BlobRemove *what)
{
    SCOPE(tmp, s);
    AzureRequest rq = remove_request(tmp, azure, name);
    HttpReply answer;
    AzureHead head;

    pairs_add(tmp, &rq.headers, "x-ms-version", AZURE_VERSION);
    if (what->lease)
        pairs_add(tmp, &rq.headers, "x-ms-lease-id", what->lease);
    azure_condition(tmp, &rq, what->if_match);
    TRY(azure_call(tmp, azure, &rq, NULL, &answer));
    if (answer.status == 404)
        return OK;
    /* A condition does not hold for what is gone already, by this very request perhaps. */
    if (answer.status == 412 && failed_as(azure_head(tmp, azure, name, NULL, &head), MISSING))
        return OK;
    return azure_expect(s, &rq, &answer);
}

/* ---- Batches ---- */

/* A request within the batch has neither version nor host: those are the batch's. */
static fallible part_add(Scope *s, AzureBlobs *azure, Buffer *b, const char *name)
{
    AzureRequest rq = remove_request(s, azure, name);

    TRY(azure_prove(s, azure, &rq));
    const char *url = azure_url(s, azure, &rq);
    buffer_format(b, "DELETE %s HTTP/1.1\r\n",
                  url + strlen(azure->base) - strlen(azure->base_path));
    EACH (Pair, p, &rq.headers)
        buffer_format(b, "%s: %s\r\n", p->name, p->value);
    buffer_text(b, "Content-Length: 0\r\n\r\n");
    return OK;
}

static fallible batch_body(Scope *s, AzureBlobs *azure, const TextList *names, const char *boundary,
                           Bytes *out)
{
    Buffer b = buffer_in(s);

    for (size_t i = 0; i < names->count; i++) {
        SCOPE(tmp, s);
        buffer_format(
            &b,
            "--%s\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
            "Content-ID: %zu\r\n\r\n",
            boundary, i);
        TRY(part_add(tmp, azure, &b, names->items[i]));
    }
    buffer_format(&b, "--%s--\r\n", boundary);
    *out = buffer_view(&b);
    return OK;
}

static fallible batch_send(Scope *s, AzureBlobs *azure, const TextList *names, int *statuses)
{
    const char *boundary = text(s, "batch_%s", random_hex(s, 16));
    AzureRequest rq = azure_request(s, azure, "POST", "/");
    HttpReply answer;

    pairs_add(s, &rq.query, "comp", "batch");
    pairs_add(s, &rq.headers, "Content-Type", text(s, "multipart/mixed; boundary=%s", boundary));
    TRY(batch_body(s, azure, names, boundary, &rq.body));
    TRY(azure_call(s, azure, &rq, NULL, &answer));
    TRY(azure_expect(s, &rq, &answer));
    azure_read_batch(answer.body, statuses);
    return OK;
}

static fallible remove_batch(Scope *s, AzureBlobs *azure, const TextList *names)
{
    SCOPE(tmp, s);
    int statuses[AZURE_BATCH_MAX];
    Error *first = OK;

    TRY(batch_send(tmp, azure, names, statuses));
    for (size_t i = 0; i < names->count; i++) {
        if (statuses[i] == 202 || statuses[i] == 404)
            continue;
        Error *e = remove_one(s, azure, names->items[i], &(BlobRemove){0});
        if (!first)
            first = e;
    }
    return first;
}

Error *azure_remove(Scope *s, void *own, const BlobRemove *what)
{
    Error *first = OK;

    if (what->names.count == 1)
        return remove_one(s, own, what->names.items[0], what);
    for (size_t from = 0; from < what->names.count; from += AZURE_BATCH_MAX) {
        TRY(scope_check(s));
        size_t left = what->names.count - from;
        TextList part = {what->names.items + from, left < AZURE_BATCH_MAX ? left : AZURE_BATCH_MAX,
                         0};
        Error *e = remove_batch(s, own, &part);
        if (!first)
            first = e;
    }
    return first;
}
