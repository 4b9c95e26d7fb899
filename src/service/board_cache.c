/* A few boards in a table, the oldest replaced. */

#include "service/board_cache.h"

#include "sys/thread.h"

enum { BOARD_NAME_MAX = 200 };

typedef struct CachedBoard {
    char name[BOARD_NAME_MAX]; /* "": free */
    int64_t counted_at;        /* clock_us */
    BoardCounts counts;
} CachedBoard;

struct BoardCache {
    Mutex mutex; /* guards the rows */
    CachedBoard rows[BOARD_CACHE_ROWS];
};

BoardCache *board_cache_open(Scope *s)
{
    return NEW(s, BoardCache);
}

/* NULL for one that is too long to be remembered. */
static const char *name_of_board(Scope *s, const Caller *caller, const BoardAsk *ask)
{
    const char *name =
        text(s, "%s\n%s\n%s", caller->tenant_id, caller->user_id ? caller->user_id : "",
             ask->repo_id ? ask->repo_id : "");

    return strlen(name) < BOARD_NAME_MAX ? name : NULL;
}

static CachedBoard *row_of(BoardCache *cache, const char *name)
{
    for (int i = 0; i < BOARD_CACHE_ROWS; i++)
        if (text_equal(cache->rows[i].name, name))
            return &cache->rows[i];
    return NULL;
}

void board_cache_find(Scope *s, const App *app, const Caller *caller, BoardAsk *ask)
{
    const char *name = name_of_board(s, caller, ask);

    *ask->counts = (BoardCounts){0};
    if (!name)
        return;
    LOCKED (&app->boards->mutex) {
        const CachedBoard *row = row_of(app->boards, name);
        if (row && clock_us() - row->counted_at < BOARD_CACHE_US)
            *ask->counts = row->counts;
    }
}

static CachedBoard *oldest(BoardCache *cache)
{
    CachedBoard *found = &cache->rows[0];

    for (int i = 1; i < BOARD_CACHE_ROWS; i++)
        if (cache->rows[i].counted_at < found->counted_at)
            found = &cache->rows[i];
    return found;
}

static int64_t all_of(const BoardCounts *counts)
{
    int64_t all = 0;

    for (size_t i = 0; i < COUNT_OF(counts->of); i++)
        all += counts->of[i];
    return all;
}

void board_cache_keep(Scope *s, const App *app, const Caller *caller, const BoardAsk *ask)
{
    const char *name = name_of_board(s, caller, ask);

    if (!name || all_of(ask->counts) < BOARD_LARGE)
        return;
    LOCKED (&app->boards->mutex) {
        CachedBoard *row = row_of(app->boards, name);
        row = row ? row : oldest(app->boards);
        memcpy(row->name, name, strlen(name) + 1);
        row->counted_at = clock_us();
        row->counts = *ask->counts;
    }
}
