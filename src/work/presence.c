/* A locked file and a row in workers. */

#include "work/presence.h"

#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "store/workers.h"
#include "sys/file.h"

typedef struct Presence {
    App *app;
    const char *id;
    const char *lock_path;
} Presence;

static fallible unregister(Scope *s, const Presence *p)
{
    Tx *tx;

    TRY(tx_system(s, p->app->store, &tx));
    TRY(worker_remove(s, tx, p->id));
    TRY(tx_commit(s, tx));
    return file_remove(s, p->lock_path);
}

/* What cannot be removed now is removed by a sweep: the lock is free then. */
static void presence_close(void *what)
{
    const Presence *p = what;
    UNIT(u, NULL, "unregister worker");

    scope_limit(u, 5 * US_PER_S);
    log_failure(u, unregister(u, p));
}

Error *presence_open(Scope *s, App *app, const char **id)
{
    Presence *p = NEW(s, Presence);
    const char *directory = text(s, "%s/workers", app->settings->data_dir);
    char host[256] = "";
    FileLock *lock;
    Tx *tx;

    *p = (Presence){app, id_new(s), NULL};
    p->lock_path = text(s, "%s/%s.lock", directory, p->id);
    if (gethostname(host, sizeof host - 1) != 0)
        return fail(s, UNAVAILABLE, "this machine has no host name");
    TRY(directory_make(s, directory, 0700));
    TRY(file_lock(s, p->lock_path, LOCK_EXCLUSIVE, &lock));
    Worker row = {.id = p->id, .host = host, .pid = getpid(), .lock_path = p->lock_path};
    SCOPE(tmp, s);
    TRY(tx_system(tmp, app->store, &tx));
    TRY(worker_register(tmp, tx, &row));
    TRY(tx_commit(tmp, tx));
    scope_undo(s, presence_close, p);
    *id = p->id;
    return OK;
}
