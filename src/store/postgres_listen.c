/* LISTEN and NOTIFY. */

#include "store/listen.h"

#include "store/postgres.h"

struct Listener {
    PostgresConnection *c;
    const char *channel;
};

/* Without waiting for the disk: a message that a crash takes is one that nobody has heard. */
static const Statement tell = {
    .name = "telling the other processes",
    .postgres = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)",
    .params = (const char *const[]){"channel", "message"},
    .param_count = 2,
};

static void listener_close(void *what)
{
    const Listener *listener = what;

    postgres_disconnect(listener->c);
}

fallible listener_open(Scope *s, const ListenOrder *order, Listener **out)
{
    Listener *listener = NEW(s, Listener);

    listener->channel = text_copy(s, order->channel);
    TRY(postgres_connect_directly(s, order->store, &listener->c));
    scope_undo(s, listener_close, listener);
    if (listener->c->pooled)
        return fail(
            s, INVALID,
            "a pooler stands before this database, and what processes tell each other does not "
            "pass through it: set DURSOR_DATABASE_DIRECT_URL to the server's own address");
    TRY(postgres_script(s, listener->c, text(s, "LISTEN %s", listener->channel)));
    *out = listener;
    return OK;
}

int listener_fd(const Listener *listener)
{
    return PQsocket(listener->c->pg);
}

fallible listener_take(Scope *s, Listener *listener, TextList *out)
{
    PGconn *pg = listener->c->pg;

    if (!PQconsumeInput(pg) || PQstatus(pg) != CONNECTION_OK)
        return postgres_lost(s, listener->c, "listening to the other processes");
    for (PGnotify *heard; (heard = PQnotifies(pg)); PQfreemem(heard))
        texts_add(s, out, text_copy(s, heard->extra));
    return OK;
}

fallible listener_tell(Scope *s, Listener *listener, const char *message)
{
    const char *channel = listener->channel;
    CallList calls = {0};
    Call *call = list_add(s, &calls);

    *call = (Call){.s = s, .q = &tell};
    TRY(values_of_args(s, &tell, &local_caller, ARGS(ARG(channel), ARG(message)), &call->values));
    return postgres_exchange(s, listener->c, &calls);
}
