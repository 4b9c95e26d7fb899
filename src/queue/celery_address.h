/* Addresses of Celery's transport: "celery+" before an address of net/redis_url.h, and in its query
 *
 *     prefix    what all keys begin with, kombu's global_keyprefix; on a cluster with a hash tag: {dursor}
 */
#pragma once

#include "queue/celery_keys.h"

typedef struct CeleryAddress {
    const char *redis; /* for redis_open */
    CeleryKeys keys;
} CeleryAddress;

/* INVALID without repeating the address, which may hold a password. */
fallible celery_address(Scope *s, const char *url, CeleryAddress *out);
