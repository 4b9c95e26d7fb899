/* What of a repository a model is shown before it asks: the page of the tree, and the files that the
 * instruction is most likely about. Runs of one message share the ranking. */
#pragma once

#include "agent/rank.h"
#include "model/context_views.h"

enum {
    CONTEXT_CACHE_ENTRIES = 16, /* rankings kept, the longest unused goes */
    CONTEXT_TREE_TOKENS = 4000, /* of the page of the tree */
    CONTEXT_FILES_MAX = 60,     /* shown unasked */
};

/* Thread-safe. Whoever asks first for a commit and an instruction makes the ranking; others that ask
 * meanwhile wait for it. If making it fails, the next one tries. */
typedef struct ContextCache ContextCache;
ContextCache *context_cache_open(Scope *s);

typedef struct ContextQuestion {
    const char *commit;
    const char *instruction;
    const TextList *forbidden; /* may be NULL */
} ContextQuestion;

/* A copy in s. cache may be NULL. */
fallible context_ranking(Scope *s, ContextCache *cache, const ContextQuestion *question,
                         const CodeSource *code, Ranking *out);

/* Adds files, best first, as many as fit. */
typedef struct ContextRoom {
    int64_t tokens;
    ContextFileList shown; /* as they were added */
} ContextRoom;

fallible context_add_files(Buffer *b, const CodeSource *code, const Ranking *ranking,
                           ContextRoom *room);
