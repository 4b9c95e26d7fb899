/* Literal search through the files of a commit.
 *
 * Twice over: first each file is asked which of the words it holds, then only the best ones are read
 * again for their lines, so that a word that is everywhere costs time but no memory. */

#include "git/search.h"

#include "git/forbidden.h"
#include "git/library.h"

enum { BINARY_LOOK = 8000 /* bytes in which a NUL makes a file binary, as in git */ };

typedef struct Found {
    const TreeEntry *entry;
    unsigned in_path, in_content; /* bit i: word i */
} Found;

typedef LIST_OF(Found) FoundList;

typedef struct Search {
    GitRepo *repo;
    TextList words;
    unsigned folded; /* bit i: word i has no capitals and fits both cases */
    SearchLimits limits;
    int64_t read;
    SearchResult result;
} Search;

/* ---- The query ---- */

static bool has_capital(const char *word)
{
    for (; *word; word++)
        if (*word >= 'A' && *word <= 'Z')
            return true;
    return false;
}

static fallible take_query(Scope *s, const SearchQuery *query, Search *search)
{
    search->words = query->words;
    search->limits = query->limits;
    if (query->words.count == 0 || query->words.count > SEARCH_WORDS_MAX)
        return fail(s, INVALID, "a search has 1 to %d words", SEARCH_WORDS_MAX);
    for (size_t i = 0; i < query->words.count; i++) {
        const char *word = query->words.items[i];
        if (text_empty(word) || strlen(word) > SEARCH_WORD_BYTES_MAX || strchr(word, '\n'))
            return fail(s, INVALID, "a word of a search has 1 to %d bytes on one line",
                        SEARCH_WORD_BYTES_MAX);
        search->folded |= has_capital(word) ? 0 : 1u << i;
    }
    SearchLimits *limits = &search->limits;
    limits->hits = limits->hits ? limits->hits : SEARCH_HITS_MAX;
    limits->file_hits = limits->file_hits ? limits->file_hits : SEARCH_FILE_HITS_MAX;
    limits->file_bytes = limits->file_bytes ? limits->file_bytes : SEARCH_FILE_BYTES_MAX;
    limits->bytes = limits->bytes ? limits->bytes : SEARCH_BYTES_MAX;
    return OK;
}

/* ---- Matching ---- */

static Bytes fold(Scope *s, Bytes bytes)
{
    char *out = scope_alloc(s, bytes.size + 1);

    for (size_t i = 0; i < bytes.size; i++) {
        char c = bytes.data[i];
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return (Bytes){out, bytes.size};
}

static unsigned words_in(const Search *search, Bytes bytes, Bytes folded)
{
    unsigned mask = 0;

    for (size_t i = 0; i < search->words.count; i++) {
        const char *word = search->words.items[i];
        Bytes hay = search->folded & 1u << i ? folded : bytes;
        if (hay.size && memmem(hay.data, hay.size, word, strlen(word)))
            mask |= 1u << i;
    }
    return mask;
}

static bool is_binary(Bytes bytes)
{
    size_t look = bytes.size < BINARY_LOOK ? bytes.size : BINARY_LOOK;

    return look && memchr(bytes.data, '\0', look);
}

/* *out is empty for what is not searched. */
static fallible read_text(Scope *s, Search *search, const TreeEntry *entry, Bytes *out)
{
    int64_t size;

    *out = (Bytes){0};
    TRY(git_blob_size(s, search->repo, entry->oid, &size));
    if (size <= 0 || size > search->limits.file_bytes)
        return OK;
    TRY(git_read_blob(s, search->repo, entry->oid, (size_t)size, out));
    search->read += size;
    if (is_binary(*out))
        *out = (Bytes){0};
    return OK;
}

static fallible look_into(Scope *s, Search *search, Found *found)
{
    SCOPE(tmp, s);
    Bytes bytes;

    TRY(scope_check(s));
    if (search->read > search->limits.bytes) {
        search->result.cut = true;
        return OK;
    }
    TRY(read_text(tmp, search, found->entry, &bytes));
    search->result.files++;
    found->in_content = words_in(search, bytes, fold(tmp, bytes));
    return OK;
}

/* ---- Lines of the best files ---- */

static void add_hit(Scope *s, Search *search, const Found *found, SearchHit hit)
{
    hit.path = text_copy(s, found->entry->path);
    *list_add(s, &search->result.hits) = hit;
}

static fallible add_lines(Scope *s, Search *search, const Found *found)
{
    SCOPE(tmp, s);
    Bytes rest, line;
    size_t hits = 0;

    TRY(read_text(tmp, search, found->entry, &rest));
    for (int64_t number = 1; bytes_line(&rest, &line); number++) {
        SCOPE(one, tmp);
        unsigned words = words_in(search, line, fold(one, line));
        if (!words)
            continue;
        if (hits++ == search->limits.file_hits ||
            search->result.hits.count == search->limits.hits) {
            search->result.cut = true;
            return OK;
        }
        Bytes shown = {line.data, line.size < SEARCH_LINE_MAX ? line.size : SEARCH_LINE_MAX};
        add_hit(s, search, found,
                (SearchHit){.line = number, .text = text_clean(s, shown, NULL), .words = words});
    }
    return OK;
}

static int better(const void *a, const void *b)
{
    const Found *x = a, *y = b;
    int more = __builtin_popcount(y->in_path | y->in_content) -
               __builtin_popcount(x->in_path | x->in_content);

    return more ? more : strcmp(x->entry->path, y->entry->path);
}

static fallible report(Scope *s, Search *search, FoundList *found)
{
    if (found->count)
        qsort(found->items, found->count, sizeof *found->items, better);
    EACH (const Found, one, found) {
        if (search->result.hits.count >= search->limits.hits) {
            search->result.cut = true;
            return OK;
        }
        if (one->in_path)
            add_hit(s, search, one, (SearchHit){.text = "", .words = one->in_path});
        if (one->in_content)
            TRY(add_lines(s, search, one));
    }
    return OK;
}

/* ---- Files ---- */

static bool searched(const TreeEntry *entry)
{
    return (entry->mode == MODE_FILE || entry->mode == MODE_EXECUTABLE) &&
           !path_hidden(entry->path);
}

/* A partial mirror fetches what is searched, if that is not too much. */
static fallible fetch_contents(Scope *s, Search *search, const char *commit,
                               const TreeEntryList *entries)
{
    const Mirror *mirror = search->repo->mirror;
    TextList oids = {0};
    int64_t missing = 0;

    if (!mirror || !mirror->partial)
        return OK;
    TRY(mirror_missing(s, mirror, commit, &missing));
    if (missing > SEARCH_MISSING_MAX) {
        search->result.paths_only = true;
        return OK;
    }
    EACH (const TreeEntry, entry, entries)
        if (searched(entry))
            *list_add(s, &oids) = entry->oid;
    return git_need(s, search->repo, &oids);
}

fallible git_search(Scope *s, GitRepo *repo, const char *commit, const SearchQuery *query,
                    SearchResult *out)
{
    SCOPE(tmp, s);
    Search search = {.repo = repo};
    TreeEntryList entries;
    FoundList found = {0};

    TRY(take_query(s, query, &search));
    TRY(git_tree_list(tmp, repo, commit, &entries));
    TRY(fetch_contents(tmp, &search, commit, &entries));
    EACH (const TreeEntry, entry, &entries) {
        SCOPE(one, tmp);
        Bytes path = bytes_of(entry->path);
        Found now = {.entry = entry};
        if (!searched(entry))
            continue;
        now.in_path = words_in(&search, path, fold(one, path));
        if (!search.result.paths_only)
            TRY(look_into(one, &search, &now));
        if (now.in_path | now.in_content)
            *list_add(tmp, &found) = now;
    }
    TRY(report(s, &search, &found));
    *out = search.result;
    return OK;
}
