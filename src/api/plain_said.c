/* Words by codes. */

#include "api/plain_said.h"

#include "base/json.h"

extern const Bytes errors_en, errors_ja;

/* The value that stands between {{ and }}; NULL when the note has none of that name. */
static const char *value_of(Scope *s, json_t *params, const Note *note, Bytes name)
{
    const char *key = text_of(s, name);
    const char *value = params ? json_at_text(params, key) : NULL;

    return value || !text_equal(key, "detail") ? value : note->text;
}

/* NULL when a value is missing. */
static const char *filled(Scope *s, const char *words, json_t *params, const Note *note)
{
    Buffer b = buffer_in(s);

    for (const char *open; (open = strstr(words, "{{"));) {
        const char *close = strstr(open, "}}");
        if (!close)
            break;
        const char *value =
            value_of(s, params, note, (Bytes){open + 2, (size_t)(close - open) - 2});
        if (!value)
            return NULL;
        buffer_add(&b, words, (size_t)(open - words));
        buffer_text(&b, value);
        words = close + 2;
    }
    buffer_text(&b, words);
    return buffer_string(&b);
}

Error *plain_said(Scope *s, PlainLanguage language, const Note *note, const char **out)
{
    SCOPE(tmp, s);
    json_t *all, *params = NULL;

    *out = note->text;
    if (text_empty(note->code) || text_empty(note->text))
        return OK;
    TRY(json_parse(tmp, language == PLAIN_JAPANESE ? errors_ja : errors_en, &all));
    if (note->params.text)
        TRY(json_parse(tmp, bytes_of(note->params.text), &params));
    const char *words = json_at_text(all, note->code);
    const char *said = words ? filled(s, words, params, note) : NULL;
    if (said)
        *out = said;
    return OK;
}
