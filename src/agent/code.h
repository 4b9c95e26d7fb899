/* A repository at one commit, as an agent sees it: forbidden paths are not there at all. The driver
 * on git is agent/code_git.c; tests bring a table. */
#pragma once

#include "agent/draft.h"

enum {
    CODE_HITS_MAX = 1000,    /* of one search */
    CODE_FILE_HITS_MAX = 10, /* lines of one file */
};

typedef struct CodeHit {
    const char *path;
    int64_t line;     /* from 1; 0: the path itself holds a word */
    const char *text; /* the line, valid UTF-8, maybe cut */
    unsigned words;   /* bit i: it holds word i */
} CodeHit;

typedef LIST_OF(CodeHit) CodeHitList;

typedef struct CodeFound {
    CodeHitList hits; /* files with more of the words first */
    bool partial;     /* contents could not be searched for now, only paths */
    bool cut;         /* there may be more */
} CodeFound;

typedef struct CodeSource {
    FileSource files;
    void *self;
    /* Why a path may not be shown, as a phrase; NULL when it may. */
    const char *(*hidden)(Scope *s, void *self, const char *path);
    /* Says that these paths are read next, so that they come in one batch; may be NULL. */
    fallible (*need)(Scope *s, void *self, const TextList *paths);
    /* Plain files in byte order of their paths. */
    fallible (*paths)(Scope *s, void *self, TextList *out);
    /* Lines that hold one of the words literally; words without capitals in either case. */
    fallible (*search)(Scope *s, void *self, const TextList *words, CodeFound *out);
} CodeSource;
