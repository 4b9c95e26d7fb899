/* Which form an answer has. */

#include "agent/edits.h"

#include "agent/reading.h"

const Name edit_op_names[] = {{EDIT_REPLACE, "replace"}, {EDIT_CREATE, "create"},
                              {EDIT_DELETE, "delete"},   {EDIT_RENAME, "rename"},
                              {EDIT_REWRITE, "rewrite"}, {0}};

const Name fault_kind_names[] = {{FAULT_FORM, "form"},
                                 {FAULT_REFUSED, "refused"},
                                 {FAULT_NO_FILE, "no_file"},
                                 {FAULT_EXISTS, "exists"},
                                 {FAULT_NOT_FOUND, "not_found"},
                                 {FAULT_AMBIGUOUS, "ambiguous"},
                                 {FAULT_INDENT, "indent"},
                                 {FAULT_NO_CHANGE, "no_change"},
                                 {FAULT_ENCODING, "encoding"},
                                 {FAULT_ELIDED, "elided"},
                                 {FAULT_SHRUNK, "shrunk"},
                                 {FAULT_LIMIT, "limit"},
                                 {0}};

const Name edit_form_names[] = {{FORM_JSON, "json"}, {FORM_V4A, "v4a"},     {FORM_BLOCKS, "blocks"},
                                {FORM_DIFF, "diff"}, {FORM_WHOLE, "whole"}, {0}};

typedef struct FormReader {
    EditForm form;
    bool (*read)(Scope *s, Reading *r);
    bool alone; /* only when no other form was found: an example in prose looks the same */
} FormReader;

static const FormReader readers[] = {
    {FORM_V4A, reading_v4a, false},
    {FORM_BLOCKS, reading_blocks, false},
    {FORM_DIFF, reading_diff, false},
    {FORM_WHOLE, reading_whole, true},
};

/* What no form took, without empty fences and outer blanks. */
static const char *prose_of(Scope *s, const Reading *r)
{
    Buffer b = buffer_in(s);

    for (size_t i = 0; i < r->lines.count; i++) {
        Bytes line = line_at(r, i);
        if (r->taken[i] || (r->out->form && line_fence(line)))
            continue;
        buffer_bytes(&b, line);
        buffer_char(&b, '\n');
    }
    const char *prose = text_trim(s, text_clean(s, buffer_view(&b), NULL));
    return *prose ? prose : NULL;
}

Bytes answer_spoken(Bytes answer)
{
    const Bytes open = BYTES("<think>");
    const Bytes close = BYTES("</think>");
    Bytes start = line_trimmed(answer);
    bool opened = start.size >= open.size && bytes_equal((Bytes){start.data, open.size}, open);
    ptrdiff_t end = bytes_find(answer, close, 0);

    if (end < 0 || (!opened && bytes_find(answer, open, 0) >= 0))
        return answer;
    size_t behind = (size_t)end + close.size;
    bool own_line = behind == answer.size || answer.data[behind] == '\n';
    if (!opened && !own_line)
        return answer;
    return (Bytes){answer.data + behind, answer.size - behind};
}

void edits_read(Scope *s, Bytes answer, EditAnswer *out)
{
    *out = (EditAnswer){0};
    answer = answer_spoken(answer);
    if (answer.size > ANSWER_TEXT_MAX)
        answer.size = ANSWER_TEXT_MAX;
    Reading r = {.lines = lines_of(s, answer), .out = out};
    r.taken = NEW_ARRAY(s, bool, r.lines.count + 1);

    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        if (readers[i].alone && out->form)
            continue;
        if (readers[i].read(s, &r) && !out->form)
            out->form = readers[i].form;
    }
    if (out->form == FORM_NONE || out->form == FORM_WHOLE) {
        EditAnswer json = {0};
        if (reading_json(s, answer, &json)) {
            *out = json;
            return;
        }
    }
    out->summary = prose_of(s, &r);
}
