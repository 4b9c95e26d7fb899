/* Tenants and their users. The local ones are there from the first migration on. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* The tenant of jobs that belong to nobody: sweeping, clean-up. */
#define SYSTEM_TENANT "system"

/* tx_system. Fills created_at. CONFLICT when there is one of that id. */
fallible tenant_insert(Scope *s, Tx *tx, Tenant *tenant);
fallible tenant_get(Scope *s, Tx *tx, const char *id, Tenant *out);

/* Of the caller's tenant. */
fallible user_insert(Scope *s, Tx *tx, User *user);
fallible user_get(Scope *s, Tx *tx, const char *id, User *out);
