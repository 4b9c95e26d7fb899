/* See given_process.h. */

#include "test/sys/given_process.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CMDLINE_MAX = 1 << 20 };

static bool marked(Scope *s, const char *pid, const char *mark)
{
    Bytes line;

    /* A process that ended meanwhile has no mark. */
    if (file_read(s, text(s, "/proc/%s/cmdline", pid), CMDLINE_MAX, &line))
        return false;
    return bytes_find(line, bytes_of(mark), 0) >= 0;
}

Error *marked_alive(Scope *s, const char *mark, bool *out)
{
    TextList names;

    const char *self = text(s, "%d", getpid());
    TRY(directory_list(s, "/proc", &names));
    *out = false;
    EACH (const char *, name, &names) {
        SCOPE(turn, s);
        if (**name >= '0' && **name <= '9' && !text_equal(*name, self) && marked(turn, *name, mark))
            *out = true;
    }
    return OK;
}

bool has_children(void)
{
    siginfo_t info;

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}
