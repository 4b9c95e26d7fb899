/* What stores of blobs answer, by the first byte: a list in XML, a batch, headers of a blob, the record behind a
 * blob in a file. What is read keeps the rules of names, sizes and texts, and a record reads as it was written. */

#include "blob/azure_read.h"
#include "blob/file_parts.h"
#include "blob/name.h"
#include "test/fuzz/fuzz.h"

static void check_about(const BlobInfo *about)
{
    FUZZ_CHECK(about->size >= 0 && about->tier <= TIER_ARCHIVE && *about->etag);
    FUZZ_CHECK(!about->sha256 || strlen(about->sha256) == 64);
}

static void check_list(Scope *s, Bytes bytes)
{
    BlobPage page;

    if (azure_read_list(s, "temp", bytes, &page))
        return;
    FUZZ_CHECK(!page.marker || (*page.marker && strlen(page.marker) <= BLOB_MARKER_MAX));
    EACH (BlobInfo, b, &page.blobs) {
        FUZZ_CHECK(!blob_name_check(s, b->name));
        check_about(b);
    }
}

static void check_batch(Bytes bytes)
{
    int statuses[AZURE_BATCH_MAX];

    azure_read_batch(bytes, statuses);
    for (size_t i = 0; i < AZURE_BATCH_MAX; i++)
        FUZZ_CHECK(statuses[i] == 0 || (statuses[i] >= 100 && statuses[i] <= 599));
}

static void check_headers(Scope *s, Bytes bytes)
{
    PairList headers = {0};
    BlobInfo about;
    Bytes line;

    while (bytes_line(&bytes, &line)) {
        ptrdiff_t colon = bytes_find(line, BYTES(":"), 0);
        if (colon >= 0)
            pairs_add(
                s, &headers, text_of(s, (Bytes){line.data, (size_t)colon}),
                text_clean(s, (Bytes){line.data + colon + 1, line.size - (size_t)colon - 1}, NULL));
    }
    FUZZ_CHECK(strlen(azure_error_code(s, &headers)) <= 64);
    if (!azure_read_blob(s, &headers, "temp/a", &about))
        check_about(&about);
}

static void check_record(Scope *s, Bytes bytes)
{
    BlobInfo about, again;
    int64_t size = 5 + BLOB_RECORD_SIZE;
    Buffer b = buffer_in(s);

    buffer_bytes(&b, bytes); /* a seed need not be filled up by hand */
    while (b.size < BLOB_RECORD_SIZE - 1)
        buffer_char(&b, ' ');
    if (b.size < BLOB_RECORD_SIZE)
        buffer_char(&b, '\n');
    if (record_read(s, buffer_view(&b), size, &about))
        return;
    check_about(&about);
    Error *e = record_read(s, (Bytes){record_write(s, &about), BLOB_RECORD_SIZE}, size, &again);
    FUZZ_CHECK(!e && again.size == about.size && text_equal(again.etag, about.etag) &&
               text_equal(again.type, about.type) && again.tier == about.tier);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");

    if (size < 1)
        return 0;
    Bytes bytes = {(const char *)data + 1, size - 1};
    switch (data[0]) {
    case 'x':
        check_list(s, bytes);
        break;
    case 'b':
        check_batch(bytes);
        break;
    case 'h':
        check_headers(s, bytes);
        break;
    default:
        check_record(s, bytes);
    }
    return 0;
}
