/* What the tests of sys start from. */
#pragma once

#include <pthread.h>
#include <signal.h>

#include "sys/file.h"
#include "sys/signals.h"
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

static inline void signals_restore(void *mask)
{
    pthread_sigmask(SIG_SETMASK, mask, NULL);
}

/* Signals as main has them, until s closes: a test program must stay easy to end. */
static inline fallible given_blocked_signals(Scope *s)
{
    sigset_t *before = NEW(s, sigset_t);

    pthread_sigmask(SIG_SETMASK, NULL, before);
    scope_undo(s, signals_restore, before);
    return signals_block(s);
}
