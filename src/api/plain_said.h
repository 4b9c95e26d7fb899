/* The server's sentences in the reader's language, for pages without scripts: the same words that the
 * application has, web/src/locales. */
#pragma once

#include "api/plain_words.h"

/* By the note's code and values; the note's own English text when there are no words for it, or when they
 * name a value that it does not have. */
fallible plain_said(Scope *s, PlainLanguage language, const Note *note, const char **out);
