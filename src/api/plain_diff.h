/* What a run changed, as HTML: files in a table, lines with their signs. */
#pragma once

#include "api/plain_words.h"

/* Text with what HTML takes for its own escaped. */
void html_text(Buffer *b, const char *t);

void plain_files(Buffer *b, PlainLanguage language, const FileChangeList *files);
/* INVALID for bytes that are no patch. */
fallible plain_diff(Buffer *b, PlainLanguage language, Bytes patch);
