/* What is kept about a blob, behind its bytes: one file is renamed in one step, two would not be. */

#include "blob/file_parts.h"
#include "blob/name.h"

enum {
    RECORD_FIELDS = 8,
    SHA256_HEX = 64,
    ETAG_MAX = 64,
};

const char *record_write(Scope *s, const BlobInfo *about)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "\ndursor-blob 1 %lld %s %s %s %s %lld", (long long)about->size,
                  about->sha256, about->etag, blob_tier_name(about->tier), about->type,
                  (long long)about->modified.us);
    while (b.size < BLOB_RECORD_SIZE - 1)
        buffer_char(&b, ' ');
    buffer_char(&b, '\n');
    return buffer_string(&b);
}

static bool fields_read(const TextList *fields, BlobInfo *out)
{
    const char *const *t = fields->items;

    return fields->count == RECORD_FIELDS && text_equal(t[0], "dursor-blob") &&
           text_equal(t[1], "1") && text_integer(t[2], 0, BLOB_SIZE_MAX, &out->size) &&
           strlen(t[3]) == SHA256_HEX && strspn(t[3], "0123456789abcdef") == SHA256_HEX && *t[4] &&
           strlen(t[4]) <= ETAG_MAX && blob_tier_named(t[5], &out->tier) && *t[6] &&
           strlen(t[6]) <= BLOB_TYPE_MAX && text_integer(t[7], 0, INT64_MAX, &out->modified.us);
}

Error *record_read(Scope *s, Bytes record, int64_t file_size, BlobInfo *out)
{
    BlobInfo about = {0};
    bool framed = record.size == BLOB_RECORD_SIZE && record.data[0] == '\n' &&
                  record.data[record.size - 1] == '\n';
    const char *line = framed ? text_trim(s, text_clean(s, record, NULL)) : "";
    TextList fields = text_split(s, line, ' ');

    if (!fields_read(&fields, &about) || about.size + BLOB_RECORD_SIZE != file_size)
        return fail_code(s, UPSTREAM, BLOB_DAMAGED,
                         "the file is not one that a blob was written to, or was cut");
    about.sha256 = fields.items[3];
    about.etag = fields.items[4];
    about.type = fields.items[6];
    *out = about;
    return OK;
}
