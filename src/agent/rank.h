/* Which files an instruction is about, best first. The same commit and
 * instruction always give the same order. */
#pragma once

#include "agent/code.h"

enum {
    RANKED_MAX = 200, /* files kept */
};

typedef struct RankedPath {
    const char *path;
    double score;
    int64_t line;    /* named in the instruction; 0: none */
    bool named;      /* the instruction names it, and it alone */
    const char *why; /* "named", "search: greet", "folder", "manifest" */
} RankedPath;

typedef LIST_OF(RankedPath) RankedPathList;

typedef struct Ranking {
    RankedPathList files;
    size_t files_total; /* of the commit */
    const char *tree;   /* all of it on a page */
    bool partial;       /* file contents could not be searched yet */
} Ranking;

/* tree_tokens: what the page of the tree may take. */
fallible rank_files(Scope *s, const CodeSource *code, const char *instruction, int64_t tree_tokens,
                    Ranking *out);
