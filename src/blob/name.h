/* Which names, prefixes and conditions can be; see blob/blob.h. Pure. For this folder only. */
#pragma once

#include "blob/blob.h"

/* INVALID with what is wrong. */
fallible blob_name_check(Scope *s, const char *name);
fallible blob_prefix_check(Scope *s, const char *prefix);
fallible blob_put_check(Scope *s, const BlobPut *put);
fallible blob_lease_check(Scope *s, const BlobLease *lease);
/* "temp" of "temp/a/b". */
const char *blob_container(Scope *s, const char *name);
/* As Azure writes it: "Hot", "Cool", "Cold", "Archive". */
const char *blob_tier_name(BlobTier tier);
/* Without regard to case; false when none has that name. */
bool blob_tier_named(const char *name, BlobTier *out);
