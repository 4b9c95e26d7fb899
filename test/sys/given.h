/* What the tests of sys start from. */
#pragma once

#include "sys/file.h"
#include "test/test.h"

/* A directory that goes with s. */
static inline fallible given_directory(Scope *s, const char **out)
{
    return directory_temporary(s, "/tmp", "dursor-test", out);
}

static inline fallible write_text(Scope *s, const char *path, const char *content)
{
    return file_write(s, path, bytes_of(content), 0644);
}

static inline fallible read_text(Scope *s, const char *path, const char **out)
{
    Bytes bytes;

    TRY(file_read(s, path, 1 << 20, &bytes));
    *out = text_of(s, bytes);
    return OK;
}
