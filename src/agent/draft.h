/* The files as a model has changed them so far: edits applied in memory, over a commit.
 *
 * Tolerant, never wrong. A find text is looked for exactly, then without trailing blanks, then
 * without outer blanks, then with Unicode punctuation and blanks folded, then without any blanks;
 * the first of these rungs with a match must have exactly one, or the edit is refused with the line
 * numbers. Lines that an edit keeps come from the file's bytes, never from the model. New lines get
 * the indentation the matched lines have in the file, and the file's own line end; byte order mark,
 * final newline and mode stay.
 *
 * All edits of one file in one answer apply, or none does (one that changes nothing is only left out). Refused: forbidden paths, paths out of
 * the tree, symbolic links, submodules, binary files, rewrites that lost much of a file or hold
 * placeholders, edits that change nothing. Faults go to the model (agent/edits.h). */
#pragma once

#include "agent/edits.h"

enum {
    DRAFT_FILE_BYTES_MAX = 2 << 20, /* a file larger than this is not edited */
    DRAFT_BYTES_MAX = 16 << 20,     /* all changed files of a run */
    DRAFT_FILES_MAX = 200,          /* changed files of a run, unless a setting says otherwise */
    SHRINK_LINES_LEAST = 20,        /* files shorter than this may shrink as they like */
    SHRINK_PERCENT_MAX = 30,        /* of its lines that a rewrite may lose unasked */
};

typedef enum SourceKind {
    SOURCE_ABSENT = 0,
    SOURCE_FILE,
    SOURCE_EXECUTABLE,
    SOURCE_SYMLINK,
    SOURCE_SUBMODULE,
    SOURCE_FOLDER,
    SOURCE_TOO_LARGE, /* a file over the size asked for; content is empty */
} SourceKind;

typedef struct SourceFile {
    SourceKind kind;
    Bytes content;
} SourceFile;

/* Where files are read from: a commit, or a table in a test. */
typedef struct FileSource {
    void *self;
    /* A missing path gives SOURCE_ABSENT and is no failure. */
    fallible (*read)(Scope *s, void *self, const char *path, size_t most, SourceFile *out);
    /* Why the path may not be changed or shown, as a phrase; NULL when it may. */
    const char *(*refused)(Scope *s, void *self, const char *path);
    /* Up to count existing paths that end like this one, for "did you mean"; may be NULL. */
    fallible (*similar)(Scope *s, void *self, const char *path, size_t count, TextList *out);
} FileSource;

typedef struct DraftLimits {
    size_t files;      /* 0: DRAFT_FILES_MAX */
    size_t file_bytes; /* 0: DRAFT_FILE_BYTES_MAX */
    size_t bytes;      /* 0: DRAFT_BYTES_MAX */
} DraftLimits;

/* A path that differs from the base. */
typedef struct DraftFile {
    const char *path;
    bool was; /* it exists at the base */
    bool is;  /* it exists now */
    bool executable;
    Bytes content;    /* now */
    Bytes base;       /* at the base */
    const char *from; /* the path it was renamed from; NULL */
    bool shrink_told; /* the model was told once that a rewrite lost lines */
} DraftFile;

typedef LIST_OF(DraftFile) DraftFileList;

typedef struct Draft Draft;

/* The source must outlive the draft. */
Draft *draft_open(Scope *s, const FileSource *source, DraftLimits limits);

/* Applies the edits of one answer, each file's in order and all or nothing. *faults lists what did
 * not; fails only when the source does, or the scope ends. */
fallible draft_apply(Scope *s, Draft *draft, const EditList *edits, EditFaultList *faults);

/* The file as it is now: with the edits so far. */
fallible draft_read(Scope *s, Draft *draft, const char *path, SourceFile *out);

/* The paths that differ from the base now, by path; those edited back are not among them. */
DraftFileList draft_changes(Scope *s, const Draft *draft);

/* The path in its plain form (no "./", no doubled slashes), or NULL and why it is none. */
const char *draft_path(Scope *s, const char *path, const char **why);
