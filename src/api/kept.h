/* Answers in the old API's own words, where it says 400 for what is not there, or where something
 * would have to act that this server does not have. */
#pragma once

#include "api/api.h"
#include "store/tasks.h"

/* The task, or "Task not found: ID" with that kind. */
fallible task_or(Scope *s, Tx *tx, ErrorKind kind, const char *id, Task *out);
/* UNSUPPORTED, code "executor_unavailable": what would act, and what to do instead. */
fallible no_agent(Scope *s, const char *what);
/* Lines kept as a list, from that number on; the list's texts are lent. Without times of their own
 * they carry 0. */
LogLineList kept_lines(Scope *s, const TextList *lines, int64_t from_line);
