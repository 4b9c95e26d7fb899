/* One statement on a SQLite connection: prepared once, bound, stepped through, read. */

#include "store/sqlite.h"

typedef struct Prepared {
    sqlite3_stmt *statement;
    RowPlan plan; /* type NULL: not made yet */
} Prepared;

fallible sqlite_do(Scope *s, SqliteConnection *c, const char *sql)
{
    c->s = s;
    c->now = 0;
    if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return sqlite_failure(s, c, "preparing the database");
    return OK;
}

static void forget_all(SqliteConnection *c)
{
    for (sqlite3_stmt *left; (left = sqlite3_next_stmt(c->db, NULL));)
        sqlite3_finalize(left);
    statement_cache_clear(&c->statements);
}

static fallible prepare(Scope *s, SqliteConnection *c, const Statement *q, Prepared **out)
{
    bool stale;
    StatementSlot *slot = statement_slot(&c->statements, q->sqlite, &stale);

    if (!slot || stale) {
        forget_all(c);
        slot = statement_slot(&c->statements, q->sqlite, &stale);
    }
    if (!slot->prepared) {
        Prepared made = {0};
        if (sqlite3_prepare_v3(c->db, q->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &made.statement,
                               NULL) != SQLITE_OK)
            return sqlite_failure(s, c, q->name);
        slot->prepared = COPY(c->statements.s, &made);
    }
    *out = slot->prepared;
    return OK;
}

static int bind_value(sqlite3_stmt *statement, int place, const Value *v)
{
    if (v->null)
        return sqlite3_bind_null(statement, place);
    switch (v->kind) {
    case VALUE_NULL:
        return sqlite3_bind_null(statement, place);
    case VALUE_INT:
    case VALUE_BOOL:
    case VALUE_TIME:
        return sqlite3_bind_int64(statement, place, v->number);
    case VALUE_REAL:
        return sqlite3_bind_double(statement, place, v->real);
    case VALUE_TEXT:
    case VALUE_JSON:
        return sqlite3_bind_text64(statement, place, v->bytes.data, v->bytes.size, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case VALUE_BYTES:
        return sqlite3_bind_blob64(statement, place, v->bytes.data, v->bytes.size, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static fallible bind_all(Scope *s, SqliteConnection *c, Prepared *p, const Call *call)
{
    for (int i = 0; i < call->q->param_count; i++)
        if (bind_value(p->statement, i + 1, &call->values[i]) != SQLITE_OK)
            return sqlite_failure(s, c, call->q->name);
    return OK;
}

static Value column_value(sqlite3_stmt *statement, int i)
{
    switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
        return (Value){.kind = VALUE_INT, .number = sqlite3_column_int64(statement, i)};
    case SQLITE_FLOAT:
        return (Value){.kind = VALUE_REAL, .real = sqlite3_column_double(statement, i)};
    case SQLITE_TEXT: {
        const char *data = (const char *)sqlite3_column_text(statement, i);
        return (Value){.kind = VALUE_TEXT,
                       .bytes = {data, (size_t)sqlite3_column_bytes(statement, i)}};
    }
    case SQLITE_BLOB: {
        const char *data = sqlite3_column_blob(statement, i);
        return (Value){.kind = VALUE_BYTES,
                       .bytes = {data ? data : "", (size_t)sqlite3_column_bytes(statement, i)}};
    }
    default:
        return (Value){.kind = VALUE_NULL, .null = true};
    }
}

static fallible plan_rows(Scope *s, SqliteConnection *c, Prepared *p, const Statement *q)
{
    int count = sqlite3_column_count(p->statement);
    TextList names = {0};

    if (p->plan.type == q->type && p->plan.count == (size_t)count)
        return OK;
    for (int i = 0; i < count; i++)
        texts_add(s, &names, sqlite3_column_name(p->statement, i));
    RowPlan plan;
    TRY(row_plan(s, q, &names, &plan));
    plan.fields = scope_copy(c->statements.s, plan.fields, plan.count * sizeof *plan.fields);
    p->plan = plan;
    return OK;
}

static fallible read_row(SqliteConnection *c, Prepared *p, Call *call)
{
    TRY(plan_rows(call->s, c, p, call->q));
    void *row = list_add_sized(call->s, call->rows, call->q->type->size);
    for (size_t i = 0; i < p->plan.count; i++) {
        Value value = column_value(p->statement, (int)i);
        TRY_WHILE(value_to_field(call->s, &value, p->plan.fields[i], row), "%s", call->q->name);
    }
    return OK;
}

static fallible step_through(Scope *s, SqliteConnection *c, Prepared *p, Call *call)
{
    int code;

    while ((code = sqlite3_step(p->statement)) == SQLITE_ROW)
        if (call->rows)
            TRY(read_row(c, p, call));
    if (code != SQLITE_DONE)
        return sqlite_failure(s, c, call->q->name);
    call->changed = sqlite3_changes64(c->db);
    return OK;
}

fallible sqlite_run(Scope *s, SqliteConnection *c, Call *call)
{
    Prepared *p = NULL;

    c->s = s;
    c->now = 0;
    TRY(scope_check(s));
    TRY(prepare(s, c, call->q, &p));
    Error *e = bind_all(s, c, p, call);
    if (!e)
        e = step_through(s, c, p, call);
    sqlite3_reset(p->statement);
    sqlite3_clear_bindings(p->statement);
    return e;
}
