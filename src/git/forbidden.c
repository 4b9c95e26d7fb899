/* Paths that are refused. */

#include "git/forbidden.h"

const char *const forbidden_patterns[] = {".git",  ".env",     ".env.*", "*.key",
                                          "*.pem", "*.secret", NULL};

/* Code points that HFS+ ignores in names (git's next_hfs_char), as UTF-8: U+200C–U+200F,
 * U+202A–U+202E, U+206A–U+206F and U+FEFF. Bytes to skip at p, 0 for none. */
static size_t hfs_ignored(const unsigned char *p)
{
    if (p[0] == 0xE2 && p[1] == 0x80 &&
        ((p[2] >= 0x8C && p[2] <= 0x8F) || (p[2] >= 0xAA && p[2] <= 0xAE)))
        return 3;
    if (p[0] == 0xE2 && p[1] == 0x81 && p[2] >= 0xAA && p[2] <= 0xAF)
        return 3;
    return p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF ? 3 : 0;
}

/* The name in lower case and without the letters HFS+ ignores. */
static void fold_name(const char *name, size_t size, char *out)
{
    const unsigned char *p = (const unsigned char *)name, *end = p + size;
    size_t n = 0;

    while (p < end) {
        size_t skip = end - p >= 3 ? hfs_ignored(p) : 0;
        if (!skip)
            out[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
        p += skip ? skip : 1;
    }
    out[n] = '\0';
}

/* What NTFS cuts off a name: a stream behind ':', then blanks and dots at the end. */
static void cut_name(char *folded)
{
    size_t n = strcspn(folded, ":");

    while (n && (folded[n - 1] == ' ' || folded[n - 1] == '.'))
        n--;
    folded[n] = '\0';
}

static const char *name_hidden(const char *folded)
{
    if (text_equal(folded, "git~1"))
        return "is git's own";
    for (size_t i = 0; forbidden_patterns[i]; i++)
        if (text_matches(folded, forbidden_patterns[i]))
            return i == 0 ? "is git's own" : "may hold secrets";
    return NULL;
}

const char *path_hidden(const char *path)
{
    char folded[TREE_NAME_MAX + 1];

    for (const char *part = path; *part;) {
        size_t size = strcspn(part, "/");
        if (size <= TREE_NAME_MAX) { /* longer names match no file anywhere: path_refused */
            fold_name(part, size, folded);
            const char *why = name_hidden(folded);
            cut_name(folded);
            if (!why)
                why = name_hidden(folded);
            if (why)
                return why;
        }
        part += size + (part[size] == '/');
    }
    return NULL;
}

static bool is_dots(const char *part, size_t size)
{
    return (size == 1 && part[0] == '.') || (size == 2 && part[0] == '.' && part[1] == '.');
}

static const char *part_refused(const char *part, size_t size)
{
    char folded[TREE_NAME_MAX + 1];

    if (size == 0)
        return "has an empty part";
    if (is_dots(part, size))
        return "has '.' or '..' as a part";
    if (size > TREE_NAME_MAX)
        return "has a part that is too long";
    if (part[size - 1] == '.' || part[size - 1] == ' ')
        return "has a part that ends in a dot or a blank";
    fold_name(part, size, folded);
    cut_name(folded);
    if (text_equal(folded, ".gitmodules") || text_starts(folded, "gitmod~"))
        return "would change submodules";
    return NULL;
}

static const char *bytes_refused(const char *path)
{
    for (const char *p = path; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            return "holds control characters";
    return strchr(path, '\\') ? "holds a backslash" : NULL;
}

const char *path_refused(const char *path)
{
    size_t depth = 0;

    if (text_empty(path))
        return "is empty";
    if (strlen(path) > TREE_PATH_MAX)
        return "is too long";
    if (path[0] == '/' || (path[0] == '~' && (path[1] == '/' || !path[1])))
        return "is absolute";
    const char *why = bytes_refused(path);
    for (const char *part = path; !why; depth++) {
        size_t size = strcspn(part, "/");
        why = part_refused(part, size);
        if (!part[size])
            break;
        part += size + 1;
    }
    if (!why && depth >= TREE_PATH_DEPTH_MAX)
        why = "is too deep";
    return why ? why : path_hidden(path);
}
