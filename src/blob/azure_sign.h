/* Shared Key signatures of Azure Storage (Microsoft Learn, "Authorize with Shared Key", versions from 2015-02-21).
 * Pure. For this folder only.
 *
 * Names of headers are such that plain byte order is the service's: small letters, digits and '-', those of
 * metadata without '-'. */
#pragma once

#include "base/time.h"
#include "net/pairs.h"

typedef struct AzureRequest {
    const char *method;
    const char *path; /* of the whole URL, as it is sent */
    PairList query;   /* decoded, each name once */
    PairList headers; /* all but Authorization, Content-Length and those of every HTTP request */
    Bytes body;
} AzureRequest;

/* What is signed. */
const char *azure_string_to_sign(Scope *s, const char *account, const AzureRequest *rq);
/* "SharedKey ACCOUNT:SIGNATURE"; key is decoded. */
const char *azure_authorization(Scope *s, const char *account, Bytes key, const AzureRequest *rq);
/* RFC 1123: "Mon, 23 Nov 2026 14:44:55 GMT". */
const char *azure_date(Scope *s, Time t);
bool azure_date_parse(const char *t, Time *out);
