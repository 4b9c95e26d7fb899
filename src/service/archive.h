/* The archive that export writes and import reads: a POSIX tar (docs/data.md). */
#pragma once

#include "base/text.h"

#define ARCHIVE_FORMAT "dursor-export"
enum {
    ARCHIVE_VERSION = 1,
    ARCHIVE_ENTRY_MAX = 100 << 20, /* bytes of one entry that is held in memory */
};

typedef struct ArchiveWriter ArchiveWriter;
typedef struct ArchiveReader ArchiveReader;

/* The file must not exist: CONFLICT. Closed with s; without archive_end the file goes again. */
fallible archive_create(Scope *s, const char *path, ArchiveWriter **out);
fallible archive_put(Scope *s, ArchiveWriter *w, const char *name, Bytes content);
/* A file of any size, copied as it is. */
fallible archive_put_file(Scope *s, ArchiveWriter *w, const char *name, const char *path);
fallible archive_end(Scope *s, ArchiveWriter *w);

/* INVALID when it is no tar. Closed with s. */
fallible archive_open(Scope *s, const char *path, ArchiveReader **out);
/* The next plain file's name, NULL at the end. INVALID for names that lead out of the archive. */
fallible archive_next(Scope *s, ArchiveReader *r, const char **name);
/* TOO_LARGE over ARCHIVE_ENTRY_MAX. */
fallible archive_content(Scope *s, ArchiveReader *r, Bytes *out);
/* Writes the entry to a new file of mode 0600. */
fallible archive_extract(Scope *s, ArchiveReader *r, const char *path);
