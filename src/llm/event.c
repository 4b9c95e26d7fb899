/* One event of a stream: JSON, as strict as servers allow. */

#include "llm/driver.h"

#include <stdlib.h>

static long hex4(const char *at)
{
    char digits[5] = {0};

    for (int i = 0; i < 4; i++) {
        if (!strchr("0123456789abcdefABCDEF", at[i]) || !at[i])
            return -1;
        digits[i] = at[i];
    }
    return strtol(digits, NULL, 16);
}

/* Writes the escape at "\uXXXX" and returns how many bytes of the input it took. */
static size_t mend_escape(Buffer *b, const char *at)
{
    long unit = hex4(at + 2);
    bool high = unit >= 0xD800 && unit <= 0xDBFF;
    long next = high && at[6] == '\\' && at[7] == 'u' ? hex4(at + 8) : -1;

    if (unit < 0) { /* no escape at all: the reader will say so */
        buffer_add(b, at, 2);
        return 2;
    }
    if (high && next >= 0xDC00 && next <= 0xDFFF) {
        buffer_add(b, at, 12);
        return 12;
    }
    if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF))
        buffer_text(b, "\\ufffd");
    else
        buffer_add(b, at, 6);
    return 6;
}

const char *json_mended(Scope *s, const char *json)
{
    Buffer b = buffer_in(s);

    for (const char *at = json; *at;) {
        if (at[0] == '\\' && at[1] == 'u') {
            at += mend_escape(&b, at);
        } else if (at[0] == '\\' && at[1]) {
            buffer_add(&b, at, 2);
            at += 2;
        } else {
            buffer_char(&b, *at++);
        }
    }
    return buffer_string(&b);
}

static json_t *parsed(Scope *s, const char *data)
{
    json_t *value = NULL;
    Error *e = json_parse(s, bytes_of(data), &value);

    if (e) {
        error_drop(e, "tried again, mended");
        e = json_parse(s, bytes_of(json_mended(s, data)), &value);
        error_drop(e, "becomes the answer's fault");
    }
    return e ? NULL : value;
}

const char *object_text(Scope *s, const char *json)
{
    SCOPE(tmp, s);
    json_t *value = NULL;

    if (text_empty(json) || !json[strspn(json, " \t\r\n")])
        return "{}";
    Error *e = json_parse(tmp, bytes_of(json), &value);
    if (!e)
        return json_is_object(value) ? json : NULL;
    error_drop(e, "tried again, mended");
    value = parsed(tmp, json);
    return json_is_object(value) ? json_dump(s, value) : NULL;
}

Error *llm_event(Scope *s, const LlmDriver *driver, LlmAnswer *answer, const char *data)
{
    SCOPE(tmp, s);

    if (answer->fault.kind || text_empty(data))
        return OK;
    if (text_equal(text_trim(tmp, data), "[DONE]")) {
        answer->ended = true;
        return OK;
    }
    json_t *event = parsed(tmp, data);
    if (!json_is_object(event)) {
        answer_fault(answer, FAULT_MALFORMED, "an event is not a JSON object");
        return OK;
    }
    return driver->event(tmp, answer, event);
}
