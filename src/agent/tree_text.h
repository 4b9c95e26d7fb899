/* The files of a repository on a page: a line a folder with its files, deep or crowded folders drawn
 * together until the text fits. */
#pragma once

#include "base/text.h"

/* At most about tokens tokens, folder by folder. */
const char *tree_text(Scope *s, const TextList *paths, int64_t tokens);
