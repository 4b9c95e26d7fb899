/* The tables of shared links. */

#include "model/share_views.h"

const Type share_type =
    TYPE(Share, "A link that shows one run.", FIELD(Share, id, REQUIRED),
         FIELD(Share, tenant_id, NO_JSON), FIELD(Share, run_id, REQUIRED),
         FIELD(Share, url, NO_COLUMN,
               .about = "A path of this server, told once, when the link is made: keep it."),
         FIELD(Share, expires_at, REQUIRED), FIELD(Share, created_at, REQUIRED),
         FIELD(Share, revoked_at));

const Type share_create_type = TYPE(
    ShareCreate, "A link to be made.",
    FIELD(ShareCreate, expires_in_hours, 0, .preset = "168", .least = 1, .most = SHARE_HOURS_MAX));
