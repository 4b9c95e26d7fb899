/* Stores of blobs for tests: each test has names of its own. */
#pragma once

#include "blob/blob.h"
#include "sys/file.h"
#include "test/test.h"

typedef struct GivenBlobs {
    BlobOptions options;
    BlobStore *store;
    const char *faults; /* where the proxy is told */
    const char *folder; /* for the test's files */
    const char *base;   /* "temp/RANDOM/": begins each name */
    BlobInfo about;     /* of the last write or read */
} GivenBlobs;

typedef Error *BlobTest(Scope *s, GivenBlobs *g);

fallible blobs_variable(Scope *s, const char *name, const char **out);
fallible blobs_in_files(Scope *s, BlobTest *test);
fallible blobs_in_azure(Scope *s, BlobTest *test);
/* Through the proxy of test/fault_proxy.py: small blocks, short pauses. */
fallible blobs_with_faults(Scope *s, BlobTest *test);
/* What happens to the next requests about the test's blobs, in order, see the proxy. */
fallible plan_faults(Scope *s, GivenBlobs *g, const char *faults);
/* Requests since the plan. */
fallible count_requests(Scope *s, GivenBlobs *g, int *out);

/* Runs for each kind of store. */
#define BLOB_TEST(name_)                                                                           \
    static Error *each_##name_(Scope *s, GivenBlobs *g);                                           \
    TEST(name_##_in_files)                                                                         \
    {                                                                                              \
        return blobs_in_files(s, each_##name_);                                                    \
    }                                                                                              \
    TEST(name_##_in_azure)                                                                         \
    {                                                                                              \
        return blobs_in_azure(s, each_##name_);                                                    \
    }                                                                                              \
    static Error *each_##name_(Scope *s, GivenBlobs *g)

const char *blob_called(Scope *s, const GivenBlobs *g, const char *name);
/* Writes a text, under a condition or none. */
fallible given_blob(Scope *s, GivenBlobs *g, const char *name, const char *content,
                    const char *if_match);
fallible blob_text(Scope *s, GivenBlobs *g, const char *name, const char **out);
fallible remove_blob(Scope *s, GivenBlobs *g, const char *name, const char *if_match);
/* size bytes that no two places repeat soon. */
Bytes noise(Scope *s, size_t size);
