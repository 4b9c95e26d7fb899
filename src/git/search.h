/* Literal search through the files of a commit.
 *
 * Words without capitals match both cases (ASCII). Skipped: forbidden paths (git/forbidden.h),
 * binary files, links, submodules, files over a size. Files with more of the words come first.
 */
#pragma once

#include "git/objects.h"

enum {
    SEARCH_WORDS_MAX = 32,
    SEARCH_WORD_BYTES_MAX = 200,
    SEARCH_FILE_BYTES_MAX = 1 << 20, /* larger files are skipped */
    SEARCH_HITS_MAX = 2000,          /* lines in all */
    SEARCH_FILE_HITS_MAX = 20,       /* lines of one file */
    SEARCH_LINE_MAX = 300,           /* bytes shown of a line */
    SEARCH_MISSING_MAX =
        20 * 1000, /* blobs a partial mirror may have to fetch; beyond: paths only */
};
#define SEARCH_BYTES_MAX (2LL << 30) /* read in all */

typedef struct SearchLimits { /* 0: as above */
    size_t hits;
    size_t file_hits;
    int64_t file_bytes;
    int64_t bytes;
} SearchLimits;

typedef struct SearchHit {
    const char *path;
    int64_t line;     /* from 1; 0: the path itself holds the word */
    const char *text; /* of the line, made valid UTF-8, cut */
    unsigned words;   /* bit i: holds word i */
} SearchHit;

typedef LIST_OF(SearchHit) SearchHitList;

typedef struct SearchResult {
    SearchHitList hits; /* files with more different words first, then by path and line */
    size_t files;       /* that were read */
    bool paths_only;    /* contents were not searched: too many are missing from a partial mirror */
    bool cut;           /* a limit was reached: there may be more */
} SearchResult;

typedef struct SearchQuery {
    TextList words;
    SearchLimits limits;
} SearchQuery;

/* INVALID for no words, too many, or an empty or too long one. */
fallible git_search(Scope *s, GitRepo *repo, const char *commit, const SearchQuery *query,
                    SearchResult *out);
