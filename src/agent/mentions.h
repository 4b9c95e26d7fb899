/* What an instruction names: words to search for, and places where a file's name stands in it.
 * Works in any script: names are looked for in the text, the text is not cut into words first. */
#pragma once

#include "base/text.h"

enum {
    MENTION_WORDS_MAX = 10, /* words kept, the most telling first */
    MENTION_WORD_LEAST = 3, /* letters of a word */
};

typedef struct MentionWord {
    const char *word;
    bool code; /* written as code is: snake_case, camelCase, f(), in backticks or quotes */
} MentionWord;

typedef LIST_OF(MentionWord) MentionWords;

MentionWords mentions_words(Scope *s, const char *instruction);

typedef struct PathMention {
    size_t parts; /* how many of the path's last components the text names; 0: not even its name */
    bool whole;   /* all of them */
    int64_t line; /* "a.c:12", "a.c#L12"; 0: none */
} PathMention;

PathMention mentions_path(const char *instruction, const char *path);
/* The folder is named, with at least one '/'. */
bool mentions_folder(const char *instruction, const char *folder);
