/* What a deployed PostgreSQL is like, for those who look after it. */
#pragma once

#include "base/time.h"
#include "store/store.h"

enum { POSTGRES_OLDEST = 15 };

/* What a connection says of its server. Lists are joined by ", ", and NULL when there is nothing. */
typedef struct ServerLook {
    int64_t version; /* 150004 is 15.4 */
    const char *version_text;
    const char *user_name;
    bool bypasses; /* row-level security does not bind the user */
    bool read_only;
    int64_t clock_us;          /* since 1970 */
    const char *process;       /* which server process works for us */
    const char *place;         /* equal for two addresses of one database */
    const char *roles_missing; /* that the user may not take */
    const char *roles_strong;  /* of ours, that row-level security does not bind */
    const char *open_tables;   /* with a tenant, and without a rule that keeps tenants apart */
} ServerLook;

typedef struct ServerView {
    ServerLook look;
    int64_t clock_ahead_us; /* its clock's lead before this machine's */
    bool encrypted;
    bool pooled;         /* something stands between the address and the server */
    bool by_transaction; /* and hands out server processes by transaction */
    bool has_direct;     /* there is a direct address … */
    bool direct_pooled;  /* … which is none */
    bool elsewhere;      /* … which is another database's */
} ServerView;

/* The options name a PostgreSQL. Nothing of dursor's needs to be there yet. */
fallible store_inspect(Scope *s, const StoreOptions *options, ServerView *out);
