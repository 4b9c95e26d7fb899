/* From files to tree changes. */

#include "agent/changes.h"

#include "agent/agent.h"

enum { SUMMARY_PATHS = 5 };

static const DraftFile *find(const DraftFileList *files, const char *path)
{
    EACH (const DraftFile, file, files)
        if (text_equal(file->path, path))
            return file;
    return NULL;
}

/* The gone file that this new one was, if no other new one was it. */
static const DraftFile *source_of(const DraftFileList *files, const DraftFile *file)
{
    const DraftFile *from = file->from && !file->was ? find(files, file->from) : NULL;

    if (!from || !from->was || from->is)
        return NULL;
    EACH (const DraftFile, other, files)
        if (other != file && other->is && !other->was && text_equal(other->from, file->from))
            return NULL;
    return from;
}

static bool moved_away(const DraftFileList *files, const DraftFile *gone)
{
    EACH (const DraftFile, file, files)
        if (file->is && source_of(files, file) == gone)
            return true;
    return false;
}

static TreeChange rename_of(const DraftFile *from, const DraftFile *to)
{
    bool same = bytes_equal(from->base, to->content);

    return (TreeChange){.op = TREE_RENAME,
                        .path = from->path,
                        .new_path = to->path,
                        .keep_content = same,
                        .content = same ? (Bytes){0} : to->content};
}

TreeChangeList changes_of(Scope *s, const DraftFileList *files)
{
    TreeChangeList changes = {0};

    EACH (const DraftFile, file, files) {
        const DraftFile *from = file->is ? source_of(files, file) : NULL;
        if (from)
            *list_add(s, &changes) = rename_of(from, file);
        else if (file->is && file->was)
            *list_add(s, &changes) =
                (TreeChange){.op = TREE_REPLACE, .path = file->path, .content = file->content};
        else if (file->is)
            *list_add(s, &changes) = (TreeChange){.op = TREE_CREATE,
                                                  .path = file->path,
                                                  .content = file->content,
                                                  .mode = file->executable ? MODE_EXECUTABLE : 0};
        else if (!moved_away(files, file))
            *list_add(s, &changes) = (TreeChange){.op = TREE_DELETE, .path = file->path};
    }
    return changes;
}

static const char *cut(Scope *s, const char *t)
{
    size_t size = strlen(t);

    if (size <= AGENT_SUMMARY_MAX)
        return t;
    size = AGENT_SUMMARY_MAX - 3;
    while (size > 0 && ((unsigned char)t[size] & 0xC0) == 0x80)
        size--;
    return text(s, "%.*s...", (int)size, t);
}

const char *changes_summary(Scope *s, const char *said, const DraftFileList *files)
{
    TextList paths = {0};

    if (!text_empty(said))
        return cut(s, text_trim(s, text_clean(s, bytes_of(said), NULL)));
    if (!files->count)
        return "The model changed nothing and gave no reason.";
    for (size_t i = 0; i < files->count && i < SUMMARY_PATHS; i++)
        *list_add(s, &paths) = files->items[i].path;
    return text(
        s, "Changed %s%s.", text_join(s, &paths, ", "),
        files->count > SUMMARY_PATHS ? text(s, " and %zu more", files->count - SUMMARY_PATHS) : "");
}
