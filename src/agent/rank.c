/* Scores: a named file, then what its words hit, then the files every newcomer reads first. */

#include "agent/rank.h"

#include <stdlib.h>

#include "agent/mentions.h"
#include "agent/tree_text.h"

/* How much each sign weighs. A file the text names always goes before all that are only found. */
static const double named_alone = 1000, named_among = 300, in_named_folder = 30, code_hit = 20,
                    prose_hit = 6, defined_there = 12, word_in_name = 8, test_of_named = 25,
                    read_first = 2, in_small_project = 0.5;

enum {
    NAMED_MAX = 2000,   /* files that may share a name in the text */
    SMALL_PROJECT = 60, /* files */
    STEM_LEAST = 4,     /* letters of a file's name that a longer word may begin with */
};

typedef LIST_OF(size_t) Indexes;

typedef struct Ranker {
    Scope *s;
    const CodeSource *code;
    const char *instruction;
    TextList paths;
    double *scores;
    int64_t *lines;
    const char **why;
    bool *named;
    bool partial;
} Ranker;

static void raise_score(Ranker *r, size_t at, double score, const char *why)
{
    if (!r->why[at] || (score > code_hit && score > r->scores[at]))
        r->why[at] = why;
    r->scores[at] += score;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t path_index(const Ranker *r, const char *path)
{
    const char **found = r->paths.count
                             ? bsearch(&path, r->paths.items, r->paths.count, sizeof path, by_path)
                             : NULL;

    return found ? (size_t)(found - r->paths.items) : SIZE_MAX;
}

static const char *name_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Another file of the same name is found in the text as well as this one. */
static bool shares_name(const Ranker *r, const Indexes *found, size_t at)
{
    EACH (const size_t, other, found)
        if (*other != at &&
            text_equal(name_of_path(r->paths.items[*other]), name_of_path(r->paths.items[at])))
            return true;
    return false;
}

/* Files the text names. A bare name that several files have is shared among them. */
static void score_names(Ranker *r)
{
    Indexes found = {0};

    for (size_t at = 0; at < r->paths.count && found.count < NAMED_MAX; at++) {
        PathMention mention = mentions_path(r->instruction, r->paths.items[at]);
        if (!mention.parts)
            continue;
        *list_add(r->s, &found) = at;
        r->lines[at] = mention.line;
        r->named[at] = mention.whole;
    }
    EACH (const size_t, at, &found) {
        r->named[*at] = r->named[*at] || !shares_name(r, &found, *at);
        raise_score(r, *at, r->named[*at] ? named_alone : named_among, "named");
    }
}

static void score_folders(Ranker *r)
{
    const char *folder = "";
    bool named = false;

    for (size_t at = 0; at < r->paths.count; at++) {
        const char *path = r->paths.items[at];
        size_t size = (size_t)(name_of_path(path) - path);
        if (!size)
            continue;
        if (strlen(folder) != size - 1 || memcmp(folder, path, size - 1) != 0) {
            folder = text_of(r->s, (Bytes){path, size - 1});
            named = mentions_folder(r->instruction, folder);
        }
        if (named)
            raise_score(r, at, in_named_folder, "folder");
    }
}

static bool holds(const char *path, const char *word)
{
    return strcasestr(path, word) != NULL;
}

/* "greeting" is about greet.py. */
static bool begins_with_stem(const char *word, const char *path)
{
    const char *name = name_of_path(path);
    size_t size = strcspn(name, ".");

    return size >= STEM_LEAST && strlen(word) > size && strncasecmp(word, name, size) == 0;
}

static void score_words_in_names(Ranker *r, const MentionWords *words)
{
    for (size_t at = 0; at < r->paths.count; at++) {
        const char *path = r->paths.items[at];
        EACH (const MentionWord, w, words)
            if (holds(name_of_path(path), w->word) || begins_with_stem(w->word, path))
                raise_score(r, at, word_in_name, w->word);
            else if (holds(path, w->word))
                raise_score(r, at, word_in_name / 2, w->word);
    }
}

/* "def word", "class word", "word(" at the start of a line, and their likes. */
static bool defines(const char *line, const char *word)
{
    static const char *const before[] = {"def ",    "class ", "function ", "func ",      "fn ",
                                         "struct ", "enum ",  "type ",     "interface ", "const ",
                                         "let ",    "var ",   "#define "};
    const char *at = strstr(line, word);

    if (!at)
        return false;
    for (size_t i = 0; i < COUNT_OF(before); i++) {
        size_t size = strlen(before[i]);
        if ((size_t)(at - line) >= size && memcmp(at - size, before[i], size) == 0)
            return true;
    }
    return at > line && line[0] != ' ' && line[0] != '\t' && at[strlen(word)] == '(' &&
           !strchr(line, ';');
}

/* A word in 1 file counts whole, in 2 and 3 half, in 4 to 7 a third … */
static double rarity_of(size_t files)
{
    return 1.0 / (files ? 64 - __builtin_clzll(files) : 1);
}

typedef struct WordFiles {
    size_t count[MENTION_WORDS_MAX]; /* files that hold the word */
    unsigned seen;                   /* words of the current file */
    const char *path;
} WordFiles;

/* The words of the hit that its file did not show before. */
static unsigned fresh_words(WordFiles *files, const CodeHit *hit)
{
    if (!text_equal(files->path, hit->path)) {
        files->path = hit->path;
        files->seen = 0;
    }
    unsigned fresh = hit->words & ~files->seen;
    files->seen |= hit->words;
    return fresh;
}

static void score_hit(Ranker *r, const MentionWords *words, const WordFiles *files,
                      const CodeHit *hit, unsigned fresh)
{
    size_t at = path_index(r, hit->path);

    if (at == SIZE_MAX || !hit->line)
        return;
    for (size_t i = 0; i < words->count; i++) {
        const MentionWord *w = &words->items[i];
        double rarity = rarity_of(files->count[i]);
        if (fresh & (1u << i))
            raise_score(r, at, (w->code ? code_hit : prose_hit) * rarity,
                        text(r->s, "search: %s", w->word));
        if ((hit->words & (1u << i)) && hit->text && defines(hit->text, w->word))
            raise_score(r, at, defined_there * rarity, "defined here");
    }
}

/* One search for all words; a word that few files hold tells more. */
static fallible score_searches(Ranker *r, const MentionWords *words)
{
    CodeFound found = {0};
    WordFiles files = {0};
    TextList asked = {0};

    EACH (const MentionWord, w, words)
        *list_add(r->s, &asked) = w->word;
    if (!asked.count)
        return OK;
    TRY(r->code->search(r->s, r->code->self, &asked, &found));
    r->partial = found.partial;
    EACH (const CodeHit, hit, &found.hits) {
        unsigned fresh = fresh_words(&files, hit);
        for (size_t i = 0; i < words->count; i++)
            files.count[i] += fresh >> i & 1;
    }
    files.path = NULL;
    EACH (const CodeHit, hit, &found.hits)
        score_hit(r, words, &files, hit, fresh_words(&files, hit));
    return OK;
}

static bool is_test(const char *path)
{
    return holds(path, "test") || holds(path, "spec");
}

/* The tests of a named file, by its name without ending. */
static void score_tests(Ranker *r)
{
    for (size_t i = 0; i < r->paths.count; i++) {
        if (!r->named[i] || is_test(r->paths.items[i]))
            continue;
        const char *name = name_of_path(r->paths.items[i]);
        const char *stem = text_of(r->s, (Bytes){name, strcspn(name, ".")});
        if (strlen(stem) < MENTION_WORD_LEAST)
            continue;
        for (size_t at = 0; at < r->paths.count; at++)
            if (is_test(r->paths.items[at]) && holds(name_of_path(r->paths.items[at]), stem))
                raise_score(r, at, test_of_named, "test of a named file");
    }
}

static void score_first_reads(Ranker *r)
{
    static const char *const names[] = {
        "README.md",  "README",    "README.rst",     "package.json",   "pyproject.toml",
        "Cargo.toml", "go.mod",    "meson.build",    "CMakeLists.txt", "Makefile",
        "AGENTS.md",  "CLAUDE.md", "CONTRIBUTING.md"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t at = path_index(r, names[i]);
        if (at != SIZE_MAX)
            raise_score(r, at, read_first, "read first");
    }
}

/* Made by programs, or no text: of no use unless named. */
static bool generated(const char *path)
{
    static const char *const patterns[] = {"*.min.js",
                                           "*.min.css",
                                           "*.map",
                                           "*.lock",
                                           "*package-lock.json",
                                           "*pnpm-lock.yaml",
                                           "*.svg",
                                           "*.png",
                                           "*.jpg",
                                           "*.jpeg",
                                           "*.gif",
                                           "*.ico",
                                           "*.pdf",
                                           "*.zip",
                                           "*.gz",
                                           "*.woff",
                                           "*.woff2",
                                           "*.ttf",
                                           "*.so",
                                           "*.jar",
                                           "*.class",
                                           "*.pyc",
                                           "*go.sum",
                                           "*node_modules/*",
                                           "*vendor/*",
                                           "*dist/*"};

    for (size_t i = 0; i < COUNT_OF(patterns); i++)
        if (text_matches(path, patterns[i]))
            return true;
    return false;
}

/* Of a small project everything is shown, as far as it fits. */
static void score_small_project(Ranker *r)
{
    for (size_t at = 0; at < r->paths.count && r->paths.count <= SMALL_PROJECT; at++)
        raise_score(r, at, in_small_project, "small project");
}

static int by_score(const void *a, const void *b)
{
    const RankedPath *x = a;
    const RankedPath *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return strcmp(x->path, y->path);
}

static void collect(Ranker *r, RankedPathList *out)
{
    for (size_t at = 0; at < r->paths.count; at++) {
        const char *path = r->paths.items[at];
        if (r->scores[at] <= 0 || (generated(path) && !r->named[at]))
            continue;
        *list_add(r->s, out) =
            (RankedPath){path, r->scores[at], r->lines[at], r->named[at], r->why[at]};
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_score);
    if (out->count > RANKED_MAX)
        out->count = RANKED_MAX;
}

fallible rank_files(Scope *s, const CodeSource *code, const char *instruction, int64_t tree_tokens,
                    Ranking *out)
{
    Ranker r = {.s = s, .code = code, .instruction = instruction};
    Ranking ranking = {0};

    TRY(code->paths(s, code->self, &r.paths));
    r.scores = NEW_ARRAY(s, double, r.paths.count + 1);
    r.lines = NEW_ARRAY(s, int64_t, r.paths.count + 1);
    r.why = NEW_ARRAY(s, const char *, r.paths.count + 1);
    r.named = NEW_ARRAY(s, bool, r.paths.count + 1);
    MentionWords words = mentions_words(s, instruction);
    score_names(&r);
    score_folders(&r);
    score_words_in_names(&r, &words);
    TRY(score_searches(&r, &words));
    score_tests(&r);
    score_first_reads(&r);
    score_small_project(&r);
    collect(&r, &ranking.files);
    ranking.files_total = r.paths.count;
    ranking.tree = tree_text(s, &r.paths, tree_tokens);
    ranking.partial = r.partial;
    *out = ranking;
    return OK;
}
