/* One file while the edits of an answer are tried on it: kept whole, or dropped whole. */
#pragma once

#include "agent/draft.h"

typedef struct Draft {
    Scope *s;
    const FileSource *source;
    DraftLimits limits;
    DraftFileList files; /* every path ever touched, also those that are as at the base again */
} Draft;

typedef struct Trial {
    const char *path;   /* where the file is now, in the answer's order */
    const char *opened; /* where it was before the answer */
    SourceKind kind;    /* before the answer */
    DraftFile now;
    bool failed;
    ptrdiff_t shift; /* for hunks, see PlaceState */
    size_t cursor;
} Trial;

/* The draft's own record of a path, or NULL. */
DraftFile *draft_file(const Draft *draft, const char *path);

/* The file as the draft has it. False, with a fault, when it may not be touched at all. *trial's
 * kind says what is there. */
fallible trial_open(Scope *s, Draft *draft, const char *path, Trial *trial, EditFault *fault);

/* Applies one edit, EDIT_RENAME excepted. On a fault fault->kind is set and the trial is as before. */
void trial_edit(Scope *s, const Draft *draft, Trial *trial, const Edit *edit, EditFault *fault);
