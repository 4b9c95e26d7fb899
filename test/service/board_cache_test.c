/* Counts of large boards that are kept for a moment. */

#include "service/board_cache.h"
#include "test/test.h"

static const Caller ann = {"tenant", "ann", ROLE_ADMIN}, bob = {"tenant", "bob", ROLE_ADMIN};

static BoardCounts counted(int64_t tasks)
{
    return (BoardCounts){.known = true, .of = {[TASK_BACKLOG] = tasks}};
}

static void keep(Scope *s, const App *app, const char *repo_id, int64_t tasks)
{
    BoardCounts counts = counted(tasks);

    board_cache_keep(s, app, &ann, &(BoardAsk){repo_id, &counts});
}

static BoardCounts find(Scope *s, const App *app, const Caller *caller, const char *repo_id)
{
    BoardCounts counts = counted(1);
    BoardAsk ask = {repo_id, &counts};

    board_cache_find(s, app, caller, &ask);
    return counts;
}

TEST(a_large_board_is_remembered_for_a_moment)
{
    App app = {.boards = board_cache_open(s)};

    CHECK(!find(s, &app, &ann, NULL).known);
    keep(s, &app, NULL, BOARD_LARGE);
    CHECK_EQ(find(s, &app, &ann, NULL).of[TASK_BACKLOG], BOARD_LARGE);
    TRY(scope_sleep(s, BOARD_CACHE_US));
    CHECK(!find(s, &app, &ann, NULL).known);
    keep(s, &app, NULL, BOARD_LARGE + 1);
    CHECK_EQ(find(s, &app, &ann, NULL).of[TASK_BACKLOG], BOARD_LARGE + 1);
    return OK;
}

TEST(a_small_board_is_always_counted)
{
    App app = {.boards = board_cache_open(s)};

    keep(s, &app, NULL, BOARD_LARGE - 1);
    CHECK(!find(s, &app, &ann, NULL).known);
    return OK;
}

TEST(boards_of_others_and_of_one_repository_are_other_boards)
{
    App app = {.boards = board_cache_open(s)};

    keep(s, &app, "repo", BOARD_LARGE);
    CHECK(find(s, &app, &ann, "repo").known);
    CHECK(!find(s, &app, &ann, NULL).known);
    CHECK(!find(s, &app, &bob, "repo").known);
    return OK;
}

TEST(the_oldest_makes_room)
{
    App app = {.boards = board_cache_open(s)};

    for (int i = 0; i <= BOARD_CACHE_ROWS; i++)
        keep(s, &app, text(s, "repo-%d", i), BOARD_LARGE + i);
    CHECK(!find(s, &app, &ann, "repo-0").known);
    CHECK_EQ(find(s, &app, &ann, text(s, "repo-%d", BOARD_CACHE_ROWS)).of[TASK_BACKLOG],
             BOARD_LARGE + BOARD_CACHE_ROWS);
    return OK;
}
