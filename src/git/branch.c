/* Names of branches. */

#include "git/branch.h"

#include "base/id.h"

static bool valid_part(const char *part, size_t size)
{
    return size > 0 && part[0] != '.' && part[0] != '-' && part[size - 1] != '.' &&
           !(size >= 5 && memcmp(part + size - 5, ".lock", 5) == 0);
}

bool branch_valid(const char *name)
{
    size_t size = strlen(name);

    if (size == 0 || size > BRANCH_NAME_MAX || text_equal(name, "HEAD") || text_equal(name, "@") ||
        !utf8_valid(bytes_of(name)) || strstr(name, "..") || strstr(name, "@{"))
        return false;
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7F || strchr("~^:?*[\\", *p))
            return false;
    for (const char *part = name;;) {
        size_t length = strcspn(part, "/");
        if (!valid_part(part, length))
            return false;
        if (!part[length])
            return true;
        part += length + 1;
    }
}

/* Blanks at the ends go, runs of them inside become one '-'. */
static const char *hyphened(Scope *s, const char *typed)
{
    Buffer b = buffer_in(s);
    bool blank = false;

    for (; *typed; typed++) {
        if (strchr(" \t\r\n\v\f", *typed)) {
            blank = b.size > 0;
            continue;
        }
        if (blank)
            buffer_char(&b, '-');
        blank = false;
        buffer_char(&b, *typed);
    }
    return buffer_string(&b);
}

fallible branch_prefix(Scope *s, const char *typed, const char **out)
{
    const char *t = hyphened(s, typed ? typed : "");

    t += strspn(t, "/");
    size_t size = strlen(t);
    while (size && t[size - 1] == '/')
        size--;
    const char *prefix = size ? text_of(s, (Bytes){t, size}) : "dursor";
    if (size > BRANCH_PREFIX_MAX)
        return fail_code(s, INVALID, "branch_prefix_invalid",
                         "the branch prefix is longer than %d bytes", BRANCH_PREFIX_MAX);
    if (!branch_valid(prefix))
        return fail_code(s, INVALID, "branch_prefix_invalid",
                         "the branch prefix '%s' cannot begin a branch's name: use letters, "
                         "digits, '-', '_' and single '/'",
                         text_clean(s, bytes_of(prefix), NULL));
    *out = prefix;
    return OK;
}

const char *branch_name(Scope *s, const char *prefix, const char *run_id)
{
    return text(s, "%s/%s", prefix, id_tail(s, run_id, BRANCH_TAIL));
}
