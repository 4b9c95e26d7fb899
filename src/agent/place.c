/* One replacing edit, from the strictest reading to the loosest, and the words for what failed. */

#include "agent/place.h"

#include "agent/align.h"
#include "agent/elision.h"
#include "agent/fence.h"

enum {
    SHOWN_LINES_MAX = 30,  /* of a file, in a fault */
    LIKENESS_PERCENT = 60, /* below this nothing is suggested */
};

static bool fault_set(EditFault *fault, FaultKind kind, const char *message)
{
    fault->kind = kind;
    fault->message = message;
    return false;
}

static void shown(Buffer *b, const Document *d, size_t first, size_t count)
{
    SCOPE(tmp, b->s);
    Buffer lines = buffer_in(tmp);

    for (size_t i = first; i < first + count && i < d->lines.count && i < first + SHOWN_LINES_MAX;
         i++) {
        buffer_bytes(&lines, d->lines.items[i].text);
        buffer_char(&lines, '\n');
    }
    fence_add(b, "", buffer_view(&lines));
}

static bool ambiguous(Scope *s, const Edit *edit, const MatchPlaces *places, EditFault *fault)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "find matches %zu places, at lines ", places->count);
    for (size_t i = 0; i < places->count && i < MATCH_PLACES_MAX; i++)
        buffer_format(&b, "%s%zu", i ? ", " : "", places->first[i] + 1);
    if (places->count > MATCH_PLACES_MAX)
        buffer_text(&b, " and more");
    if (edit->occurrence > 0)
        buffer_format(&b, "; there is no occurrence %lld", (long long)edit->occurrence);
    buffer_text(&b, ". Add neighbouring lines to it until it fits one place only.");
    return fault_set(fault, FAULT_AMBIGUOUS, buffer_string(&b));
}

/* The file already has what the edit would make of it. */
static bool done_before(Scope *s, const Document *d, const Wanted *wanted)
{
    size_t kept = lines_same_front(&wanted->old_lines, &wanted->new_lines);

    if (wanted->new_lines.count < 2 || kept == wanted->new_lines.count)
        return false;
    return match_lines(s, d, MATCH_TRAILING, &wanted->new_lines).count == 1;
}

static bool nowhere(Scope *s, const Document *d, const Wanted *wanted, EditFault *fault)
{
    size_t place = 0;
    double likeness = match_nearest(s, d, &wanted->old_lines, &place);
    size_t count = wanted->old_lines.count;
    Buffer b = buffer_in(s);

    if (done_before(s, d, wanted))
        return fault_set(fault, FAULT_NO_CHANGE,
                         "the file already reads as replace says. Leave this edit out.");
    buffer_text(&b, "find is not in the file");
    if (likeness * 100 < LIKENESS_PERCENT) {
        buffer_text(&b, ", and nothing in it is alike. Read the file again before you edit it.");
        return fault_set(fault, FAULT_NOT_FOUND, buffer_string(&b));
    }
    buffer_format(&b, ". Did you mean lines %zu to %zu, which read exactly:\n", place + 1,
                  place + count);
    shown(&b, d, place, count);
    buffer_text(&b, "Copy find from these lines.");
    return fault_set(fault, FAULT_NOT_FOUND, buffer_string(&b));
}

/* A diff may say that the last line gains or loses its end. */
static void end_follow(Document *d, const Edit *edit, size_t behind)
{
    bool was = edit->find.size && edit->find.data[edit->find.size - 1] == '\n';
    bool is = edit->replace.size && edit->replace.data[edit->replace.size - 1] == '\n';

    if (edit->hunk && edit->find.size && edit->replace.size && was != is &&
        behind == d->lines.count)
        document_end(d, is);
}

static bool put(Scope *s, Document *d, const Wanted *wanted, const Place *place, PlaceState *state)
{
    LineList lines = {0};

    if (!place_lines(s, d, wanted, place, &lines))
        return false;
    document_splice(s, d, place->first, wanted->old_lines.count, &lines);
    state->cursor = place->first + lines.count;
    state->shift += (ptrdiff_t)lines.count - (ptrdiff_t)wanted->old_lines.count;
    end_follow(d, wanted->edit, state->cursor);
    return true;
}

static bool blank_line(const LineList *lines, size_t at)
{
    return at < lines->count && line_equal(MATCH_OUTER, lines->items[at].text, (Bytes){0});
}

/* Models put a blank line in front of a block, or behind it, that the file does not have. */
static bool without_outer_blanks(Wanted *wanted)
{
    LineList *old_lines = &wanted->old_lines;
    LineList *new_lines = &wanted->new_lines;
    size_t before = old_lines->count;

    while (blank_line(old_lines, 0)) {
        bool both = blank_line(new_lines, 0);
        *old_lines = lines_part(old_lines, 1, old_lines->count - 1);
        *new_lines = lines_part(new_lines, both, new_lines->count - both);
    }
    while (old_lines->count && blank_line(old_lines, old_lines->count - 1)) {
        old_lines->count--;
        if (new_lines->count && blank_line(new_lines, new_lines->count - 1))
            new_lines->count--;
    }
    return old_lines->count && old_lines->count < before;
}

/* All parts of a cut edit, or none. */
static bool parts_place(Scope *s, Document *d, const Edit *edit, PlaceState *state)
{
    EditList parts = {0};
    Document trial = *d;
    PlaceState trial_state = *state;

    if (!edit_cut(s, edit, &parts))
        return false;
    trial.lines = (LineList){0};
    EACH (const Line, line, &d->lines)
        *list_add(s, &trial.lines) = *line;
    EACH (const Edit, part, &parts) {
        EditFault ignored = {0};
        if (!part->find.size || !place_edit(s, &trial, part, &trial_state, &ignored))
            return false;
    }
    *d = trial;
    *state = trial_state;
    return true;
}

/* The readings that remain when the lines as given are nowhere. */
static PlaceVerdict loosely(Scope *s, const Document *d, Wanted *wanted, const PlaceState *state,
                            Place *place)
{
    Wanted found;

    if (without_outer_blanks(wanted)) {
        PlaceVerdict verdict = place_find(s, d, wanted, state, place);
        if (verdict != PLACE_NOWHERE)
            return verdict;
    }
    if (wanted->edit->hunk && hunk_shed(s, d, wanted, place, &found)) {
        *wanted = found;
        return PLACE_FOUND;
    }
    return PLACE_NOWHERE;
}

static bool lines_place(Scope *s, Document *d, const Edit *edit, PlaceState *state,
                        EditFault *fault)
{
    Wanted wanted = {edit, lines_of(s, edit->find), lines_of(s, edit->replace), false};
    const Wanted whole = wanted;
    Place place;
    PlaceVerdict verdict = place_find(s, d, &wanted, state, &place);

    if (verdict == PLACE_NOWHERE && parts_place(s, d, edit, state))
        return true;
    if (verdict == PLACE_NOWHERE)
        verdict = loosely(s, d, &wanted, state, &place);
    if (verdict == PLACE_AMBIGUOUS)
        return ambiguous(s, edit, &place.all, fault);
    if (verdict == PLACE_NOWHERE)
        return nowhere(s, d, &whole, fault);
    if (put(s, d, &wanted, &place, state))
        return true;
    return fault_set(
        fault, FAULT_INDENT,
        text(s,
             "find was found at line %zu, but indented differently in the file, and it is "
             "not clear how the new lines are to be indented. Copy the indentation from "
             "the file.",
             place.first + 1));
}

/* New lines with nothing to hold on to go to the end, if that was said, or into an empty file. */
static bool lines_append(Scope *s, Document *d, const Edit *edit, EditFault *fault)
{
    LineList lines = lines_of(s, edit->replace);

    if (!edit->at_end && d->lines.count)
        return fault_set(
            fault, FAULT_FORM,
            "nothing says where the new lines go. Give at least one line that is in the file, "
            "as find or as context.");
    if (d->lines.count)
        document_end(d, true);
    document_splice(s, d, d->lines.count, 0, &lines);
    return true;
}

bool place_edit(Scope *s, Document *d, const Edit *edit, PlaceState *state, EditFault *fault)
{
    MatchPlaces places;

    if (bytes_equal(edit->find, edit->replace))
        return fault_set(fault, FAULT_NO_CHANGE, "find and replace are the same.");
    if (!edit->find.size)
        return lines_append(s, d, edit, fault);
    if (edit->lines)
        return lines_place(s, d, edit, state, fault);
    PlaceVerdict verdict = piece_replace(s, d, edit, &places);
    if (verdict == PLACE_AMBIGUOUS)
        return ambiguous(s, edit, &places, fault);
    return verdict == PLACE_FOUND || lines_place(s, d, edit, state, fault);
}
