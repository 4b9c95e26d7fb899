/* Reads unified diffs. */

#include "git/patch.h"

#include "git/patch_name.h"

const Name file_status_names[] = {{FILE_ADDED, "added"},     {FILE_MODIFIED, "modified"},
                                  {FILE_DELETED, "deleted"}, {FILE_RENAMED, "renamed"},
                                  {FILE_MODE, "mode"},       {0}};

typedef struct Reader {
    Scope *s;
    Bytes rest;      /* after line */
    Bytes line;      /* without LF */
    int64_t number;  /* of line */
    const char *end; /* behind the last byte that belongs to the section */
} Reader;

/* What the headers of one section have said. */
typedef struct Section {
    FileDiff file;
    const char *old_name, *new_name;
    bool created, deleted, renamed, copied, hunks;
} Section;

static bool next(Reader *r)
{
    if (!bytes_line(&r->rest, &r->line))
        return false;
    r->number++;
    return true;
}

static bool starts(Bytes line, const char *word)
{
    size_t size = strlen(word);

    return line.size >= size && memcmp(line.data, word, size) == 0;
}

static Bytes behind(Bytes line, const char *word)
{
    size_t size = strlen(word);

    return (Bytes){line.data + size, line.size - size};
}

static fallible bad_line(Reader *r, const char *what)
{
    return fail(r->s, INVALID, "line %lld of the patch: %s", (long long)r->number, what);
}

static bool read_mode(Bytes t, unsigned *out)
{
    unsigned mode = 0;
    size_t i = 0;

    for (; i < t.size && t.data[i] >= '0' && t.data[i] <= '7' && i < 6; i++)
        mode = mode << 3 | (unsigned)(t.data[i] - '0');
    *out = mode;
    return i > 0 && (i == t.size || t.data[i] == '\r');
}

/* A number and what may follow it: "12,3". The count is 1 when absent. */
static bool read_range(Bytes *t, int64_t *count)
{
    int64_t values[2] = {0, 1};

    for (int i = 0; i < 2; i++) {
        size_t digits = 0;
        int64_t value = 0;
        for (; digits < t->size && digits < 10 && t->data[digits] >= '0' && t->data[digits] <= '9';
             digits++)
            value = value * 10 + (t->data[digits] - '0');
        if (digits == 0)
            return false;
        values[i] = value;
        *t = (Bytes){t->data + digits, t->size - digits};
        if (i == 1 || t->size == 0 || t->data[0] != ',')
            break;
        *t = (Bytes){t->data + 1, t->size - 1};
    }
    *count = values[1];
    return true;
}

/* "@@ -1,2 +3,4 @@ …" */
static bool read_hunk_head(Bytes line, int64_t *old_count, int64_t *new_count)
{
    if (!starts(line, "@@ -"))
        return false;
    Bytes t = behind(line, "@@ -");
    if (!read_range(&t, old_count) || !starts(t, " +"))
        return false;
    t = behind(t, " +");
    return read_range(&t, new_count) && starts(t, " @@");
}

static void mark_end(Reader *r)
{
    r->end = r->rest.data;
}

/* The lines of a hunk, by its counts: whatever they look like, they are content. */
static fallible read_hunk(Reader *r, FileDiff *file)
{
    int64_t old_left, new_left;

    if (!read_hunk_head(r->line, &old_left, &new_left))
        return bad_line(r, "the head of a hunk is broken");
    while (old_left > 0 || new_left > 0) {
        if (!next(r))
            return bad_line(r, "the hunk ends before its counted lines");
        char c = r->line.size ? r->line.data[0] : ' ';
        bool both = c == ' ' || c == '\r';
        if (c != '\\') {
            if (!both && c != '-' && c != '+')
                return bad_line(r, "the hunk has fewer lines than it counts");
            old_left -= both || c == '-';
            new_left -= both || c == '+';
            file->removed_lines += c == '-';
            file->added_lines += c == '+';
        }
        if (old_left < 0 || new_left < 0)
            return bad_line(r, "the hunk has more lines than it counts");
    }
    mark_end(r);
    Reader ahead = *r;
    if (next(&ahead) && starts(ahead.line, "\\ ")) {
        *r = ahead;
        mark_end(r);
    }
    return OK;
}

/* "index 1234567..89abcde 100644" */
static void read_index_line(Bytes line, FileDiff *file)
{
    const char *blank = memrchr(line.data, ' ', line.size);
    size_t used = (size_t)(blank - line.data) + 1;
    unsigned mode;

    if (used > strlen("index ") && read_mode((Bytes){blank + 1, line.size - used}, &mode))
        file->old_mode = file->new_mode = mode;
}

static bool named(Reader *r, const char *word, const char **name)
{
    return starts(r->line, word) && patch_plain_name(r->s, behind(r->line, word), name);
}

/* One extended header of git; *known tells whether it was one. */
static fallible read_extended(Reader *r, Section *section, bool *known)
{
    static const char *const silent[] = {"similarity index ", "dissimilarity index "};
    static const struct {
        const char *word;
        bool old, new;
    } modes[] = {{"old mode ", true, false},
                 {"new mode ", false, true},
                 {"deleted file mode ", true, false},
                 {"new file mode ", false, true}};
    FileDiff *file = &section->file;

    *known = true;
    for (size_t i = 0; i < COUNT_OF(silent); i++)
        if (starts(r->line, silent[i]))
            return OK;
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        if (!starts(r->line, modes[i].word))
            continue;
        if (!read_mode(behind(r->line, modes[i].word),
                       modes[i].old ? &file->old_mode : &file->new_mode))
            return bad_line(r, "no file mode");
        section->deleted |= i == 2;
        section->created |= i == 3;
        return OK;
    }
    if (starts(r->line, "index ")) {
        read_index_line(r->line, file);
        return OK;
    }
    if (named(r, "rename from ", &section->old_name) ||
        named(r, "rename to ", &section->new_name)) {
        section->renamed = true;
        return OK;
    }
    if (named(r, "copy from ", &section->old_name) || named(r, "copy to ", &section->new_name)) {
        section->copied = true;
        return OK;
    }
    *known = false;
    return OK;
}

/* "--- a/x" and "+++ b/x". */
static fallible read_sides(Reader *r, Section *section)
{
    const char *old_name, *new_name;
    bool no_old, no_new;

    if (!patch_side_name(r->s, behind(r->line, "--- "), &old_name, &no_old))
        return bad_line(r, "the name of the file is broken");
    if (!next(r) || !starts(r->line, "+++ "))
        return bad_line(r, "'--- ' is not followed by '+++ '");
    if (!patch_side_name(r->s, behind(r->line, "+++ "), &new_name, &no_new))
        return bad_line(r, "the name of the file is broken");
    section->created |= no_old;
    section->deleted |= no_new;
    if (no_old && no_new)
        return bad_line(r, "both sides are /dev/null");
    if (!section->renamed && !section->copied) {
        section->old_name = no_old ? new_name : old_name;
        section->new_name = no_new ? old_name : new_name;
    }
    mark_end(r);
    return OK;
}

/* Skips "literal 12" and its lines; they hold no blanks, so no header looks like them. */
static void read_binary(Reader *r, FileDiff *file)
{
    Reader ahead = *r;

    file->binary = true;
    mark_end(r);
    while (next(&ahead) && !starts(ahead.line, "diff --git ")) {
        bool block = starts(ahead.line, "literal ") || starts(ahead.line, "delta ");
        if (!block && ahead.line.size && memchr(ahead.line.data, ' ', ahead.line.size))
            break;
        *r = ahead;
        mark_end(r);
    }
}

static fallible finish(Reader *r, Section *section, const char *begin, FileDiffList *out)
{
    FileDiff *file = &section->file;

    if (!section->old_name || !section->new_name)
        return bad_line(r, "the file above has no name");
    file->path = section->deleted ? section->old_name : section->new_name;
    if (section->created || section->copied)
        file->status = FILE_ADDED;
    else if (section->deleted)
        file->status = FILE_DELETED;
    else if (section->renamed)
        file->status = FILE_RENAMED;
    else if (!section->hunks && !file->binary && file->old_mode != file->new_mode)
        file->status = FILE_MODE;
    else
        file->status = FILE_MODIFIED;
    if (file->status == FILE_RENAMED)
        file->old_path = section->old_name;
    if (section->created)
        file->old_mode = 0;
    if (section->deleted)
        file->new_mode = 0;
    file->patch = (Bytes){begin, (size_t)(r->end - begin)};
    if (out->count >= PATCH_FILES_MAX)
        return fail(r->s, TOO_LARGE, "the patch has more than %d files", PATCH_FILES_MAX);
    *list_add(r->s, out) = *file;
    return OK;
}

/* "--- x" begins a plain section only before "+++ " and a hunk. */
static bool begins_plain(const Reader *r)
{
    Reader ahead = *r;

    return starts(r->line, "--- ") && next(&ahead) && starts(ahead.line, "+++ ") && next(&ahead) &&
           starts(ahead.line, "@@ -");
}

static bool begins_section(const Reader *r)
{
    return starts(r->line, "diff --git ") || begins_plain(r);
}

/* One line of a section, with what belongs to it. *headers: no content has come yet. */
static fallible read_line(Reader *r, Section *section, bool *headers)
{
    bool known = false;

    if (starts(r->line, "@@ -")) {
        *headers = false;
        section->hunks = true;
        return read_hunk(r, &section->file);
    }
    if (!*headers)
        return OK;
    TRY(read_extended(r, section, &known));
    if (known) {
        mark_end(r);
        return OK;
    }
    if (starts(r->line, "--- "))
        return read_sides(r, section);
    *headers = false;
    if (starts(r->line, "GIT binary patch"))
        read_binary(r, &section->file);
    if (starts(r->line, "Binary files ")) {
        section->file.binary = true;
        mark_end(r);
    }
    return OK;
}

/* The rest of a section, whose first line is read; stops before the line that begins the next one. */
static fallible read_body(Reader *r, Section *section)
{
    bool headers = true;

    for (;;) {
        Reader ahead = *r;
        if (!next(&ahead) || starts(ahead.line, "diff --git ") ||
            (!headers && begins_plain(&ahead)))
            return OK;
        *r = ahead;
        TRY(read_line(r, section, &headers));
    }
}

static fallible read_section(Reader *r, FileDiffList *out)
{
    Section section = {0};
    const char *begin = r->line.data;

    mark_end(r);
    if (starts(r->line, "diff --git "))
        (void)patch_head_names(r->s, behind(r->line, "diff --git "), &section.old_name,
                               &section.new_name);
    else
        TRY(read_sides(r, &section));
    TRY(read_body(r, &section));
    return finish(r, &section, begin, out);
}

fallible patch_parse(Scope *s, Bytes bytes, FileDiffList *out)
{
    FileDiffList files = {0};
    Reader r = {.s = s, .rest = bytes};

    if (bytes.size > PATCH_BYTES_MAX)
        return fail(s, TOO_LARGE, "the patch is larger than %d MiB", PATCH_BYTES_MAX >> 20);
    while (next(&r))
        if (begins_section(&r))
            TRY(read_section(&r, &files));
    *out = files;
    return OK;
}
