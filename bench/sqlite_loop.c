/* The limit of a request on SQLite: its statements one after another in one thread, without HTTP, JSON or
 * anything else around them.
 *
 *     sqlite-loop DATABASE detail|message IDS SECONDS
 *
 * IDS is a file with an id of a task a line. Prints {"count": n, "seconds": s, "p99_us": t}. */

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/time.h"
#include "store/queries.h"
#include "store/tasks.h"
#include "sys/file.h"

enum { BUSY_MS = 10 * 1000, STATEMENTS_MAX = 4, TIMES_MAX = 1 << 20, IDS_FILE_MAX = 1 << 20 };

static const char content[] = "Please give the parser a limit on the depth of what it reads, with "
                              "a test for each side of it.";

typedef struct Loop {
    sqlite3 *db;
    const Statement *queries[STATEMENTS_MAX];
    sqlite3_stmt *statements[STATEMENTS_MAX];
    sqlite3_stmt *begin, *commit;
    int count;
    TextList ids;
    int64_t seen; /* bytes read from rows */
} Loop;

static fallible check(Scope *s, const Loop *loop, int code)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
        return OK;
    return fail(s, BUG, "sqlite: %s", sqlite3_errmsg(loop->db));
}

static void db_now(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    (void)values;
    sqlite3_result_int64(context, time_now().us);
}

static fallible prepare(Scope *s, Loop *loop, const char *sql, sqlite3_stmt **out)
{
    return check(s, loop,
                 sqlite3_prepare_v3(loop->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL));
}

static fallible loop_open(Scope *s, Loop *loop, const char *path, const char *mode)
{
    static const Statement *const detail[] = {&q_task_shown, &q_messages_last, &q_run_summaries,
                                              &q_pull_summaries};
    static const Statement *const message[] = {&q_task_touch, &q_message_insert};
    bool reads = text_equal(mode, "detail");

    TRY(check(s, loop,
              sqlite3_open_v2(path, &loop->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)));
    /* Others have the database open as well; the server sweeps now and then. */
    sqlite3_busy_timeout(loop->db, BUSY_MS);
    TRY(check(s, loop,
              sqlite3_create_function(loop->db, "db_now", 0, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                      NULL, db_now, NULL, NULL)));
    TRY(check(
        s, loop,
        sqlite3_exec(
            loop->db,
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 33554432",
            NULL, NULL, NULL)));
    loop->count = reads ? COUNT_OF(detail) : COUNT_OF(message);
    for (int i = 0; i < loop->count; i++) {
        loop->queries[i] = reads ? detail[i] : message[i];
        TRY(prepare(s, loop, loop->queries[i]->sqlite, &loop->statements[i]));
    }
    TRY(prepare(s, loop, reads ? "BEGIN" : "BEGIN IMMEDIATE", &loop->begin));
    return prepare(s, loop, "COMMIT", &loop->commit);
}

static fallible step_once(Scope *s, Loop *loop, sqlite3_stmt *statement)
{
    TRY(check(s, loop, sqlite3_step(statement)));
    return check(s, loop, sqlite3_reset(statement));
}

static void bind(Scope *s, sqlite3_stmt *statement, int at, const char *name, const char *task)
{
    const char *value = task;

    if (text_equal(name, "tenant_id") || text_equal(name, "user_id"))
        value = LOCAL_TENANT;
    else if (text_equal(name, "role"))
        value = "user";
    else if (text_equal(name, "content"))
        value = content;
    else if (text_equal(name, "id") && text_starts(sqlite3_sql(statement), "INSERT"))
        value = id_new(s);
    if (text_equal(name, "most"))
        sqlite3_bind_int64(statement, at, DETAIL_MESSAGES_MAX);
    else
        sqlite3_bind_text(statement, at, value, -1, SQLITE_STATIC);
}

static fallible run_statement(Scope *s, Loop *loop, int which, const char *task)
{
    sqlite3_stmt *statement = loop->statements[which];
    const Statement *q = loop->queries[which];
    int code;

    for (int i = 0; i < q->param_count; i++)
        bind(s, statement, i + 1, q->params[i], task);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            loop->seen +=
                sqlite3_column_text(statement, i) ? sqlite3_column_bytes(statement, i) : 0;
    TRY(check(s, loop, code));
    return check(s, loop, sqlite3_reset(statement));
}

static fallible turn(Scope *s, Loop *loop)
{
    SCOPE(tmp, s);
    const char *task = loop->ids.items[(size_t)random() % loop->ids.count];

    TRY(step_once(tmp, loop, loop->begin));
    for (int i = 0; i < loop->count; i++)
        TRY(run_statement(tmp, loop, i, task));
    return step_once(tmp, loop, loop->commit);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static fallible measure(Scope *s, Loop *loop, int64_t us)
{
    int64_t *times = NEW_ARRAY(s, int64_t, TIMES_MAX), count = 0, began = clock_us(), now = began;

    while (now - began < us && count < TIMES_MAX) {
        int64_t before = now;
        TRY(turn(s, loop));
        now = clock_us();
        times[count++] = now - before;
    }
    qsort(times, (size_t)count, sizeof *times, by_size);
    printf("{\"count\": %lld, \"seconds\": %.6f, \"p99_us\": %lld}\n", (long long)count,
           (double)(now - began) / 1e6, (long long)times[count * 99 / 100]);
    return OK;
}

static fallible run(Scope *s, char **argv)
{
    Loop loop = {0};
    Bytes ids;
    int64_t seconds;

    if (!text_integer(argv[4], 1, 600, &seconds))
        return fail(s, INVALID, "SECONDS is 1 to 600");
    TRY(file_read(s, argv[3], IDS_FILE_MAX, &ids));
    for (Bytes line; bytes_line(&ids, &line);)
        texts_add(s, &loop.ids, text_of(s, line));
    if (!loop.ids.count)
        return fail(s, INVALID, "%s is empty", argv[3]);
    TRY(loop_open(s, &loop, argv[1], argv[2]));
    return measure(s, &loop, seconds * US_PER_S);
}

int main(int argc, char **argv)
{
    UNIT(s, NULL, "sqlite-loop");
    Error *e = argc == 5
                   ? run(s, argv)
                   : fail(s, INVALID, "usage: sqlite-loop DATABASE detail|message IDS SECONDS");

    if (e)
        fprintf(stderr, "%s\n", e->message);
    return e ? 1 : 0;
}
