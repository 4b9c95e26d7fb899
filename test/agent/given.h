/* What the tests of agent/ begin with: files in a table, answers applied to them. */
#pragma once

#include "agent/draft.h"
#include "test/test.h"

typedef struct GivenFile {
    const char *path;
    SourceKind kind;
    Bytes content;
} GivenFile;

typedef struct GivenFiles {
    LIST_OF(GivenFile) files;
    FileSource source;
} GivenFiles;

GivenFiles *given_files(Scope *s);
void given_file(Scope *s, GivenFiles *files, const char *path, const char *content);
void given_bytes(Scope *s, GivenFiles *files, const char *path, Bytes content);
void given_kind(Scope *s, GivenFiles *files, const char *path, SourceKind kind);

/* What came of one answer. */
typedef struct Applied {
    Draft *draft;
    EditAnswer answer;
    EditFaultList faults; /* of applying, else of reading */
} Applied;

fallible answer_applied(Scope *s, GivenFiles *files, const char *answer, Applied *out);
/* The content of a.txt after a text answer was applied to it; a fault's kind in <> when there was one. */
const char *edited(Scope *s, const char *before, const char *answer);
const char *edited_bytes(Scope *s, Bytes before, const char *answer);
/* The same for the edit tool's arguments. */
const char *edited_json(Scope *s, const char *before, const char *find, const char *replace);
/* The content now, or NULL when the file is not there. */
const char *draft_text(Scope *s, Draft *draft, const char *path);
