/* What PostgreSQL's failures mean to whoever asked (SQLSTATE: appendix A of its manual). */

#include "store/postgres.h"

#define READ_ONLY "25006"

/* What a failure tells of the connection: it serves on; it is of no further use; its server is no
 * longer the one to talk to, and the other connections to it are of no use either. */
typedef enum Loss { KEPT = 0, LOST, MOVED } Loss;

typedef struct StateRow {
    const char *state; /* or the two characters of its class */
    ErrorKind kind;
    const char *word;
    const char *sentence;
    Loss loss;
} StateRow;

static const StateRow states[] = {
    {"23505", CONFLICT, "already_exists", "there is one already", KEPT},
    {"23503", INVALID, "unknown_reference",
     "it refers to something that is not there, or is referred to", KEPT},
    {"40001", UNAVAILABLE, "serialization", "somebody else changed the same: try again", KEPT},
    {"40P01", UNAVAILABLE, "serialization", "two transactions waited for each other: try again",
     KEPT},
    {"55P03", UNAVAILABLE, "serialization", "somebody else holds the lock: try again", KEPT},
    {"57014", TIMEOUT, "timeout", "the database stopped the statement", KEPT},
    {READ_ONLY, UNAVAILABLE, "database_readonly", "the database is read-only for now", MOVED},
    {"57P01", UNAVAILABLE, "database_away", "the database server is shutting down", MOVED},
    {"57P02", UNAVAILABLE, "database_away", "the database server is restarting", MOVED},
    {"57P03", UNAVAILABLE, "database_away", "the database server is starting", MOVED},
    {"57P05", UNAVAILABLE, "database_away", "the database server closed an idle connection", LOST},
    {"53100", UNAVAILABLE, "disk_full", "the database's disk is full", KEPT},
    {"53", UNAVAILABLE, "database_busy", "the database server has no room for more", LOST},
    {"54", TOO_LARGE, "too_large", "a value is too large", KEPT},
    {"58", UNAVAILABLE, "database_io", "the database server's system failed", LOST},
    {"XX", UPSTREAM, "database_damaged", "the database server failed inside", LOST},
    {"08", UNAVAILABLE, "database_away", "the connection to the database failed", MOVED},
    {"28", UNAVAILABLE, "database_denied", "the database refuses this user or password", LOST},
    {"3D000", UNAVAILABLE, "database_missing", "there is no such database on the server: create it",
     LOST},
    {"42501", DENIED, "database_denied", "the database's user may not do this", KEPT},
    {"22", INVALID, "invalid", "an argument is not of the form that its column takes", KEPT},
};

/* A migration took place under a prepared statement. Not a state of its own, and words may be translated. */
static const StateRow changed = {"0A000", UNAVAILABLE, "database_changed",
                                 "the schema changed meanwhile: try again", LOST};

static const StateRow *state_row(const PGresult *result, const char *state)
{
    if (text_equal(state, changed.state) &&
        text_equal(PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION), "RevalidateCachedQuery"))
        return &changed;
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_starts(state, states[i].state))
            return &states[i];
    return NULL;
}

/* The server's own sentence about an argument repeats it: then only the state is shown. */
static const char *server_words(Scope *s, const PGresult *result, const char *state)
{
    if (text_starts(state, "22"))
        return state;
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return text(s, "%s, %s", state, message ? message : "no message");
}

fallible postgres_lost(Scope *s, PostgresConnection *c, const char *doing)
{
    const char *message = text_clean(s, bytes_of(PQerrorMessage(c->pg)), NULL);
    TextList lines = text_split(s, text_trim(s, message), '\n');
    const char *clean = text_join(s, &lines, "; ");

    c->broken = c->moved = true;
    return fail_code(s, UNAVAILABLE, "database_away", "%s: %s", doing,
                     *clean ? clean : "the connection is gone");
}

/* A server that was demoted is left at once. One that is read-only for long, since its disk is full, is
 * not logged into again for each write. */
static void note_loss(PostgresConnection *c, const StateRow *row)
{
    if (row->loss == KEPT ||
        (text_equal(row->state, READ_ONLY) && clock_us() - c->made_at < PG_FRESH_US))
        return;
    c->broken = true;
    c->moved |= row->loss == MOVED;
}

fallible postgres_failure(Scope *s, PostgresConnection *c, const PGresult *result,
                          const char *doing)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (!state || PQstatus(c->pg) == CONNECTION_BAD) {
        c->broken = true;
        if (!state)
            return postgres_lost(s, c, doing);
    }
    const StateRow *row = state_row(result, state);
    if (!row)
        return fail(s, BUG, "%s: %s", doing, server_words(s, result, state));
    note_loss(c, row);
    if (row->kind == TIMEOUT)
        TRY_WHILE(scope_check(s), "%s", doing);
    Error *e = fail_code(s, row->kind, row->word, "%s: %s (%s)", doing, row->sentence,
                         server_words(s, result, state));
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    return constraint ? error_param(e, "constraint", text_copy(scope_unit(s), constraint)) : e;
}
