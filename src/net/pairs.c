/* Pairs: look-ups and the checks that keep header injection out. */

#include "net/pairs.h"

#include <ctype.h>
#include <strings.h>

void pairs_add(Scope *s, PairList *pairs, const char *name, const char *value)
{
    *list_add(s, pairs) = (Pair){name, value};
}

const char *pairs_get(const PairList *pairs, const char *name)
{
    EACH (Pair, p, pairs)
        if (strcmp(p->name, name) == 0)
            return p->value;
    return NULL;
}

const char *header_get(const PairList *headers, const char *name)
{
    EACH (Pair, p, headers)
        if (strcasecmp(p->name, name) == 0)
            return p->value;
    return NULL;
}

size_t header_count(const PairList *headers, const char *name)
{
    size_t count = 0;

    EACH (Pair, p, headers)
        count += strcasecmp(p->name, name) == 0;
    return count;
}

bool header_name_valid(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("!#$%&'*+-.^_`|~", *c))
            return false;
    return *name != 0;
}

bool header_value_valid(const char *value)
{
    for (const char *c = value; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return false;
    return true;
}
