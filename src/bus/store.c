/* The bus through the database: LISTEN and NOTIFY of PostgreSQL. Processes on one SQLite file hear each
 * other by its write-ahead log, as without this. */

#include "bus/relay.h"
#include "store/listen.h"

#define CHANNEL "dursor_bus"

static fallible line_open(Scope *s, void *from, void **line)
{
    const ListenOrder order = {from, CHANNEL};

    return listener_open(s, &order, (Listener **)line);
}

static int line_fd(const void *line)
{
    return listener_fd(line);
}

static fallible line_take(Scope *s, void *line, TextList *out, bool *missed)
{
    (void)missed; /* a line that lost something has failed */
    return listener_take(s, line, out);
}

static fallible line_tell(Scope *s, void *line, const char *message)
{
    return listener_tell(s, line, message);
}

static const Carrier notify = {"the database", line_open, line_fd, line_take, line_tell};

static fallible store_bus_open(Scope *s, const BusOptions *options, Bus *bus)
{
    if (!options->store || text_starts(options->store->url, "sqlite"))
        return local_bus_open(s, options, bus);
    StoreOptions *server = NEW(s, StoreOptions);
    *server = *options->store;
    return relay_open(s, bus, &notify, server);
}

const BusDriver store_bus = {"store:", store_bus_open};
