/* The life of a run and of its job as pure rules: who may go where, and when to try again. */
#pragma once

#include "model/entities.h"

#define BACKOFF_FIRST_US (2 * US_PER_S)
#define BACKOFF_MAX_US   (5 * US_PER_MIN)

/* queued → running → succeeded | failed | canceled, running → queued, queued → failed | canceled. */
bool run_may_become(RunStatus from, RunStatus to);
bool job_may_become(JobStatus from, JobStatus to);

/* How long to wait before the try after `tries` failed ones: doubling from BACKOFF_FIRST_US up to
 * BACKOFF_MAX_US, of which the random number (any) takes off up to a half, so that jobs that failed
 * together come back apart; never less than least_us, what a server asked for. */
int64_t backoff_us(int64_t tries, uint64_t random, int64_t least_us);

/* The branch of a line: prefix/ and the last digits of the id of the run that opened it. */
const char *line_branch(Scope *s, const char *prefix, const char *run_id, int digits);
enum { BRANCH_DIGITS_FIRST = 8, BRANCH_DIGITS_STEP = 4, BRANCH_DIGITS_MAX = 32 };
