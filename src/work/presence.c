/* A locked file and a row in workers. */

#include "work/presence.h"

#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "store/jobs.h"
#include "store/workers.h"
#include "sys/file.h"

#define CLOSE_US (5 * US_PER_S)
#define SEEN_US  (5 * US_PER_S) /* more would hold up renewing leases */

static fallible register_now(Scope *s, const Presence *p)
{
    SCOPE(tmp, s);
    char host[256] = "";
    Worker row = {.id = p->id,
                  .host = host,
                  .pid = getpid(),
                  .lock_path = p->lock_path,
                  .concurrency = {true, p->concurrency}};
    Tx *tx;

    if (gethostname(host, sizeof host - 1) != 0)
        return fail(s, UNAVAILABLE, "this machine has no host name");
    TRY(tx_system(tmp, p->app->store, &tx));
    TRY(worker_register(tmp, tx, &row));
    return tx_commit(tmp, tx);
}

static fallible unregister(Scope *s, const Presence *p)
{
    for (int64_t count = 1; count;) {
        SCOPE(turn, s);
        Tx *tx;
        TRY(tx_system(turn, p->app->store, &tx));
        TRY(jobs_release_owner(turn, tx, p->id, &count));
        if (!count)
            TRY(worker_remove(turn, tx, p->id));
        TRY(tx_commit(turn, tx));
    }
    return file_remove(s, p->lock_path);
}

/* What cannot be removed now is removed by a sweep: the lock is free then. */
static void presence_close(void *what)
{
    const Presence *p = what;
    UNIT(u, NULL, "unregister worker");

    scope_limit(u, CLOSE_US);
    log_failure(u, unregister(u, p));
}

Error *presence_open(Scope *s, App *app, int64_t concurrency, Presence **out)
{
    Presence *p = NEW(s, Presence);
    const char *directory = text(s, "%s/workers", app->settings->data_dir);
    FileLock *lock;

    *p = (Presence){app, id_new(s), NULL, concurrency};
    p->lock_path = text(s, "%s/%s.lock", directory, p->id);
    TRY(directory_make(s, directory, 0700));
    TRY(file_lock(s, p->lock_path, LOCK_EXCLUSIVE, &lock));
    TRY(register_now(s, p));
    scope_undo(s, presence_close, p);
    *out = p;
    return OK;
}

Error *presence_seen(Scope *s, const Presence *p)
{
    SCOPE(tmp, s);

    scope_limit(tmp, SEEN_US);
    return register_now(tmp, p);
}
