/* A repository, a task, and runs of it whose attempts are made step by step. On SQLite. */
#pragma once

#include "service/app.h"
#include "store/repos.h"
#include "store/tasks.h"
#include "service/comparison.h"
#include "store/runs.h"
#include "test/test.h"

typedef struct Work {
    App *app; /* its models' server cannot be reached, unless the test starts one */
    const char *source;
    Repo repo;
    Task task;
    const char *run_id; /* of the newest order */
    int64_t orders;
} Work;

fallible given_work(Scope *s, Work **out);
/* One run, of the same line as those before. */
fallible given_order(Scope *s, Work *work, const char *instruction);

typedef enum Step { STEP_STARTED = 1, STEP_COMMITTED, STEP_MOVED, STEP_STORED } Step;

/* What a worker that then died did of the run: it added the file added-N.txt, N the order's number. */
fallible attempt_by_hand(Scope *s, Work *work, Step last);
/* Another process takes the run over; gives it as it has ended. */
fallible run_by_runner(Scope *s, Work *work, Run *out);
fallible run_now_of(Scope *s, Work *work, Run *out);
/* The run's events are numbered without gaps and say once, at their end, how it ended. */
fallible one_end(Scope *s, Work *work, const char *run_id);
/* Output of git in the mirror, trimmed. */
fallible git_says(Scope *s, Work *work, const char *arguments, const char **out);
