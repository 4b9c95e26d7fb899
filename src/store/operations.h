/* What operators look at: jobs with the runs they execute, and how much the database holds. In
 * tx_system_read of all tenants, else of the caller's. */
#pragma once

#include "model/operation_views.h"
#include "model/views.h"
#include "store/rows.h"
#include "store/store.h"

/* A page of jobs, newest first. */
fallible job_views(Scope *s, Tx *tx, const JobQuery *query, Page *page, JobViewList *out);
fallible job_view(Scope *s, Tx *tx, const char *id, JobView *out);
/* Whose dead letter it is; MISSING when there is no such one. */
fallible dead_letter_tenant(Scope *s, Tx *tx, const char *id, const char **tenant_id);
typedef LIST_OF(Usage) UsageList;
enum { USAGE_RUNS_MAX = 50 }; /* the newest runs */
/* What runs of that model on that repository used that ended well; input_tokens is the whole prompt. */
fallible usage_of_model(Scope *s, Tx *tx, const char *repo_id, const ModelView *model,
                        UsageList *out);
fallible storage_sizes(Scope *s, Tx *tx, StorageSizes *out);
