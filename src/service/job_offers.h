/* Tells Redis of jobs that wait, so that workers take them as messages (queue/job_queue.h). Any number of
 * processes may; it says "offered" on the bus when something new lies there. */
#pragma once

#include "service/app.h"

/* A thread until s closes. Only with app->job_queue. */
fallible job_offers_open(Scope *s, App *app);
/* One look, and what it found is offered; *wait_us becomes shorter when something is due before. */
fallible job_offers_look(Scope *s, App *app, int64_t *wait_us);
