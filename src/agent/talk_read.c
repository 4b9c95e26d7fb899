/* What a model asks to see. */

#include <string.h>

#include "agent/show.h"
#include "agent/talk.h"
#include "llm/estimate.h"

static bool changed(const Talk *t, const char *path)
{
    DraftFileList changes = draft_changes(t->s, t->draft);

    EACH (const DraftFile, file, &changes)
        if (text_equal(file->path, path))
            return true;
    return false;
}

static const char *why_not(SourceKind kind)
{
    switch (kind) {
    case SOURCE_ABSENT:
        return "there is no such file";
    case SOURCE_FOLDER:
        return "it is a folder: ask for files in it";
    case SOURCE_SYMLINK:
        return "it is a symbolic link";
    case SOURCE_SUBMODULE:
        return "it is a submodule";
    case SOURCE_TOO_LARGE:
        return "it is too large";
    case SOURCE_FILE:
    case SOURCE_EXECUTABLE:
        break;
    }
    return NULL;
}

static void refuse(Buffer *b, const char *path, const char *why)
{
    buffer_format(b, "\n### %s\n(not shown: %s)\n", path, why);
}

static fallible suggest(Talk *t, Buffer *b, const char *path)
{
    const FileSource *files = &t->code->files;
    TextList similar = {0};

    if (!files->similar)
        return OK;
    TRY(files->similar(t->s, files->self, path, 3, &similar));
    if (similar.count)
        buffer_format(b, "Did you mean %s?\n", text_join(t->s, &similar, " or "));
    return OK;
}

static fallible read_one(Talk *t, Buffer *b, const char *asked)
{
    ShowRange range = show_range(t->s, asked);
    const char *why;
    const char *path = draft_path(t->s, range.path, &why);
    SourceFile file;

    if (path && t->code->hidden)
        why = t->code->hidden(t->s, t->code->self, path);
    if (why) {
        refuse(b, asked, why);
        return OK;
    }
    range.path = path;
    if (!range.first && texts_have(&t->shown, path) && !changed(t, path)) {
        refuse(b, path, "it is above already, and unchanged");
        return OK;
    }
    TRY(draft_read(t->s, t->draft, path, &file));
    why = why_not(file.kind);
    if (why) {
        refuse(b, path, why);
        return file.kind == SOURCE_ABSENT ? suggest(t, b, path) : OK;
    }
    size_t before = b->size;
    Shown shown = show_file(b, &range, file.content, t->room);
    t->room -= shown.tokens;
    if (shown.tokens)
        *list_add(t->s, &t->given.files) =
            (ContextFile){path, (int64_t)(b->size - before), shown.tokens, "asked"};
    if (!shown.tokens)
        refuse(b, asked,
               "it is no text, those lines do not exist, or you have seen as much as you may: edit "
               "now");
    else if (!shown.cut && !range.first)
        texts_add(t->s, &t->shown, path);
    return OK;
}

fallible talk_read(Talk *t, const TextList *paths, const char **told)
{
    Buffer b = buffer_in(t->s);

    TRY(tell_phase(&t->teller, "reading"));
    if (!paths->count)
        buffer_text(&b, "Name the files in paths.\n");
    for (size_t i = 0; i < paths->count; i++) {
        if (i == TALK_READ_PATHS_MAX) {
            buffer_format(&b, "\nOnly %d files are shown at once.\n", TALK_READ_PATHS_MAX);
            break;
        }
        TRY(tell_log(&t->teller,
                     text(t->s, "[reads %s]", text_clean(t->s, bytes_of(paths->items[i]), NULL))));
        TRY(read_one(t, &b, paths->items[i]));
    }
    *told = buffer_string(&b);
    return OK;
}

static TextList words_of(Scope *s, const char *query)
{
    TextList words = {0};

    while (*query && words.count < TALK_SEARCH_WORDS_MAX) {
        size_t size = strcspn(query, " \t\n");
        if (size && size <= 200)
            *list_add(s, &words) = text_of(s, (Bytes){query, size});
        query += size + (query[size] != 0);
    }
    return words;
}

fallible talk_search(Talk *t, const char *query, const char **told)
{
    Buffer b = buffer_in(t->s);
    TextList words = words_of(t->s, query);
    CodeFound found = {0};
    size_t lines = 0;

    TRY(tell_phase(&t->teller, "reading"));
    TRY(tell_log(&t->teller, text(t->s, "[searches %s]", text_clean(t->s, bytes_of(query), NULL))));
    if (words.count)
        TRY(t->code->search(t->s, t->code->self, &words, &found));
    EACH (const CodeHit, hit, &found.hits) {
        if (lines++ == TALK_SEARCH_LINES_MAX || t->room <= 0) {
            buffer_text(&b, "(there are more: use rarer words)\n");
            break;
        }
        size_t before = b.size;
        if (hit->line)
            buffer_format(&b, "%s:%lld: %s\n", hit->path, (long long)hit->line, hit->text);
        else
            buffer_format(&b, "%s\n", hit->path);
        t->room -= estimate_tokens((Bytes){b.data + before, b.size - before});
    }
    if (!found.hits.count)
        buffer_text(&b, words.count ? "Nothing found.\n" : "Give words to search for.\n");
    if (found.partial)
        buffer_text(&b, "(only paths were searched: contents are not here yet)\n");
    *told = buffer_string(&b);
    return OK;
}
