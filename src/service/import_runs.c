/* The former dursor's runs: lines of work, patches and logs come out of one row. */

#include "base/id.h"
#include "base/json.h"
#include "model/run_state.h"
#include "service/import_parts.h"
#include "service/json_texts.h"
#include "store/events.h"
#include "store/log_chunks.h"

enum {
    LINE_BRANCH_DIGITS = 12, /* of a line that never had a branch: no two runs share so many */
};

/* What of a run its line is made of. */
typedef enum LightColumn {
    L_TASK,
    L_ID,
    L_CREATED,
    L_EXECUTOR,
    L_PROVIDER,
    L_MODEL,
    L_BRANCH,
    L_COMMIT,
    L_BASE,
    L_COUNT
} LightColumn;

static const char *const light_columns[] = {
    [L_TASK] = "task_id",          [L_ID] = "id",
    [L_CREATED] = "created_at",    [L_EXECUTOR] = "executor_type",
    [L_PROVIDER] = "provider",     [L_MODEL] = "model_name",
    [L_BRANCH] = "working_branch", [L_COMMIT] = "commit_sha",
    [L_BASE] = "base_ref",
};

typedef struct LightRun {
    int64_t rowid;
    const char *text[L_COUNT]; /* NULL: none */
    const char *line_id;
} LightRun;

typedef LIST_OF(LightRun) LightRunList;

/* The runs of one task, oldest first. */
typedef struct Group {
    Scope *s;
    const char *repo_id; /* of the task; NULL: there is no such task */
    LightRunList runs;
} Group;

typedef struct RunWalk {
    Import *im;
    ForeignFile *file;
    const ForeignTable *runs;
    ForeignCursor *light;
    LightRun next; /* the first of the next task */
    bool more;
    ForeignCursor *tasks; /* by id, in step with the runs */
    const char *task_id, *task_repo;
    Scope *s;
} RunWalk;

/* ---- Lines of work ---- */

static const char *model_key(Scope *s, const LightRun *run)
{
    if (run->text[L_PROVIDER] && run->text[L_MODEL])
        return text(s, "%s:%s", run->text[L_PROVIDER], run->text[L_MODEL]);
    return run->text[L_EXECUTOR] ? run->text[L_EXECUTOR] : "patch_agent";
}

/* The same each time, so that a second import finds the line it made (RFC 9562, version 8). */
static const char *line_id(Scope *s, const LightRun *run)
{
    Sha256 sum = sha256(
        bytes_of(text(s, "line of work/%s/%s/%s", run->text[L_TASK],
                      run->text[L_EXECUTOR] ? run->text[L_EXECUTOR] : "", model_key(s, run))));
    const char *h;

    sum.bytes[6] = (uint8_t)(0x80 | (sum.bytes[6] & 0x0f));
    sum.bytes[8] = (uint8_t)(0x80 | (sum.bytes[8] & 0x3f));
    h = hex(s, sha256_view(&sum));
    return text(s, "%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16, h + 20);
}

/* The newest commit of the line says where it stands, and on which branch. */
static const LightRun *newest(const Group *group, const char *id, LightColumn having)
{
    const LightRun *found = NULL;

    EACH (const LightRun, run, &group->runs)
        if (text_equal(run->line_id, id) && !text_empty(run->text[having]))
            found = run;
    return found;
}

/* A branch belongs to one line: the first of the group that has it. */
static bool branch_free(const Group *group, const char *branch, const char *id)
{
    EACH (const LightRun, run, &group->runs)
        if (text_equal(run->text[L_BRANCH], branch))
            return text_equal(run->line_id, id);
    return true;
}

static void add_line(RunWalk *w, const Group *group, const LightRun *first, const TableAccess *t)
{
    const char *id = first->line_id;
    const LightRun *head = newest(group, id, L_COMMIT), *named = newest(group, id, L_BRANCH);
    Slot *slots = import_slots(w->im, t);
    Scope *s = w->im->batch;
    const char *executor = first->text[L_EXECUTOR] ? first->text[L_EXECUTOR] : "patch_agent";
    const LightRun *from = head && head->text[L_BRANCH] ? head : named;
    const char *branch = from ? from->text[L_BRANCH] : NULL;

    if (!branch || !branch_free(group, branch, id))
        branch = line_branch(s, "dursor", first->text[L_ID], LINE_BRANCH_DIGITS);
    import_slot(t, slots, "id")->text = text_copy(s, id);
    import_slot(t, slots, "task_id")->text = text_copy(s, first->text[L_TASK]);
    import_slot(t, slots, "repo_id")->text = text_copy(s, group->repo_id);
    import_slot(t, slots, "executor_type")->text = text_copy(s, executor);
    import_slot(t, slots, "model_key")->text = text_copy(s, model_key(s, first));
    import_slot(t, slots, "branch")->text = text_copy(s, branch);
    import_slot(t, slots, "base_ref")->text = text_copy(s, first->text[L_BASE]);
    import_slot(t, slots, "head_commit")->text = head ? text_copy(s, head->text[L_COMMIT]) : NULL;
    Slot *created = import_slot(t, slots, "created_at");
    if (!first->text[L_CREATED] || !time_parse(first->text[L_CREATED], &created->time))
        return; /* the run is refused for it */
    if (name_find(executor_names, executor))
        import_add(w->im, t, slots);
}

static fallible add_lines(RunWalk *w, Group *group)
{
    const TableAccess *t;

    TRY(import_table(w->im, "lines", &t));
    if (!group->repo_id)
        return OK;
    EACH (LightRun, run, &group->runs)
        if (run->text[L_ID] && id_valid(run->text[L_ID]))
            run->line_id = line_id(group->s, run);
    EACH (const LightRun, run, &group->runs) {
        bool first = run->line_id != NULL;
        for (const LightRun *before = group->runs.items; first && before < run; before++)
            first = !text_equal(before->line_id, run->line_id);
        if (first)
            add_line(w, group, run, t);
    }
    return OK;
}

/* ---- Patch and log ---- */

/* git's output was stored without its last line feed, and does not apply without. */
static fallible add_patch(Import *im, const SourceRow *row)
{
    const Cell *cell = source_cell(row, "patch");
    const TableAccess *t;
    Buffer patch = buffer_in(im->batch);

    if (!cell || (cell->kind != CELL_TEXT && cell->kind != CELL_BLOB) || !cell->bytes.size)
        return OK;
    TRY(import_table(im, "run_patches", &t));
    buffer_bytes(&patch, cell->bytes);
    if (patch.data[patch.size - 1] != '\n')
        buffer_char(&patch, '\n');
    Slot *slots = import_slots(im, t);
    import_slot(t, slots, "run_id")->text = row->id;
    import_slot(t, slots, "patch")->bytes = buffer_view(&patch);
    import_add(im, t, slots);
    return OK;
}

/* Cuts the log into chunks, which the run's own columns count. */
static void read_log(Import *im, SourceRow *row, const TableAccess *runs, Slot *run,
                     LogChunkList *chunks)
{
    const Cell *cell = source_cell(row, "logs");
    Buffer lines = buffer_in(im->batch);
    int64_t count = 0;

    if (!cell || cell->kind != CELL_TEXT || !cell->bytes.size)
        return;
    if (!json_texts_join(cell->bytes, &lines)) {
        import_note(im, "runs %s: its log is no JSON list of texts: taken as it stands", row->id);
        buffer_clear(&lines);
        buffer_bytes(&lines, cell->bytes);
        row->mended = true;
    }
    log_chunks(im->batch, buffer_view(&lines), EVENT_DATA_MAX, chunks);
    EACH (const LogChunk, chunk, chunks)
        count += chunk->line_count;
    import_slot(runs, run, "event_seq")->number = (OptInt){true, (int64_t)chunks->count};
    import_slot(runs, run, "log_lines")->number = (OptInt){true, count};
}

static fallible add_log(Import *im, const char *run_id, Time at, const LogChunkList *chunks)
{
    const TableAccess *t;
    int64_t seq = 0, line = 0;

    TRY(import_table(im, "run_events", &t));
    EACH (const LogChunk, chunk, chunks) {
        Slot *slots = import_slots(im, t);
        import_slot(t, slots, "run_id")->text = run_id;
        import_slot(t, slots, "seq")->number = (OptInt){true, ++seq};
        import_slot(t, slots, "fence")->number = (OptInt){true, 0};
        import_slot(t, slots, "kind")->text = "log";
        import_slot(t, slots, "line_number")->number = (OptInt){true, line};
        import_slot(t, slots, "line_count")->number = (OptInt){true, chunk->line_count};
        import_slot(t, slots, "data")->text = chunk->data;
        import_slot(t, slots, "created_at")->time = at;
        import_add(im, t, slots);
        line += chunk->line_count;
    }
    return OK;
}

/* ---- The run itself ---- */

static void count_files(const TableAccess *t, Slot *slots, Scope *s)
{
    const char *json = import_slot(t, slots, "files_changed")->json.text;
    int64_t added = 0, removed = 0;
    json_t *list = NULL;

    if (!json)
        return;
    SCOPE(tmp, s);
    Error *e = json_parse(tmp, bytes_of(text(tmp, "{\"m\":%s}", json)), &list);
    error_drop(e, "it was read before");
    if (e)
        return;
    json_t *files = json_at(list, "m");
    for (size_t i = 0; i < json_array_size(files); i++) {
        added += json_at_int(json_array_get(files, i), "added_lines", 0);
        removed += json_at_int(json_array_get(files, i), "removed_lines", 0);
    }
    import_slot(t, slots, "files_count")->number = (OptInt){true, (int64_t)json_array_size(files)};
    import_slot(t, slots, "added_lines")->number = (OptInt){true, added};
    import_slot(t, slots, "removed_lines")->number = (OptInt){true, removed};
}

/* Nobody works on it any more. */
void import_end_run(const TableAccess *t, Slot *slots)
{
    Slot *status = import_slot(t, slots, "status"), *end = import_slot(t, slots, "completed_at");

    if (run_finished((RunStatus)name_find(run_status_names, status->text)))
        return;
    import_slot(t, slots, "error")->text =
        text_equal(status->text, "queued")
            ? "it had not begun when dursor was stopped: start it again"
            : "it was under way when dursor was stopped: start it again";
    import_slot(t, slots, "error_code")->text = "import_unfinished";
    status->text = "failed";
    if (!time_set(end->time))
        end->time = time_set(import_slot(t, slots, "started_at")->time)
                        ? import_slot(t, slots, "started_at")->time
                        : import_slot(t, slots, "created_at")->time;
}

static fallible add_run(RunWalk *w, const LightRun *light, int64_t number)
{
    Import *im = w->im;
    const TableAccess *t;
    LogChunkList chunks = {0};
    SourceRow row;

    TRY(import_table(im, "runs", &t));
    TRY(import_read(im, w->file, w->runs, light->rowid, &row));
    if (!row.cells)
        return OK;
    Slot *slots = import_slots(im, t);
    size_t at = stored_column(t->table, "number");
    Error *e = import_fill(im, &row, t, slots);
    slots[at].number = (OptInt){true, number};
    if (!e)
        e = import_whole(im->batch, t, slots);
    if (failed_as(e, INVALID))
        return import_refuse(im, &row, e);
    TRY(e);
    import_end_run(t, slots);
    count_files(t, slots, im->batch);
    import_slot(t, slots, "line_id")->text = text_copy(im->batch, light->line_id);
    read_log(im, &row, t, slots, &chunks);
    import_add(im, t, slots);
    TRY(add_patch(im, &row));
    Time end = import_slot(t, slots, "completed_at")->time,
         begin = import_slot(t, slots, "created_at")->time;
    TRY(add_log(im, row.id, time_set(end) ? end : begin, &chunks));
    return row.mended ? import_keep(im, &row) : OK;
}

/* ---- The walk ---- */

static fallible next_light(RunWalk *w, Scope *s)
{
    Cell *cells;

    TRY(foreign_next(s, w->light, &w->next.rowid, &cells));
    w->more = cells != NULL;
    for (int i = 0; cells && i < L_COUNT; i++)
        w->next.text[i] = cells[i].kind == CELL_TEXT ? text_clean(s, cells[i].bytes, NULL) : NULL;
    return OK;
}

/* Moves on to the task of that id. */
static fallible seek_task(RunWalk *w, Scope *s, const char *id)
{
    enum { T_ID, T_REPO };
    int64_t rowid;
    Cell *cells;

    while (id && w->tasks && (!w->task_id || strcmp(w->task_id, id) < 0)) {
        SCOPE(tmp, s);
        TRY(foreign_next(tmp, w->tasks, &rowid, &cells));
        if (!cells) {
            w->tasks = NULL;
            break;
        }
        w->task_id = text_clean(s, cells[T_ID].bytes, NULL);
        w->task_repo = text_clean(s, cells[T_REPO].bytes, NULL);
    }
    return OK;
}

static fallible take_group(RunWalk *w, Group *group)
{
    int64_t number = 0;

    TRY(add_lines(w, group));
    EACH (const LightRun, run, &group->runs) {
        TRY(add_run(w, run, ++number));
        TRY(import_flush(w->im, false));
    }
    return OK;
}

static LightRun light_copy(Scope *s, const LightRun *run)
{
    LightRun copy = *run;

    for (int i = 0; i < L_COUNT; i++)
        copy.text[i] = text_copy(s, run->text[i]);
    return copy;
}

static fallible next_group(RunWalk *w, Group *group)
{
    const char *task_id = text_copy(group->s, w->next.text[L_TASK]);

    do {
        *list_add(group->s, &group->runs) = light_copy(group->s, &w->next);
        SCOPE(tmp, group->s);
        TRY(next_light(w, tmp));
        w->next = light_copy(group->s, &w->next);
    } while (w->more && text_equal(w->next.text[L_TASK], task_id));
    TRY(seek_task(w, w->s, task_id));
    if (text_equal(w->task_id, task_id))
        group->repo_id = import_repo_id(w->im, w->task_repo);
    return OK;
}

static fallible walk(RunWalk *w)
{
    Scope *held = scope_child(w->s);
    Error *e = next_light(w, held);

    while (!e && w->more) {
        Scope *next = scope_child(w->s);
        Group group = {.s = next};
        e = next_group(w, &group);
        if (!e)
            e = take_group(w, &group);
        scope_close(held);
        held = next;
    }
    scope_close(held);
    TRY(e);
    return import_flush(w->im, true);
}

/* Numbers of a task's runs follow their times; the task's own row counts them. */
fallible import_old_runs(Import *im, ForeignFile *file)
{
    const ForeignTable *runs = foreign_table(file, "runs"), *tasks = foreign_table(file, "tasks");
    ForeignSelect light = {.table = runs}, by_id = {.table = tasks};
    SCOPE(tmp, im->s);
    RunWalk w = {.im = im, .file = file, .runs = runs, .s = tmp};

    if (!runs || !tasks)
        return OK;
    for (size_t i = 0; i < COUNT_OF(light_columns); i++)
        texts_add(tmp, &light.columns, light_columns[i]);
    texts_add(tmp, &light.order, "task_id");
    texts_add(tmp, &light.order, "created_at");
    texts_add(tmp, &by_id.columns, "id");
    texts_add(tmp, &by_id.columns, "repo_id");
    texts_add(tmp, &by_id.order, "id");
    TRY(foreign_walk(tmp, file, &light, &w.light));
    TRY(foreign_walk(tmp, file, &by_id, &w.tasks));
    return walk(&w);
}
