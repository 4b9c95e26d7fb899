/* One round trip: statements out, one Sync, results in. */

#include "store/postgres.h"

#define CLEARED __attribute__((cleanup(clear_result)))

typedef struct Prepared {
    const char *name;
    bool ready;   /* the server has it */
    Oid *types;   /* of its parameters, as it was prepared with */
    RowPlan plan; /* type NULL: not made yet */
} Prepared;

/* A call on its way. */
typedef struct Sent {
    Call *call;
    Prepared *prepared; /* NULL: sent without a name */
    bool prepares;      /* its preparation goes before it, with a result of its own */
} Sent;

typedef struct Exchange {
    PostgresConnection *c;
    Sent *sent;
    size_t count;
    Error *failure; /* the first */
} Exchange;

static void clear_result(PGresult **result)
{
    PQclear(*result);
}

/* ---- Out ---- */

static fallible prepared_for(Scope *s, PostgresConnection *c, const Call *call,
                             const PostgresParams *params, Prepared **out)
{
    bool stale;
    StatementSlot *slot = statement_slot(&c->statements, call->q->postgres, &stale);

    *out = NULL;
    if (!slot)
        return OK; /* more texts than there should be: it goes without a name */
    Prepared *p = stale ? NULL : slot->prepared;
    if (!p) {
        p = NEW(c->statements.s, Prepared);
        p->name = text(c->statements.s, "q%lld", (long long)++c->names);
        p->types = scope_copy(c->statements.s, params->types, sizeof(Oid) * (size_t)params->count);
        slot->prepared = p;
    }
    if (params->count && memcmp(p->types, params->types, sizeof(Oid) * (size_t)params->count) != 0)
        return fail(s, BUG, "%s was given arguments of other kinds before", call->q->name);
    *out = p;
    return OK;
}

static bool send_named(PostgresConnection *c, const Call *call, const PostgresParams *params,
                       const Sent *sent)
{
    const Prepared *p = sent->prepared;

    if (sent->prepares &&
        !PQsendPrepare(c->pg, p->name, call->q->postgres, params->count, params->types))
        return false;
    return PQsendQueryPrepared(c->pg, p->name, params->count, params->values, params->lengths,
                               params->formats, 1);
}

static bool send_unnamed(PostgresConnection *c, const Call *call, const PostgresParams *params)
{
    return PQsendQueryParams(c->pg, call->q->postgres, params->count, params->types, params->values,
                             params->lengths, params->formats, 1);
}

/* Whether an earlier call of this exchange prepares it already. */
static bool under_way(const Exchange *x, const Prepared *p)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->sent[i].prepares && x->sent[i].prepared == p)
            return true;
    return false;
}

static fallible send_call(Scope *s, Exchange *x, Call *call)
{
    Sent *sent = &x->sent[x->count];
    PostgresParams params;

    postgres_params(s, call, &params);
    sent->call = call;
    if (x->c->prepared)
        TRY(prepared_for(s, x->c, call, &params, &sent->prepared));
    sent->prepares = sent->prepared && !sent->prepared->ready && !under_way(x, sent->prepared);
    bool ok =
        sent->prepared ? send_named(x->c, call, &params, sent) : send_unnamed(x->c, call, &params);
    if (!ok)
        return postgres_lost(s, x->c, call->q->name);
    x->count++;
    return OK;
}

static fallible send_all(Scope *s, Exchange *x, CallList *calls)
{
    x->sent = NEW_ARRAY(s, Sent, calls->count);
    EACH (Call, call, calls)
        TRY(send_call(s, x, call));
    if (!PQpipelineSync(x->c->pg))
        return postgres_lost(s, x->c, "talking to the database");
    return OK;
}

/* ---- In ---- */

static fallible next_result(Scope *s, PostgresConnection *c, PGresult **out)
{
    while (PQisBusy(c->pg))
        TRY(postgres_wait(s, c));
    *out = PQgetResult(c->pg);
    return OK;
}

/* The results of one message end with a NULL. */
static fallible end_of_results(Scope *s, PostgresConnection *c)
{
    for (;;) {
        CLEARED PGresult *more = NULL;
        TRY(next_result(s, c, &more));
        if (!more)
            return OK;
        if (PQstatus(c->pg) == CONNECTION_BAD)
            return postgres_failure(s, c, more, "talking to the database");
    }
}

static fallible plan_rows(Scope *s, Exchange *x, const Sent *sent, const PGresult *result,
                          RowPlan *out)
{
    const Statement *q = sent->call->q;
    int count = PQnfields(result);
    TextList names = {0};

    if (sent->prepared && sent->prepared->plan.type == q->type) {
        *out = sent->prepared->plan;
        return OK;
    }
    for (int i = 0; i < count; i++)
        texts_add(s, &names, PQfname(result, i));
    TRY(row_plan(s, q, &names, out));
    if (sent->prepared) {
        sent->prepared->plan = *out;
        sent->prepared->plan.fields =
            scope_copy(x->c->statements.s, out->fields, out->count * sizeof *out->fields);
    }
    return OK;
}

static fallible read_rows(Scope *s, Exchange *x, const Sent *sent, const PGresult *result)
{
    Call *call = sent->call;
    RowPlan plan;
    Value value;

    TRY(plan_rows(s, x, sent, result, &plan));
    for (int i = 0; i < PQntuples(result); i++) {
        void *row = list_add_sized(call->s, call->rows, call->q->type->size);
        for (size_t j = 0; j < plan.count; j++) {
            TRY(postgres_column(s, result, i, (int)j, &value));
            TRY_WHILE(value_to_field(call->s, &value, plan.fields[j], row), "%s", call->q->name);
        }
    }
    return OK;
}

/* The statement of a COMMIT that the server turned into a rollback still succeeds. */
static fallible check_commit(Scope *s, const Call *call, PGresult *result)
{
    if (!text_equal(call->q->postgres, "COMMIT") || text_equal(PQcmdStatus(result), "COMMIT"))
        return OK;
    return fail(s, UNAVAILABLE, "the database rolled the transaction back");
}

static fallible take_result(Scope *s, Exchange *x, const Sent *sent, PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
        return sent->call->rows ? read_rows(s, x, sent, result) : OK;
    case PGRES_COMMAND_OK: {
        int64_t changed = 0;
        (void)text_integer(PQcmdTuples(result), 0, INT64_MAX, &changed);
        sent->call->changed = changed;
        return check_commit(s, sent->call, result);
    }
    case PGRES_PIPELINE_ABORTED:
        return fail(s, BUG, "%s was skipped", sent->call->q->name);
    default:
        return postgres_failure(s, x->c, result, sent->call->q->name);
    }
}

/* Only the first failure counts: it is why the others were skipped. */
static void note(Exchange *x, Error *e)
{
    if (!x->failure)
        x->failure = e;
}

static fallible receive_one(Scope *s, Exchange *x, const Sent *sent, bool preparing)
{
    CLEARED PGresult *result = NULL;

    TRY(next_result(s, x->c, &result));
    if (preparing)
        sent->prepared->ready = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!preparing || !sent->prepared->ready)
        note(x, take_result(s, x, sent, result));
    if (x->c->broken)
        return x->failure;
    return end_of_results(s, x->c);
}

static fallible receive_all(Scope *s, Exchange *x)
{
    for (size_t i = 0; i < x->count; i++) {
        if (x->sent[i].prepares)
            TRY(receive_one(s, x, &x->sent[i], true));
        TRY(receive_one(s, x, &x->sent[i], false));
    }
    CLEARED PGresult *sync = NULL;
    TRY(next_result(s, x->c, &sync));
    if (PQresultStatus(sync) != PGRES_PIPELINE_SYNC)
        return postgres_lost(s, x->c, "talking to the database");
    return OK;
}

fallible postgres_exchange(Scope *s, PostgresConnection *c, CallList *calls)
{
    SCOPE(tmp, s);
    Exchange x = {.c = c};
    Error *e = send_all(tmp, &x, calls);

    if (!e)
        e = receive_all(tmp, &x);
    if (!e)
        return x.failure;
    c->broken = true; /* messages without their results */
    return x.failure ? x.failure : e;
}

/* ---- Plain texts ---- */

static fallible script_results(Scope *s, PostgresConnection *c)
{
    Error *first = OK;

    for (;;) {
        CLEARED PGresult *result = NULL;
        TRY(next_result(s, c, &result));
        if (!result)
            return first;
        ExecStatusType status = PQresultStatus(result);
        if (!first && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            first = postgres_failure(s, c, result, "the script");
        if (c->broken)
            return first;
    }
}

fallible postgres_script(Scope *s, PostgresConnection *c, const char *sql)
{
    if (!PQexitPipelineMode(c->pg) || !PQsendQuery(c->pg, sql))
        return postgres_lost(s, c, "talking to the database");
    Error *e = script_results(s, c);
    if (!e && !PQenterPipelineMode(c->pg))
        return postgres_lost(s, c, "talking to the database");
    if (e && !(PQstatus(c->pg) == CONNECTION_OK && PQenterPipelineMode(c->pg)))
        c->broken = true;
    return e;
}

void postgres_roll_back(PostgresConnection *c)
{
    static const Statement rollback = {.name = "rolling back", .postgres = "ROLLBACK"};
    UNIT(s, NULL, "rolling back");
    CallList calls = {0};

    if (c->broken || PQtransactionStatus(c->pg) == PQTRANS_IDLE)
        return;
    *list_add(s, &calls) = (Call){.s = s, .q = &rollback};
    scope_limit(s, PG_ROLLBACK_US);
    Error *e = postgres_exchange(s, c, &calls);
    if (e)
        c->broken = true;
    error_drop(e, "a closed connection is rolled back by the server");
}
