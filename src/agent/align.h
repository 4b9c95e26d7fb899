/* Which lines an edit keeps: old and new lines paired where they are the same. */
#pragma once

#include "agent/document.h"

#define UNPAIRED ((size_t)-1)

/* For each new line the old line it is, in order (a longest common subsequence), or UNPAIRED. */
size_t *lines_aligned(Scope *s, const LineList *old_lines, const LineList *new_lines);
/* How many lines at the front / at the back are the same; the two never overlap. */
size_t lines_same_front(const LineList *a, const LineList *b);
size_t lines_same_back(const LineList *a, const LineList *b, size_t front);
/* A part of a list; borrows its items. */
LineList lines_part(const LineList *lines, size_t first, size_t count);
