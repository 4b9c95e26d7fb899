/* Choosing files to show. */

#include "agent/context.h"

#include "agent/show.h"

enum {
    LOOSE_TOKENS_MAX = 6000, /* of a file that is only found, not named */
    ROOM_LEAST = 200,        /* tokens below which nothing more is tried */
    LINES_AROUND = 150,      /* shown around a line that is named, when the file does not fit */
};

static fallible upcoming(Scope *s, const CodeSource *code, const Ranking *ranking)
{
    TextList paths = {0};

    for (size_t i = 0; i < ranking->files.count && i < CONTEXT_FILES_MAX; i++)
        *list_add(s, &paths) = ranking->files.items[i].path;
    return code->need && paths.count ? code->need(s, code->self, &paths) : OK;
}

static int64_t file_show(Buffer *b, const RankedPath *file, Bytes content, int64_t tokens)
{
    ShowRange whole = {.path = file->path};
    SCOPE(tmp, b->s);
    Buffer trial = buffer_in(tmp);
    int64_t room = file->named || tokens < LOOSE_TOKENS_MAX ? tokens : LOOSE_TOKENS_MAX;
    Shown shown = show_file(&trial, &whole, content, room);

    if (shown.cut && !file->named)
        return 0;
    if (shown.cut && file->line > LINES_AROUND) {
        ShowRange around = {file->path, file->line - LINES_AROUND, file->line + LINES_AROUND};
        return show_file(b, &around, content, room).tokens;
    }
    buffer_bytes(b, buffer_view(&trial));
    return shown.tokens;
}

fallible context_add_files(Buffer *b, const CodeSource *code, const Ranking *ranking,
                           ContextRoom *room)
{
    TRY(upcoming(b->s, code, ranking));
    for (size_t i = 0; i < ranking->files.count && room->shown.count < CONTEXT_FILES_MAX; i++) {
        const RankedPath *file = &ranking->files.items[i];
        SourceFile source;
        SCOPE(tmp, b->s);
        if (room->tokens < ROOM_LEAST)
            break;
        TRY(scope_check(tmp));
        TRY(code->files.read(tmp, code->files.self, file->path, SHOW_FILE_BYTES_MAX, &source));
        if (source.kind != SOURCE_FILE && source.kind != SOURCE_EXECUTABLE)
            continue;
        size_t before = b->size;
        int64_t taken = file_show(b, file, source.content, room->tokens);
        room->tokens -= taken;
        if (taken)
            *list_add(b->s, &room->shown) =
                (ContextFile){text_copy(b->s, file->path), (int64_t)(b->size - before), taken,
                              text_copy(b->s, file->why)};
    }
    return OK;
}
