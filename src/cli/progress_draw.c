/* What runs look like in text. */

#include "cli/progress_draw.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/command.h"
#include "model/views.h"

enum {
    WIDTH_PRESET = 100, /* columns, where the window's size is not to be had */
    MODEL_COLUMNS = 28,
    PHASE_COLUMNS = 11,
};

const char *shown_number(Scope *s, int64_t n)
{
    const char *digits = text(s, "%lld", (long long)n);
    size_t size = strlen(digits);
    Buffer b = buffer_in(s);

    for (size_t i = 0; i < size; i++) {
        if (i && (size - i) % 3 == 0 && digits[i - 1] != '-')
            buffer_char(&b, ',');
        buffer_char(&b, digits[i]);
    }
    return buffer_string(&b);
}

const char *shown_cost(Scope *s, OptReal cost)
{
    return cost.set ? text(s, "$%.4f", cost.value) : "-";
}

static double seconds_of(const Run *run)
{
    if (!time_set(run->started_at))
        return 0;
    Time end = time_set(run->completed_at) ? run->completed_at : time_now();
    return (double)(end.us - run->started_at.us) / (double)US_PER_S;
}

const char *shown_seconds(Scope *s, const Run *run)
{
    return time_set(run->started_at) ? text(s, "%.1f s", seconds_of(run)) : "-";
}

/* ---- Live ---- */

static size_t window_columns(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : WIDTH_PRESET;
}

/* Cut or filled to exactly that many columns. */
static const char *fitted(Scope *s, const char *t, size_t columns)
{
    Buffer b = buffer_in(s);
    size_t used = 0;

    for (size_t i = 0; t[i];) {
        size_t length = 1;
        while (((unsigned char)t[i + length] & 0xc0) == 0x80)
            length++;
        const char *character = text_of(s, (Bytes){t + i, length});
        size_t width = utf8_columns(character);
        if (used + width > columns)
            break;
        if ((unsigned char)t[i] >= ' ' && t[i] != 0x7f) { /* a model must not move the cursor */
            buffer_text(&b, character);
            used += width;
        }
        i += length;
    }
    for (; used < columns; used++)
        buffer_char(&b, ' ');
    return buffer_string(&b);
}

static const char *state_of(const Run *run)
{
    return run->status == RUN_RUNNING && run->phase ? run->phase
                                                    : name_of(run_status_names, (int)run->status);
}

static const char *line_of(Scope *s, const Watched *watched)
{
    const Run *run = &watched->run;
    const char *tail = run->error                                  ? run->error
                       : run_finished(run->status) && run->summary ? run->summary
                                                                   : watched->last_line;

    return text(s, "%s %s %8s %9s %s",
                fitted(s, run->model_name ? run->model_name : "", MODEL_COLUMNS),
                fitted(s, state_of(run), PHASE_COLUMNS), shown_seconds(s, run),
                text(s, "%s tok", shown_number(s, run->input_tokens + run->output_tokens)),
                tail ? tail : "");
}

static fallible draw_terminal(Scope *s, Progress *p)
{
    Buffer b = buffer_in(s);
    size_t columns = window_columns();

    if (p->drawn)
        buffer_format(&b, "\033[%zuA", p->drawn);
    EACH (Watched, watched, &p->runs)
        buffer_format(&b, "\r%s\033[K\n", fitted(s, line_of(s, watched), columns - 1));
    p->drawn = p->runs.count;
    return command_print(s, buffer_string(&b));
}

static fallible draw_lines(Scope *s, Progress *p)
{
    EACH (Watched, watched, &p->runs) {
        const char *state = state_of(&watched->run);
        if (text_equal(watched->told, state))
            continue;
        watched->told = state;
        const char *why =
            watched->run.error
                ? text(s, ": %s", fitted(s, watched->run.error, strlen(watched->run.error)))
                : "";
        TRY(command_print(s, text(s, "%s: %s%s\n", watched->run.model_name, state, why)));
    }
    return OK;
}

Error *progress_draw(Scope *s, Progress *p)
{
    switch (p->form) {
    case PROGRESS_TERMINAL:
        return draw_terminal(s, p);
    case PROGRESS_LINES:
        return draw_lines(s, p);
    case PROGRESS_JSON:
        return OK;
    }
    return OK;
}

Error *progress_print_event(Scope *s, const RunEvent *event)
{
    EventView view = event_view(event);

    /* The event's own object with a type in front. */
    return command_print(
        s, text(s, "{\"type\":\"event\",%s\n", json_text(s, &event_view_type, &view) + 1));
}

/* ---- The comparison ---- */

static const char *outcome_of(Scope *s, const Run *run)
{
    if (run->status == RUN_SUCCEEDED)
        return run->commit_sha ? "changed" : "nothing changed";
    return run->error_code
               ? text(s, "%s (%s)", name_of(run_status_names, (int)run->status), run->error_code)
               : name_of(run_status_names, (int)run->status);
}

enum { TABLE_COLUMNS = 9 };

static void table_row(Scope *s, const Run *run, size_t number, const char *cells[TABLE_COLUMNS])
{
    cells[0] = text(s, "%zu", number);
    cells[1] = run->model_name ? run->model_name : name_of(executor_names, (int)run->executor_type);
    cells[2] = outcome_of(s, run);
    cells[3] = text(s, "%zu", run->files_changed.count);
    cells[4] = text(s, "+%lld -%lld", (long long)run->added_lines, (long long)run->removed_lines);
    cells[5] = text(s, "%s",
                    shown_number(s, run->input_tokens + run->cache_read_tokens +
                                        run->cache_write_tokens + run->output_tokens));
    cells[6] = shown_cost(s, run->cost_usd);
    cells[7] = shown_seconds(s, run);
    cells[8] = run->commit_sha ? text(s, "%s %.8s", run->working_branch, run->commit_sha) : "-";
}

/* Why a run has no result, and what is to be known about one that has: below the table, whole. */
static void words(Buffer *b, const RunList *runs)
{
    for (size_t i = 0; i < runs->count; i++) {
        const Run *run = &runs->items[i];
        if (run->error)
            buffer_format(b, "\n%zu: %s\n", i + 1, run->error);
        EACH (const char *, warning, &run->warnings)
            buffer_format(b, "\n%zu: note: %s\n", i + 1, *warning);
    }
}

const char *comparison_table(Scope *s, const RunList *runs)
{
    static const char *const heads[TABLE_COLUMNS] = {"#",      "MODEL", "OUTCOME", "FILES", "LINES",
                                                     "TOKENS", "COST",  "TIME",    "BRANCH"};
    const char *(*cells)[TABLE_COLUMNS] = scope_alloc_array(s, runs->count + 1, sizeof *cells);
    size_t widths[TABLE_COLUMNS] = {0};
    Buffer b = buffer_in(s);

    memcpy(cells[0], heads, sizeof heads);
    for (size_t i = 0; i < runs->count; i++)
        table_row(s, &runs->items[i], i + 1, cells[i + 1]);
    for (size_t i = 0; i <= runs->count; i++)
        for (size_t c = 0; c < TABLE_COLUMNS; c++)
            widths[c] =
                utf8_columns(cells[i][c]) > widths[c] ? utf8_columns(cells[i][c]) : widths[c];
    for (size_t i = 0; i <= runs->count; i++) {
        for (size_t c = 0; c < TABLE_COLUMNS; c++)
            buffer_format(&b, "%s%s", c ? "  " : "",
                          c + 1 < TABLE_COLUMNS ? fitted(s, cells[i][c], widths[c]) : cells[i][c]);
        buffer_char(&b, '\n');
    }
    words(&b, runs);
    return buffer_string(&b);
}

static void json_files(JsonWriter *w, const Run *run)
{
    json_key(w, "files_changed");
    json_open(w, '[');
    EACH (FileChange, file, &run->files_changed) {
        json_open(w, '{');
        json_key(w, "path");
        json_put_text(w, file->path);
        json_key(w, "added_lines");
        json_put_int(w, file->added_lines);
        json_key(w, "removed_lines");
        json_put_int(w, file->removed_lines);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void json_run(Scope *s, JsonWriter *w, const Run *run)
{
    Usage usage = {
        run->input_tokens,     run->output_tokens, run->cache_read_tokens, run->cache_write_tokens,
        run->reasoning_tokens, run->calls,         run->cost_usd};

    json_open(w, '{');
    json_key(w, "id");
    json_put_text(w, run->id);
    json_key(w, "model");
    json_put_text(w, run->model_name);
    json_key(w, "status");
    json_put_text(w, name_of(run_status_names, (int)run->status));
    json_key(w, "branch");
    json_put_text(w, run->commit_sha ? run->working_branch : NULL);
    json_key(w, "commit");
    json_put_text(w, run->commit_sha);
    json_key(w, "summary");
    json_put_text(w, run->summary);
    json_files(w, run);
    json_key(w, "usage");
    json_put_raw(w, json_text(s, &usage_type, &usage));
    json_key(w, "seconds");
    json_put_real(w, seconds_of(run));
    json_key(w, "error");
    json_put_text(w, run->error);
    json_close(w, '}');
}

const char *comparison_json(Scope *s, const RunList *runs)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "type");
    json_put_text(&w, "comparison");
    json_key(&w, "runs");
    json_open(&w, '[');
    EACH (Run, run, runs)
        json_run(s, &w, run);
    json_close(&w, ']');
    json_close(&w, '}');
    buffer_char(&b, '\n');
    return buffer_string(&b);
}
