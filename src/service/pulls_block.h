/* dursor's own part of a pull request's description. Pure.
 *
 *     <!-- dursor:begin -->
 *     What the change does …
 *     <!-- dursor:end -->
 *
 * Only what stands between the marks is ever replaced; all other bytes come through as they are. */
#pragma once

#include "base/text.h"

enum { PULL_TEMPLATE_MAX = 64 << 10 /* bytes of a template that is used */ };

/* The document with the text in dursor's block. A document without one gets it in its first section
 * named Summary, Description, 概要 or 説明 (whose comments before a nested section go), else at the top
 * behind YAML front matter. */
const char *pull_block_put(Scope *s, const char *document, const char *content);
