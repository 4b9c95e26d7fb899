/* agent/code.h on git. Listing is done once, when first asked for. */

#include "agent/code_git.h"

#include <stdlib.h>

#include "git/forbidden.h"
#include "git/search.h"

typedef struct CodeGit {
    Scope *s;
    CodeAt at;
    bool listed;
    TreeEntryList entries;
    CodeSource source;
} CodeGit;

static bool matches(const char *path, const char *pattern)
{
    if (text_matches(path, pattern))
        return true;
    for (const char *part = path; *part;) {
        char name[TREE_NAME_MAX + 1] = {0};
        size_t size = strcspn(part, "/");
        memcpy(name, part, size < TREE_NAME_MAX ? size : TREE_NAME_MAX);
        if (text_matches(name, pattern))
            return true;
        part += size + (part[size] == '/');
    }
    return false;
}

static const char *by_pattern(Scope *s, const CodeGit *git, const char *path)
{
    const TextList *patterns = git->at.forbidden;

    if (!patterns)
        return NULL;
    EACH (const char *, pattern, patterns)
        if (matches(path, *pattern))
            return text(s, "is forbidden by the pattern %s", *pattern);
    return NULL;
}

static const char *code_refused(Scope *s, void *self, const char *path)
{
    const char *why = path_refused(path);

    return why ? why : by_pattern(s, self, path);
}

static const char *code_hidden(Scope *s, void *self, const char *path)
{
    const char *why = path_hidden(path);

    return why ? why : by_pattern(s, self, path);
}

static SourceKind kind_of(unsigned mode)
{
    return mode == MODE_TREE         ? SOURCE_FOLDER
           : mode == MODE_SYMLINK    ? SOURCE_SYMLINK
           : mode == MODE_SUBMODULE  ? SOURCE_SUBMODULE
           : mode == MODE_EXECUTABLE ? SOURCE_EXECUTABLE
                                     : SOURCE_FILE;
}

static fallible code_read(Scope *s, void *self, const char *path, size_t most, SourceFile *out)
{
    const CodeGit *git = self;
    TreeEntry entry = {0};
    SourceFile file = {0};
    Error *e = git_entry(s, git->at.repo, git->at.commit, path, &entry);

    if (failed_as(e, MISSING)) {
        *out = file;
        return OK;
    }
    TRY(e);
    file.kind = kind_of(entry.mode);
    if (file.kind == SOURCE_FILE || file.kind == SOURCE_EXECUTABLE) {
        e = most ? git_read_blob(s, git->at.repo, entry.oid, most, &file.content) : OK;
        if (failed_as(e, TOO_LARGE))
            file.kind = SOURCE_TOO_LARGE;
        else
            TRY(e);
    }
    *out = file;
    return OK;
}

static fallible list(CodeGit *git)
{
    if (git->listed)
        return OK;
    TRY(git_tree_list(git->s, git->at.repo, git->at.commit, &git->entries));
    git->listed = true;
    return OK;
}

static bool plain(const CodeGit *git, Scope *s, const TreeEntry *entry)
{
    const char *why;

    if (entry->mode != MODE_FILE && entry->mode != MODE_EXECUTABLE)
        return false;
    return !path_hidden(entry->path) && !by_pattern(s, git, entry->path) &&
           utf8_valid(bytes_of(entry->path)) && draft_path(s, entry->path, &why);
}

static fallible code_paths(Scope *s, void *self, TextList *out)
{
    CodeGit *git = self;

    TRY(list(git));
    SCOPE(tmp, s);
    EACH (const TreeEntry, entry, &git->entries)
        if (plain(git, tmp, entry))
            *list_add(s, out) = entry->path;
    return OK;
}

static fallible code_similar(Scope *s, void *self, const char *path, size_t count, TextList *out)
{
    CodeGit *git = self;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    TRY(list(git));
    SCOPE(tmp, s);
    EACH (const TreeEntry, entry, &git->entries) {
        const char *end = strrchr(entry->path, '/');
        if (out->count < count && text_equal(end ? end + 1 : entry->path, name) &&
            plain(git, tmp, entry))
            texts_add(s, out, entry->path);
    }
    return OK;
}

static fallible code_search(Scope *s, void *self, const TextList *words, CodeFound *out)
{
    CodeGit *git = self;
    SearchQuery query = {*words, {.hits = CODE_HITS_MAX, .file_hits = CODE_FILE_HITS_MAX}};
    SearchResult result = {0};

    TRY(git_search(s, git->at.repo, git->at.commit, &query, &result));
    SCOPE(tmp, s);
    out->partial = result.paths_only;
    out->cut = result.cut;
    EACH (const SearchHit, hit, &result.hits)
        if (!by_pattern(tmp, git, hit->path))
            *list_add(s, &out->hits) = (CodeHit){hit->path, hit->line, hit->text, hit->words};
    return OK;
}

static int by_path(const void *path, const void *entry)
{
    return strcmp(path, ((const TreeEntry *)entry)->path);
}

static fallible code_need(Scope *s, void *self, const TextList *paths)
{
    CodeGit *git = self;
    TextList oids = {0};

    TRY(list(git));
    EACH (const char *, path, paths) {
        const TreeEntry *entry =
            git->entries.count
                ? bsearch(*path, git->entries.items, git->entries.count, sizeof *entry, by_path)
                : NULL;
        if (entry)
            *list_add(s, &oids) = entry->oid;
    }
    return oids.count ? git_need(s, git->at.repo, &oids) : OK;
}

CodeSource *code_git(Scope *s, const CodeAt *at)
{
    CodeGit *git = NEW(s, CodeGit);

    git->s = s;
    git->at = *at;
    git->source = (CodeSource){
        .files = {git, code_read, code_refused, code_similar},
        .self = git,
        .hidden = code_hidden,
        .need = code_need,
        .paths = code_paths,
        .search = code_search,
    };
    return &git->source;
}
