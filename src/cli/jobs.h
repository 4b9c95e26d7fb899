/* dursor jobs: the queue of record, from a terminal.
 *
 *     dursor jobs [--state STATE]    jobs in that state (dead), newest first
 *     dursor jobs resend ID          sends a dead letter again
 *     dursor jobs drop ID            drops a dead letter
 */
#pragma once

#include "base/error.h"

/* argv[0] is the command's own name. INVALID for wrong arguments. */
fallible cli_jobs(Scope *s, int argc, char **argv);
