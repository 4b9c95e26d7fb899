/* What Azure answers, as values: headers of a blob, a page of a list, the parts of a batch. Pure, and strict with
 * bytes from outside. For this folder only. */
#pragma once

#include "blob/blob.h"
#include "net/pairs.h"

enum {
    AZURE_XML_MAX = 8 << 20,      /* bytes of one document */
    AZURE_XML_DEPTH_MAX = 8,      /* elements within elements */
    AZURE_XML_TEXT_MAX = 4 << 10, /* bytes of one element's text */
    AZURE_BATCH_MAX = 256,        /* requests of a batch */
};

/* UPSTREAM when what must be there is missing or cannot be. The name is the caller's. */
fallible azure_read_blob(Scope *s, const PairList *headers, const char *name, BlobInfo *out);
/* EnumerationResults of List Blobs. Names that blob/blob.h does not know are left out: they are not ours. */
fallible azure_read_list(Scope *s, const char *container, Bytes xml, BlobPage *out);
/* statuses[i]: of the request with Content-ID i; 0: it has no answer. */
void azure_read_batch(Bytes answer, int statuses[AZURE_BATCH_MAX]);
/* The answer's word for what is wrong: letters and digits only, "" for none. */
const char *azure_error_code(Scope *s, const PairList *headers);
/* Without quotes. */
const char *azure_etag(Scope *s, const char *quoted);
