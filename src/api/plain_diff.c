/* Files and lines of a change, as HTML. */

#include "api/plain_diff.h"

#include "api/plain.h"
#include "git/patch.h"

void html_text(Buffer *b, const char *t)
{
    for (; t && *t; t++) {
        switch (*t) {
        case '&':
            buffer_text(b, "&amp;");
            break;
        case '<':
            buffer_text(b, "&lt;");
            break;
        case '>':
            buffer_text(b, "&gt;");
            break;
        case '"':
            buffer_text(b, "&quot;");
            break;
        case '\'':
            buffer_text(b, "&#39;");
            break;
        default:
            buffer_char(b, *t);
        }
    }
}

/* ---- Files ---- */

static void file_row(Buffer *b, const FileChange *file)
{
    buffer_text(b, "<tr><td>");
    if (file->old_path && !text_equal(file->old_path, file->path)) {
        html_text(b, file->old_path);
        buffer_text(b, " → ");
    }
    html_text(b, file->path);
    buffer_text(b, "</td><td>");
    html_text(b, file->status);
    buffer_format(b, "</td><td><ins>+%lld</ins></td><td><del>−%lld</del></td></tr>\n",
                  (long long)file->added_lines, (long long)file->removed_lines);
}

void plain_files(Buffer *b, PlainLanguage language, const FileChangeList *files)
{
    size_t shown = 0;

    if (!files->count) {
        buffer_format(b, "<p class=\"quiet\">%s</p>\n", plain_word(language, WORD_NOTHING));
        return;
    }
    buffer_format(b,
                  "<table><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
                  "<th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr></thead><tbody>\n",
                  plain_word(language, WORD_FILE), plain_word(language, WORD_CHANGE),
                  plain_word(language, WORD_ADDED), plain_word(language, WORD_REMOVED));
    EACH (const FileChange, file, files)
        if (shown++ < PLAIN_FILES_MAX)
            file_row(b, file);
    buffer_text(b, "</tbody></table>\n");
    if (files->count > PLAIN_FILES_MAX)
        buffer_format(b, "<p>%s</p>\n", plain_word(language, WORD_MORE_FILES));
}

/* ---- Lines ---- */

static const char *element_of(char sign)
{
    switch (sign) {
    case '+':
        return "ins";
    case '-':
        return "del";
    case '@':
    case '\\':
        return "b";
    default:
        return "span";
    }
}

/* The hunks of a section, without the headers above them. False when there are none. */
static bool section_lines(Buffer *b, Bytes section)
{
    Bytes rest = section, line;
    bool begun = false;

    while (bytes_line(&rest, &line)) {
        if (!begun && line.size && line.data[0] == '@') {
            begun = true;
            buffer_text(b, "<pre>");
        }
        if (!begun)
            continue;
        SCOPE(tmp, b->s);
        const char *element = element_of(line.size ? line.data[0] : ' ');
        buffer_format(b, "<%s>", element);
        html_text(b, text_clean(tmp, line, NULL));
        buffer_format(b, "</%s>", element);
    }
    if (begun)
        buffer_text(b, "</pre>\n");
    return begun;
}

static void section_add(Buffer *b, PlainLanguage language, const FileDiff *file, size_t room)
{
    Bytes shown = file->patch;

    if (shown.size > room) /* whole lines */
        for (shown.size = room; shown.size && shown.data[shown.size - 1] != '\n'; shown.size--)
            ;
    buffer_text(b, "<h3>");
    html_text(b, text_clean(b->s, bytes_of(file->path), NULL));
    buffer_text(b, "</h3>\n");
    if (!section_lines(b, shown))
        buffer_format(b, "<pre><b>%s</b></pre>\n",
                      plain_word(language, file->binary ? WORD_BINARY : WORD_NO_LINES));
}

fallible plain_diff(Buffer *b, PlainLanguage language, Bytes patch)
{
    FileDiffList files = {0};
    size_t room = PLAIN_DIFF_BYTES_MAX;

    TRY(patch_parse(b->s, patch, &files));
    EACH (const FileDiff, file, &files) {
        if (!room)
            break;
        section_add(b, language, file, room);
        room -= file->patch.size < room ? file->patch.size : room;
    }
    if (!room)
        buffer_format(b, "<p><strong>%s</strong></p>\n", plain_word(language, WORD_CUT));
    return OK;
}
