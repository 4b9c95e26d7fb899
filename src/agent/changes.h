/* A draft as the order of a commit. */
#pragma once

#include "agent/draft.h"
#include "git/commit.h"

/* Each path once; a file that moved is a rename. */
TreeChangeList changes_of(Scope *s, const DraftFileList *files);
/* The model's words, cut to AGENT_SUMMARY_MAX bytes; without any, which files changed. */
const char *changes_summary(Scope *s, const char *said, const DraftFileList *files);
