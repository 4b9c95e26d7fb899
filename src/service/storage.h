/* What is stored where. */
#pragma once

#include "model/operation_views.h"
#include "service/app.h"

#define STORAGE_US (5 * US_PER_S) /* for walking; what takes longer is counted in part */
#define STORAGE_SQL_US                                                                             \
    (3 * US_PER_S) /* for the database's own sizes; absent when it takes longer */

fallible storage_view(Scope *s, App *app, const Caller *caller, StorageView *out);
