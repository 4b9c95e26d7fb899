/* Findings of a review in words: as an instruction that has them fixed, and as a message. */
#pragma once

#include "model/board_views.h"

/* INVALID when no finding fits the choice. all is ordered by severity. */
fallible fix_instruction(Scope *s, const FeedbackList *all, const FixCreate *choice,
                         FixInstruction *out);
/* Markdown: summary, score, counts, titles with their places. */
const char *review_message(Scope *s, const Review *review, const FeedbackList *all);
