/* Programs for the tests, written in shell or Python. */
#pragma once

#include "sys/process.h"
#include "test/sys/given.h"

/* Small enough for tests to see SIGKILL follow. */
enum { TEST_GRACE_US = 100 * 1000 };

#define TEST_PATH "PATH=/usr/local/bin:/usr/bin:/bin"

#define SHELL(script)                                                                              \
    ((ProcessSpec){                                                                                \
        .argv = TEXTS("sh", "-c", script), .env = TEXTS(TEST_PATH), .grace_us = TEST_GRACE_US})

#define PYTHON(script)                                                                             \
    ((ProcessSpec){.argv = TEXTS("python3", "-c", script),                                         \
                   .env = TEXTS(TEST_PATH),                                                        \
                   .grace_us = TEST_GRACE_US})

/* Whether any process's command line holds the mark. */
fallible marked_alive(Scope *s, const char *mark, bool *out);
/* Whether this process has a child of any kind, also a zombie. */
bool has_children(void);
