/* What the pages' routes take and give. */
#pragma once

#include "api/api.h"

typedef struct LoginCode {
    const char *code;
} LoginCode;

typedef struct ServiceInfo {
    const char *name;
    const char *version;
    const char *docs;
    const char *openapi;
} ServiceInfo;
