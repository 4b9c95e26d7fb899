/* Links that show one run, read-only, to whoever has them. */
#pragma once

#include "base/table.h"

enum {
    SHARE_HOURS_MAX = 90 * 24,
    SHARES_PER_RUN_MAX = 20, /* that are neither expired nor revoked */
};

typedef struct Share {
    const char *id;
    const char *tenant_id;
    const char *run_id;
    const char *url; /* a path with the token: known only when it is made, and never stored */
    Time expires_at;
    Time created_at;
    Time revoked_at; /* zero: it was not */
} Share;

typedef LIST_OF(Share) ShareList;

typedef struct ShareCreate {
    int64_t expires_in_hours;
} ShareCreate;

extern const Type share_type, share_create_type;
