/* Headers and batches. Lists are read in azure_list_read.c. */

#include "blob/azure_read.h"

#include <ctype.h>

#include "blob/azure_sign.h"
#include "blob/name.h"

enum {
    CODE_MAX = 64,
    ETAG_MAX = 126,
    SHA256_HEX = 64,
};

const char *azure_error_code(Scope *s, const PairList *headers)
{
    const char *code = header_get(headers, "x-ms-error-code");
    size_t size = code ? strlen(code) : 0;

    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)code[i]))
            return "";
    return code && size <= CODE_MAX ? text_copy(s, code) : "";
}

const char *azure_etag(Scope *s, const char *quoted)
{
    size_t size = quoted ? strlen(quoted) : 0;

    if (size >= 2 && quoted[0] == '"' && quoted[size - 1] == '"')
        return text(s, "%.*s", (int)(size - 2 < ETAG_MAX ? size - 2 : ETAG_MAX), quoted + 1);
    return text(s, "%.*s", ETAG_MAX, quoted ? quoted : "");
}

/* Ours is 64 hex digits; what another program put there is none. */
static const char *sha256_of(Scope *s, const char *t)
{
    bool good = t && strlen(t) == SHA256_HEX && strspn(t, "0123456789abcdef") == SHA256_HEX;

    return good ? text_copy(s, t) : NULL;
}

Error *azure_read_blob(Scope *s, const PairList *headers, const char *name, BlobInfo *out)
{
    const char *size = header_get(headers, "Content-Length"),
               *type = header_get(headers, "Content-Type");
    const char *tier = header_get(headers, "x-ms-access-tier");
    BlobInfo about = {.name = text_copy(s, name)};

    about.etag = azure_etag(s, header_get(headers, "ETag"));
    about.sha256 = sha256_of(s, header_get(headers, "x-ms-meta-sha256"));
    about.type = text_copy(s, type ? type : "application/octet-stream");
    if (!size || !text_integer(size, 0, INT64_MAX, &about.size) || !*about.etag ||
        !azure_date_parse(header_get(headers, "Last-Modified"), &about.modified) ||
        (tier && !blob_tier_named(tier, &about.tier)))
        return fail(s, UPSTREAM, "the answer about %s lacks its size, ETag, time or tier", name);
    *out = about;
    return OK;
}

void azure_read_batch(Bytes answer, int statuses[AZURE_BATCH_MAX])
{
    static const char id_name[] = "content-id:", protocol[] = "HTTP/1.1 ";
    int64_t id = -1, status;
    Bytes line;

    memset(statuses, 0, AZURE_BATCH_MAX * sizeof *statuses);
    while (bytes_line(&answer, &line)) {
        char head[32] = "";
        memcpy(head, line.data, line.size < sizeof head - 1 ? line.size : sizeof head - 1);
        head[strcspn(head, "\r")] = 0;
        if (strncasecmp(head, id_name, sizeof id_name - 1) == 0) {
            const char *number = head + sizeof id_name - 1;
            number += strspn(number, " ");
            id = text_integer(number, 0, AZURE_BATCH_MAX - 1, &id) ? id : -1;
        } else if (id >= 0 && text_starts(head, protocol)) {
            head[sizeof protocol + 2] = 0;
            if (text_integer(head + sizeof protocol - 1, 100, 599, &status))
                statuses[id] = (int)status;
            id = -1;
        }
    }
}
