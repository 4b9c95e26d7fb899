/* What agents reported of a task: reviews with their findings, checks, agentic runs. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* Newest first; none for a task that the tenant does not have. */
fallible review_list(Scope *s, Tx *tx, const char *task_id, Page *page, ReviewSummaryList *out);
fallible review_get(Scope *s, Tx *tx, const char *id, Review *out);
/* Critical first, then high, medium, low; each as the reviewer gave them. */
fallible feedbacks_of_review(Scope *s, Tx *tx, const char *id, FeedbackList *out);
/* id is made when NULL. */
fallible review_insert(Scope *s, Tx *tx, Review *review);
fallible feedback_insert(Scope *s, Tx *tx, Feedback *feedback);

/* Newest first; none for a task that the tenant does not have. */
fallible ci_check_list(Scope *s, Tx *tx, const char *task_id, Page *page, CiCheckList *out);
fallible ci_check_insert(Scope *s, Tx *tx, CiCheck *check);

/* The task's newest one; *out is untouched when there is none. */
fallible agentic_newest(Scope *s, Tx *tx, const char *task_id, AgenticRun *out, bool *found);
fallible agentic_insert(Scope *s, Tx *tx, AgenticRun *run);
/* Ends it as failed for that reason while it is still in the phase that was seen. */
fallible agentic_fail(Scope *s, Tx *tx, const AgenticRun *seen, const char *error, bool *done);
