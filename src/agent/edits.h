/* What a model wants changed, whatever form it wrote it in.
 *
 * A model is asked for edits by tool call; weaker ones, and all of them on bad days, answer in text.
 * The form is found from the answer itself, never from what was asked for:
 *
 *   JSON            {"edits": [{"path", "op", "find", "replace", …}], "summary"}, as the arguments
 *                   of the tool or anywhere in a text
 *   V4A             *** Begin Patch … *** End Patch (codex-rs/apply-patch, its grammar exactly)
 *   search/replace  <<<<<<< SEARCH … ======= … >>>>>>> REPLACE below a line with the path (Aider)
 *   unified diff    as models write them: no counts, no prefix, stale lines, prose around it
 *   whole files     a code fence with the path above it or in its first line
 *
 * Everything here is pure. What cannot be read becomes a fault with words for the model, never an
 * error. Text of edits is valid UTF-8 with LF as line end; whether it fits a file is decided in
 * agent/draft.h. */
#pragma once

#include "base/json.h"

enum {
    EDITS_MAX = 500,           /* edits of one answer; more are refused */
    EDIT_TEXT_MAX = 1 << 20,   /* bytes of one find or replace */
    EDIT_PATH_MAX = 1024,      /* bytes of a path */
    EDIT_FAULTS_MAX = 50,      /* faults told to the model at once */
    ANSWER_TEXT_MAX = 8 << 20, /* bytes of one answer; the rest is not read */
};

typedef enum EditOp {
    EDIT_REPLACE = 1, /* find becomes replace */
    EDIT_CREATE,      /* a new file with replace as its content */
    EDIT_DELETE,
    EDIT_RENAME,  /* path becomes new_path; content stays */
    EDIT_REWRITE, /* the file's whole content becomes replace; made when missing */
} EditOp;

extern const Name edit_op_names[];

typedef struct Edit {
    EditOp op;
    const char *path;     /* as written by the model; judged later */
    const char *new_path; /* of EDIT_RENAME */
    Bytes find;
    Bytes replace;
    int64_t occurrence; /* which match of find, from 1; 0: it must be the only one */
    bool lines;         /* find and replace are whole lines (search/replace form, diffs) */
    bool hunk;          /* find is old lines of a diff: outer context may be stale */
    bool at_end;        /* the hunk says it ends at the end of the file */
    int64_t line_hint;  /* where a diff says the hunk begins, from 1; 0: not said */
    const char *anchor; /* a line above the hunk, after @@; NULL when none */
} Edit;

typedef LIST_OF(Edit) EditList;

typedef enum FaultKind {
    FAULT_FORM = 1, /* cannot be read as an edit */
    FAULT_REFUSED,  /* the path is forbidden, escapes, or is not a plain file */
    FAULT_NO_FILE,
    FAULT_EXISTS,
    FAULT_NOT_FOUND, /* find is not in the file */
    FAULT_AMBIGUOUS, /* find is there more than once */
    FAULT_INDENT,    /* found, but how new lines are to be indented is unclear */
    FAULT_NO_CHANGE,
    FAULT_ENCODING, /* binary, or not UTF-8 */
    FAULT_ELIDED,   /* "... existing code ..." in place of lines */
    FAULT_SHRUNK,   /* a rewrite lost a large part of the file */
    FAULT_LIMIT,    /* a named limit would be passed */
} FaultKind;

extern const Name fault_kind_names[];

/* What is wrong with one edit, in words for the model: what it asked, what the file really holds,
 * what to send instead. */
typedef struct EditFault {
    FaultKind kind;
    int64_t edit;     /* its place in the answer, from 1; 0: the answer as a whole */
    const char *path; /* NULL when it has none */
    const char *message;
} EditFault;

typedef LIST_OF(EditFault) EditFaultList;

typedef enum EditForm {
    FORM_NONE = 0, /* the text holds no edits */
    FORM_JSON,
    FORM_V4A,
    FORM_BLOCKS,
    FORM_DIFF,
    FORM_WHOLE,
} EditForm;

extern const Name edit_form_names[];

typedef struct EditAnswer {
    EditForm form;
    EditList edits;
    EditFaultList faults;
    const char *summary; /* what the model says it did: its summary field or the prose; NULL: none */
} EditAnswer;

/* The answer without the thinking that some servers leave in front of it: <think> … </think>, the first tag
 * often missing. Drafts of edits in there are not meant. */
Bytes answer_spoken(Bytes answer);

/* The edits in a text answer. */
void edits_read(Scope *s, Bytes answer, EditAnswer *out);
/* The edits in the arguments of the edit tool. */
void edits_read_json(Scope *s, json_t *arguments, EditAnswer *out);
