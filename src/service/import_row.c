/* Cells of a source as slots of our tables. */

#include <math.h>

#include "base/id.h"
#include "base/json.h"
#include "service/import_parts.h"

enum { SHOWN = 40 /* characters of a value in a message */ };

/* Columns are mostly asked for in their own order: *at is where to look first. */
static const Cell *cell_at(const SourceRow *row, const char *name, size_t *at)
{
    size_t count = row->names->count;

    for (size_t i = 0; i < count; i++) {
        size_t place = (*at + i) % count;
        if (!text_equal(row->names->items[place], name))
            continue;
        *at = place + 1;
        return row->cells[place].kind == CELL_NULL ? NULL : &row->cells[place];
    }
    return NULL;
}

const Cell *source_cell(const SourceRow *row, const char *name)
{
    return cell_at(row, name, &(size_t){0});
}

static const char *cell_text(Scope *s, const Cell *cell, bool *lossy)
{
    switch (cell->kind) {
    case CELL_TEXT:
        return text_clean(s, cell->bytes, lossy);
    case CELL_INT:
        return text(s, "%lld", (long long)cell->number);
    case CELL_REAL:
        return text(s, "%.17g", cell->real);
    default:
        return NULL;
    }
}

const char *source_text(Scope *s, const SourceRow *row, const char *name)
{
    const Cell *cell = source_cell(row, name);

    return cell ? cell_text(s, cell, NULL) : NULL;
}

static fallible text_slot(Scope *s, const StoredColumn *c, const Cell *cell, Slot *out)
{
    const char *t = cell_text(s, cell, NULL);

    if (!t)
        return fail(s, INVALID, "it holds bytes where text belongs");
    if (c->flags & STORED_ID && !id_valid(t))
        return fail(s, INVALID, "\"%s\" is no UUID in lower case", text_head(s, t, SHOWN));
    if (c->names && !name_find(c->names, t))
        return fail(s, INVALID, "\"%s\" is none of its values", text_head(s, t, SHOWN));
    out->text = t;
    return OK;
}

static fallible number_slot(Scope *s, const Cell *cell, Slot *out)
{
    int64_t number = cell->number;

    if (cell->kind != CELL_INT &&
        (cell->kind != CELL_TEXT ||
         !text_integer(text_clean(s, cell->bytes, NULL), INT64_MIN, INT64_MAX, &number)))
        return fail(s, INVALID, "it holds no whole number");
    out->number = (OptInt){true, number};
    return OK;
}

static fallible real_slot(Scope *s, const Cell *cell, Slot *out)
{
    double real = cell->kind == CELL_INT ? (double)cell->number : cell->real;

    if ((cell->kind != CELL_INT && cell->kind != CELL_REAL) || !isfinite(real))
        return fail(s, INVALID, "it holds no number");
    out->real = (OptReal){true, real};
    return OK;
}

static fallible time_slot(Scope *s, const Import *im, const Cell *cell, Slot *out)
{
    if (cell->kind == CELL_INT && im->ours) {
        out->time.us = cell->number;
        return OK;
    }
    const char *t = cell->kind == CELL_TEXT ? text_clean(s, cell->bytes, NULL) : "a number";
    if (cell->kind != CELL_TEXT || !time_parse(t, &out->time) || !time_set(out->time))
        return fail(s, INVALID, "\"%s\" is no time", text_head(s, t, SHOWN));
    return OK;
}

/* NUL characters cannot be stored: they become U+FFFD, as other characters that cannot. */
static const char *without_nul(Scope *s, const char *json)
{
    Buffer b = buffer_in(s);

    if (!strstr(json, "\\u0000"))
        return json;
    for (const char *t = json; *t; t++) {
        if (*t == '\\' && strncmp(t, "\\u0000", 6) == 0) {
            buffer_text(&b, "\\ufffd");
            t += 5;
            continue;
        }
        buffer_char(&b, *t);
        if (*t == '\\' && t[1])
            buffer_char(&b, *++t);
    }
    return buffer_string(&b);
}

/* Whether the rows of the service can be read with it: by the member's own table. */
static fallible fits_member(Scope *s, const StoredColumn *c, const char *json)
{
    SCOPE(tmp, s);
    Field fields[2] = {{0}};
    json_t *value;

    if (c->json_of)
        fields[0] = *type_field(c->json_of, c->name);
    else
        fields[0].kind = FIELD_JSON;
    fields[0].name = "m";
    fields[0].flags = 0;
    fields[0].least = fields[0].most = 0;
    Type one = {.name = c->name, .fields = fields};
    TRY(json_parse(tmp, bytes_of(text(tmp, "{\"m\":%s}", json)), &value));
    if (json_object_size(value) != 1)
        return fail(s, INVALID, "it holds no JSON");
    Error *e = json_read_value(tmp, value, &one,
                               scope_alloc(tmp, c->json_of ? c->json_of->size : sizeof(Json)));
    return failed_as(e, MALFORMED) ? fail(s, INVALID, "its JSON has another form") : e;
}

static fallible json_slot(Scope *s, const StoredColumn *c, const Cell *cell, Slot *out)
{
    if (cell->kind != CELL_TEXT)
        return fail(s, INVALID, "it holds no JSON text");
    const char *json = without_nul(s, text_clean(s, cell->bytes, NULL));
    out->json.text = NULL;
    if (text_empty(text_trim(s, json)) || text_equal(json, "null"))
        return OK;
    TRY(fits_member(s, c, json));
    out->json.text = json;
    return OK;
}

static fallible slot_of(Scope *s, const Import *im, const StoredColumn *c, const Cell *cell,
                        Slot *out)
{
    switch (c->kind) {
    case FIELD_TEXT:
        return text_slot(s, c, cell, out);
    case FIELD_OPT_INT:
        return number_slot(s, cell, out);
    case FIELD_OPT_REAL:
        return real_slot(s, cell, out);
    case FIELD_BOOL:
        out->truth = cell->kind == CELL_INT && cell->number != 0;
        return cell->kind == CELL_INT ? OK : fail(s, INVALID, "it is neither 0 nor 1");
    case FIELD_TIME:
        return time_slot(s, im, cell, out);
    case FIELD_JSON:
        return json_slot(s, c, cell, out);
    default:
        if (cell->kind != CELL_TEXT && cell->kind != CELL_BLOB)
            return fail(s, INVALID, "it holds no bytes");
        out->bytes = cell->bytes;
        return OK;
    }
}

static fallible preset(Scope *s, const StoredColumn *c, Slot *out)
{
    *out = (Slot){0};
    if (!c->preset)
        return OK;
    if (c->kind == FIELD_TEXT)
        out->text = c->preset;
    else if (!text_integer(c->preset, INT64_MIN, INT64_MAX, &out->number.value))
        return fail(s, BUG, "%s has no number for its preset", c->name);
    else
        out->number.set = true;
    return OK;
}

fallible import_fill(Import *im, SourceRow *row, const TableAccess *t, Slot *slots)
{
    size_t at = 0;

    for (size_t i = 0; i < t->count; i++) {
        const StoredColumn *c = &t->table->columns[i];
        const Cell *cell = cell_at(row, c->name, &at);
        TRY(preset(im->batch, c, &slots[i]));
        if (!cell)
            continue;
        Slot value = {0};
        Error *e = slot_of(im->batch, im, c, cell, &value);
        if (!e) {
            slots[i] = value;
            continue;
        }
        if (!failed_as(e, INVALID) || c->flags & STORED_NEEDED || c->names)
            return error_while(e, "%s", c->name);
        import_note(im, "%s %s is taken without its %s: %s", row->table, row->id, c->name,
                    e->message);
        row->mended = true;
    }
    return OK;
}
