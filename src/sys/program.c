/* Finds programs. */

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/process.h"

static bool executable(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, X_OK) == 0;
}

static fallible check_path(Scope *s, const char *path, const char **out)
{
    if (path[0] != '/')
        return fail(s, INVALID, "the program \"%s\" needs an absolute path", path);
    if (access(path, F_OK) < 0)
        return fail(s, MISSING, "%s is not installed: there is no such file", path);
    if (!executable(path))
        return fail(s, DENIED, "%s cannot be executed: make it an executable file", path);
    *out = text_copy(s, path);
    return OK;
}

Error *program_find(Scope *s, const char *name, const char *path, const char **out)
{
    if (text_empty(name))
        return fail(s, INVALID, "a program needs a name");
    if (strchr(name, '/'))
        return check_path(s, name, out);
    if (!path)
        path = getenv("PATH");
    SCOPE(tmp, s);
    TextList entries = text_split(tmp, path ? path : "", ':');
    EACH (const char *, entry, &entries) {
        /* A relative entry would let the current directory, maybe a stranger's, choose. */
        if ((*entry)[0] != '/')
            continue;
        const char *full = text(tmp, "%s/%s", *entry, name);
        if (executable(full)) {
            *out = text_copy(s, full);
            return OK;
        }
    }
    return fail(s, MISSING, "%s is not installed: no such program in PATH (%s)", name,
                text_empty(path) ? "which is empty" : path);
}
