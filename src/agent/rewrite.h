/* A file's whole content at once. */
#pragma once

#include "agent/document.h"
#include "agent/edits.h"

/* Puts the content in place of the document's; lines that stay keep their bytes and ends. On false
 * the document is as before, and the fault says which part looks left out. shrink: losing lines is
 * meant. */
bool document_rewrite(Scope *s, Document *d, Bytes content, bool shrink, EditFault *fault);

/* A line of text that stands for code left out, and is in neither the document nor find; NULL when
 * there is none. */
const char *placeholder_in(Scope *s, const Document *d, Bytes text, Bytes find);
