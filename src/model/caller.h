/* Who a piece of work is done for. Every row belongs to a tenant; a claimed job goes on as its own. */
#pragma once

#include "base/table.h"

typedef enum Role { ROLE_VIEWER = 1, ROLE_DEVELOPER, ROLE_ADMIN } Role;

extern const Name role_names[];

typedef struct Caller {
    const char *tenant_id;
    const char *user_id; /* NULL for the system's own work */
    Role role;
} Caller;

/* In local mode there is one tenant and one user, both with this id. */
#define LOCAL_TENANT "local"

extern const Caller local_caller;
