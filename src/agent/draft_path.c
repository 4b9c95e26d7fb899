/* Paths as models write them. */

#include "agent/draft.h"

static const char *plain(Scope *s, const char *path)
{
    Buffer b = buffer_in(s);

    while (*path) {
        size_t size = strcspn(path, "/");
        bool here = size == 0 || (size == 1 && path[0] == '.');
        if (!here && b.size)
            buffer_char(&b, '/');
        if (!here)
            buffer_add(&b, path, size);
        path += size + (path[size] == '/');
    }
    return b.size ? buffer_string(&b) : NULL;
}

static bool leaves_the_tree(const char *path)
{
    for (const char *part = path; *part;) {
        size_t size = strcspn(part, "/");
        if (size == 2 && part[0] == '.' && part[1] == '.')
            return true;
        part += size + (part[size] == '/');
    }
    return false;
}

static bool has_control(const char *path)
{
    for (const char *p = path; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            return true;
    return false;
}

const char *draft_path(Scope *s, const char *path, const char **why)
{
    *why = NULL;
    if (text_empty(path))
        *why = "it is empty";
    else if (strlen(path) > EDIT_PATH_MAX)
        *why = "it is too long";
    else if (path[0] == '/' || path[0] == '~')
        *why = "it must be relative to the root of the repository";
    else if (leaves_the_tree(path))
        *why = "it leaves the repository";
    else if (has_control(path) || strchr(path, '\\'))
        *why = "it holds control characters or backslashes";
    else if (text_ends(path, "/"))
        *why = "it names a folder";
    if (*why)
        return NULL;
    const char *result = plain(s, path);
    if (!result)
        *why = "it names no file";
    return result;
}
