/* How the runner looks to Celery's tools, where jobs travel as its messages (queue/control.h): a node of
 * that name, with the jobs that run. Its ids are those of jobs. Revoking with terminate cancels the job, and
 * shutdown drains the worker; places and queues are chosen at its start. */
#pragma once

#include "queue/events.h"
#include "work/runner.h"

/* Nothing where jobs do not travel. Ends with s. */
fallible monitor_open(Scope *s, Runner *r);
/* Tell who listens; what is not told is not repeated. */
void monitor_began(Slot *slot);
void monitor_ended(Slot *slot, const Error *e);
