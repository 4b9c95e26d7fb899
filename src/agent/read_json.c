/* Edits as JSON: the arguments of the edit tool, or an object somewhere in a text. Other names that
 * agent programs gave the same things are understood, since models learned them there. */

#include "agent/reading.h"

static const char *first_text(json_t *object, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_object_get(object, keys[i]);
        if (json_is_string(value))
            return json_string_value(value);
    }
    return NULL;
}

static const char *path_of(json_t *object)
{
    static const char *const keys[] = {"path", "file_path", "file", "filename"};
    return first_text(object, keys, COUNT_OF(keys));
}

static const char *find_of(json_t *object)
{
    static const char *const keys[] = {"find",    "search",   "old_string",
                                       "old_str", "old_text", "oldText"};
    return first_text(object, keys, COUNT_OF(keys));
}

static const char *replace_of(json_t *object)
{
    static const char *const keys[] = {"replace", "new_string", "new_str",  "new_text",
                                       "newText", "content",    "contents", "replacement"};
    return first_text(object, keys, COUNT_OF(keys));
}

/* Text as edits carry it: LF as the only line end. */
static Bytes lf_only(Scope *s, const char *t)
{
    if (!t || !strstr(t, "\r\n"))
        return bytes_copy(s, bytes_of(t));
    Buffer b = buffer_in(s);
    for (; *t; t++)
        if (t[0] != '\r' || t[1] != '\n')
            buffer_char(&b, *t);
    return buffer_view(&b);
}

static EditOp op_of(json_t *object)
{
    const char *name = json_at_text(object, "op");

    if (name)
        return (EditOp)name_find(edit_op_names, name);
    if (find_of(object))
        return EDIT_REPLACE;
    if (json_at_text(object, "new_path"))
        return EDIT_RENAME;
    return replace_of(object) ? EDIT_REWRITE : (EditOp)0;
}

/* What is wrong with the object, or NULL. */
static const char *object_fault(json_t *object, EditOp op)
{
    if (!path_of(object))
        return "path is missing.";
    if (!op)
        return "op must be replace, create, delete, rename or rewrite.";
    if (op == EDIT_REPLACE && (!find_of(object) || !*find_of(object)))
        return "find is missing or empty: give the lines to be replaced, exactly as they are in "
               "the file.";
    if ((op == EDIT_REPLACE || op == EDIT_CREATE || op == EDIT_REWRITE) && !replace_of(object))
        return "replace is missing.";
    if (op == EDIT_RENAME && !json_at_text(object, "new_path"))
        return "new_path is missing.";
    return NULL;
}

static void read_object(Scope *s, json_t *object, EditAnswer *out)
{
    EditOp op = op_of(object);
    const char *path = text_copy(s, path_of(object));
    const char *fault = object_fault(object, op);

    if (fault) {
        reading_fault(s, out, path, fault);
        return;
    }
    Edit *edit = reading_edit(s, out, op, path);
    if (!edit)
        return;
    edit->new_path = text_copy(s, json_at_text(object, "new_path"));
    if (op == EDIT_REPLACE)
        edit->find = lf_only(s, find_of(object));
    edit->replace = lf_only(s, replace_of(object));
    edit->occurrence = json_at_int(object, "occurrence", 0);
    if (edit->occurrence < 0)
        edit->occurrence = 0;
}

/* A tool call written as text: {"name": "edit_files", "arguments": {…}}. */
static json_t *unwrapped(json_t *value)
{
    static const char *const keys[] = {"arguments", "parameters", "input"};

    for (size_t i = 0; i < COUNT_OF(keys) && json_is_object(value); i++) {
        json_t *inner = json_object_get(value, keys[i]);
        if (json_is_object(inner) && !json_object_get(value, "edits"))
            return inner;
    }
    return value;
}

/* The list itself, a text that holds it (some models put JSON into JSON), or one edit alone. */
static json_t *list_of(Scope *s, json_t *arguments)
{
    json_t *list = json_is_object(arguments) ? json_object_get(arguments, "edits") : arguments;
    json_t *inner = NULL;

    if (json_is_string(list)) {
        Error *e = json_parse(s, bytes_of(json_string_value(list)), &inner);
        error_drop(e, "what is no JSON is told to the model as a wrong edits value");
        return e ? NULL : inner;
    }
    return list;
}

void edits_read_json(Scope *s, json_t *arguments, EditAnswer *out)
{
    json_t *list = list_of(s, arguments);
    const char *summary = json_is_object(arguments) ? json_at_text(arguments, "summary") : NULL;
    size_t index;
    json_t *object;

    *out = (EditAnswer){.form = FORM_JSON, .summary = text_copy(s, summary)};
    if (!list && json_is_object(arguments) && path_of(arguments))
        read_object(s, arguments, out);
    else if (json_is_object(list))
        read_object(s, list, out);
    else if (!json_is_array(list))
        reading_fault(s, out, NULL,
                      "edits must be a list of objects with path, op, find and replace.");
    json_array_foreach(list, index, object)
    {
        if (json_is_object(object))
            read_object(s, object, out);
        else
            reading_fault(s, out, NULL,
                          "an edit must be an object with path, op, find and replace.");
        if (out->faults.count && out->faults.items[out->faults.count - 1].kind == FAULT_LIMIT)
            break;
    }
}

/* Looks like our object, well made or not. */
static bool means_json(Bytes text_)
{
    ptrdiff_t key = bytes_find(text_, BYTES("\"edits\""), 0);

    if (key < 0 || bytes_find(text_, BYTES("path\""), 0) < 0)
        return false;
    Bytes before = line_trimmed((Bytes){text_.data, (size_t)key});
    return before.size &&
           (before.data[before.size - 1] == '{' || before.data[before.size - 1] == ',');
}

bool reading_json(Scope *s, Bytes text_, EditAnswer *out)
{
    if (!means_json(text_))
        return false;
    const char *open = memchr(text_.data, '{', text_.size);
    const char *close = memrchr(text_.data, '}', text_.size);
    size_t size = open && close && close > open ? (size_t)(close - open) + 1 : 0;
    json_t *value = NULL;
    Error *e = json_parse(s, (Bytes){open, size}, &value);

    out->form = FORM_JSON;
    if (e) {
        reading_fault(
            s, out, NULL,
            text(s,
                 "the JSON cannot be read (%s). Send it again, whole, with line breaks in "
                 "texts written as \\n.",
                 e->message));
        error_drop(e, "told to the model");
        return true;
    }
    edits_read_json(s, unwrapped(value), out);
    return true;
}
