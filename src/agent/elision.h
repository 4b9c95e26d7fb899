/* "..." where a model left lines out. */
#pragma once

#include "agent/edits.h"
#include "agent/document.h"

/* A line that is nothing but dots, maybe in a comment: "...", "# ...", "// …". */
bool line_elides(Bytes line);
/* A comment in place of code: "// ... existing code ...", "# rest of the file unchanged". */
bool line_stands_for_code(Bytes line);

/* An edit cut at its "..." lines into edits of the changed parts, when find and replace have the
 * same number of them. False when there are none. */
bool edit_cut(Scope *s, const Edit *edit, EditList *out);
