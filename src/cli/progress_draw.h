/* What runs look like in text. */
#pragma once

#include "cli/progress.h"

fallible progress_draw(Scope *s, Progress *progress);
/* {"type":"event", …} on a line. */
fallible progress_print_event(Scope *s, const RunEvent *event);
/* The comparison as a table: number, model, outcome, files, lines, tokens, money, time, branch. */
const char *comparison_table(Scope *s, const RunList *runs);
/* The last line of --json: {"type":"comparison","runs":[…]}. */
const char *comparison_json(Scope *s, const RunList *runs);
/* "1,234", "$0.0123", "12.3 s". */
const char *shown_number(Scope *s, int64_t n);
const char *shown_cost(Scope *s, OptReal cost);
const char *shown_seconds(Scope *s, const Run *run);
