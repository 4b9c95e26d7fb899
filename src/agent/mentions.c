/* Words and paths of an instruction. */

#include "agent/mentions.h"

#include <ctype.h>
#include <strings.h>

/* Words of requests rather than of code. */
static const char *const common[] = {
    "about",    "accept",      "actually", "add",       "added",     "after",   "again",
    "all",      "allow",       "already",  "also",      "always",    "and",     "another",
    "any",      "application", "are",      "because",   "been",      "before",  "being",
    "better",   "between",     "both",     "bug",       "but",       "can",     "case",
    "change",   "changes",     "check",    "class",     "code",      "correct", "could",
    "cover",    "create",      "current",  "currently", "default",   "delete",  "did",
    "does",     "done",        "each",     "ensure",    "error",     "every",   "example",
    "existing", "file",        "files",    "fix",       "following", "for",     "from",
    "function", "has",         "have",     "help",      "here",      "how",     "implement",
    "improve",  "instead",     "into",     "issue",     "its",       "just",    "keep",
    "like",     "line",        "lines",    "make",      "makes",     "method",  "more",
    "must",     "need",        "needs",    "new",       "not",       "now",     "one",
    "only",     "other",       "our",      "out",       "please",    "project", "remove",
    "rename",   "replace",     "return",   "returns",   "same",      "should",  "show",
    "simple",   "since",       "some",     "such",      "support",   "sure",    "take",
    "test",     "tests",       "than",     "that",      "the",       "their",   "them",
    "then",     "there",       "these",    "they",      "this",      "time",    "update",
    "use",      "used",        "user",     "uses",      "using",     "value",   "very",
    "want",     "was",         "way",      "well",      "were",      "what",    "when",
    "where",    "which",       "while",    "will",      "with",      "without", "work",
    "works",    "would",       "write",    "you",       "your",
};

static bool is_common(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(common); i++)
        if (strcasecmp(word, common[i]) == 0)
            return true;
    return false;
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool written_as_code(const char *word, char before, char after)
{
    if (strchr(word, '_') || after == '(' || (before && strchr("`'\"", before) && before == after))
        return true;
    for (const char *p = word + 1; *p; p++)
        if (isupper((unsigned char)*p) && islower((unsigned char)p[-1]))
            return true;
    return false;
}

static bool known(const MentionWords *words, const char *word)
{
    EACH (const MentionWord, w, words)
        if (text_equal(w->word, word))
            return true;
    return false;
}

/* Code goes before prose, the order of the text decides among equals. */
static void word_add(Scope *s, MentionWords *words, const char *word, bool code)
{
    if (known(words, word))
        return;
    size_t at = words->count;
    list_add(s, words);
    while (code && at > 0 && !words->items[at - 1].code) {
        words->items[at] = words->items[at - 1];
        at--;
    }
    words->items[at] = (MentionWord){word, code};
    if (words->count > MENTION_WORDS_MAX)
        words->count = MENTION_WORDS_MAX;
}

MentionWords mentions_words(Scope *s, const char *instruction)
{
    MentionWords words = {0};

    for (const char *p = instruction; *p;) {
        if (!in_word(*p)) {
            p++;
            continue;
        }
        const char *start = p;
        while (in_word(*p))
            p++;
        Bytes run = {start, (size_t)(p - start)};
        if (run.size < MENTION_WORD_LEAST || run.size > 100 || isdigit((unsigned char)*start))
            continue;
        char before = start > instruction ? start[-1] : 0;
        const char *word = text_of(s, run);
        bool code = written_as_code(word, before, *p);
        if (before == '/' || *p == '/' || (before == '.' && !code))
            continue; /* a part of a path, which is found as one */
        if (code || (!is_common(word) && run.size > MENTION_WORD_LEAST))
            word_add(s, &words, word, code);
    }
    return words;
}

/* ---- Paths ---- */

static bool in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* A name stands at p as a name of its own. */
static bool stands(const char *instruction, const char *p, size_t size)
{
    char before = p > instruction ? p[-1] : ' ';
    char after = p[size];

    if (in_name(before) || before == '.' || in_name(after))
        return false;
    return after != '.' || !in_name(p[size + 1]);
}

static int64_t line_behind(const char *p)
{
    int64_t line = 0;

    if (*p == ':')
        p++;
    else if (p[0] == '#' && p[1] == 'L')
        p += 2;
    else
        return 0;
    for (; isdigit((unsigned char)*p) && line < 10000000; p++)
        line = line * 10 + (*p - '0');
    return line;
}

/* How many components of the path end at its name's place in the text. */
static size_t parts_before(const char *instruction, const char *at, const char *path,
                           const char *name)
{
    size_t parts = 1;

    while (name > path && at > instruction && at[-1] == '/') {
        const char *end = name - 1; /* the slash */
        const char *start = end;
        while (start > path && start[-1] != '/')
            start--;
        size_t size = (size_t)(end - start);
        if ((size_t)(at - 1 - instruction) < size || memcmp(at - 1 - size, start, size) != 0)
            return 0;
        at -= size + 1;
        name = start;
        if (at > instruction && (in_name(at[-1]) || at[-1] == '.') &&
            !(at[-1] == '.' && at - 1 == instruction))
            return 0;
        parts++;
    }
    if (at > instruction && at[-1] == '/' && !(at - 1 > instruction && at[-2] == '.'))
        return 0; /* the text names another folder */
    return parts;
}

static size_t components(const char *path)
{
    size_t count = 1;

    for (; *path; path++)
        count += *path == '/';
    return count;
}

PathMention mentions_path(const char *instruction, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t size = strlen(name);
    PathMention best = {0};

    if (size < MENTION_WORD_LEAST || (!strchr(name, '.') && !isupper((unsigned char)name[0])))
        return best;
    for (const char *p = strstr(instruction, name); p; p = strstr(p + 1, name)) {
        if (!stands(instruction, p, size))
            continue;
        size_t parts = parts_before(instruction, p, path, name);
        if (parts <= best.parts)
            continue;
        best.parts = parts;
        best.line = line_behind(p + size);
    }
    best.whole = best.parts == components(path);
    return best;
}

bool mentions_folder(const char *instruction, const char *folder)
{
    size_t size = strlen(folder);

    if (size < MENTION_WORD_LEAST)
        return false;
    for (const char *p = strstr(instruction, folder); p; p = strstr(p + 1, folder)) {
        char before = p > instruction ? p[-1] : ' ';
        bool slashed = strchr(folder, '/') || p[size] == '/';
        bool of_a_file = p[size] == '/' && in_name(p[size + 1]);
        if (!of_a_file && !in_name(before) && before != '/' && before != '.' && !in_name(p[size]) &&
            slashed)
            return true;
    }
    return false;
}
