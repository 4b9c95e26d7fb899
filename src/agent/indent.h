/* How the indentation a model remembers becomes the one the file has. Learned from lines that were
 * found with other blanks in front; used on the lines that are new. */
#pragma once

#include "agent/document.h"

typedef struct IndentPair {
    Bytes asked; /* blanks in front of the line as the model wrote it */
    Bytes real;  /* in front of the same line in the file */
} IndentPair;

typedef LIST_OF(IndentPair) IndentPairs;

void indent_learn(Scope *s, IndentPairs *pairs, Bytes asked_line, Bytes file_line);
/* False when what was learned does not say how the line is to be indented. */
bool indent_line(Scope *s, const IndentPairs *pairs, Bytes line, Bytes *out);
