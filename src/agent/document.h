/* A text file as lines that know their own end, so that an edit leaves everything else as it was:
 * byte order mark, line ends (also mixed ones), and whether the last line is ended. */
#pragma once

#include "base/text.h"

typedef enum LineEnd { END_NONE = 0, END_LF, END_CRLF } LineEnd;

typedef struct Line {
    Bytes text; /* without its end; borrows the content it was read from */
    LineEnd end;
} Line;

typedef LIST_OF(Line) LineList;

typedef struct Document {
    bool bom;
    LineEnd end; /* the more frequent one; new lines get it */
    LineList lines;
} Document;

/* Content has at most SIZE_MAX/4 bytes; it is not copied. */
void document_read(Scope *s, Bytes content, Document *out);
Bytes document_bytes(Scope *s, const Document *d);
/* All lines joined by LF, as an edit's text sees the file: no mark, no CR before LF. */
Bytes document_text(Scope *s, const Document *d);

/* Lines of text as edits carry it: CR before LF is dropped, a missing last LF is no matter. */
LineList lines_of(Scope *s, Bytes text);

/* Puts the lines in place of count lines at first. Lines with END_NONE get the document's end; the
 * last line of the document keeps its state (ended or not). */
void document_splice(Scope *s, Document *d, size_t first, size_t count, const LineList *by);
/* Says whether the last line is to be ended. */
void document_end(Document *d, bool ended);
