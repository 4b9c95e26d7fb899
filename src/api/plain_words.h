/* The words of the page for reading only, in both languages. */
#pragma once

#include "model/entities.h"

typedef enum PlainWord {
    WORD_RUN,
    WORD_QUEUED = RUN_QUEUED,
    WORD_RUNNING,
    WORD_SUCCEEDED,
    WORD_FAILED,
    WORD_CANCELED,
    WORD_INSTRUCTION,
    WORD_MODEL,
    WORD_DURATION,
    WORD_SECONDS,
    WORD_TOKENS_IN,
    WORD_TOKENS_OUT,
    WORD_COST,
    WORD_LINES,
    WORD_COMMIT,
    WORD_PULL,
    WORD_SUMMARY,
    WORD_ERROR,
    WORD_FILES,
    WORD_FILE,
    WORD_CHANGE,
    WORD_ADDED,
    WORD_REMOVED,
    WORD_MORE_FILES,
    WORD_CHANGES,
    WORD_NOTHING,
    WORD_BINARY,
    WORD_NO_LINES,
    WORD_CUT,
    WORD_GONE,
    WORD_GONE_WHY,
} PlainWord;

typedef enum PlainLanguage { PLAIN_ENGLISH, PLAIN_JAPANESE, PLAIN_LANGUAGES } PlainLanguage;

/* Of Accept-Language; English for what it does not speak. */
PlainLanguage plain_language(Scope *s, const char *accepted);
const char *plain_language_tag(PlainLanguage language);
const char *plain_word(PlainLanguage language, PlainWord word);
