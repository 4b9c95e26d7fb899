/* The board and the moves on it. */

#include "store/board.h"

#include "api/kept.h"
#include "api/paging.h"

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const TaskQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    Board board;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(board_read(s, tx, query->repo_id, &page, &board));
    return answer_page(reply, &page, &board);
}

static fallible move(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    static const struct {
        const char *ending;
        const BoardMove *move;
    } moves[] = {{"/move-to-todo", &move_to_todo},
                 {"/move-to-backlog", &move_to_backlog},
                 {"/archive", &move_to_archive},
                 {"/unarchive", &move_from_archive}};
    const char *id = path_part(rq, "task_id");
    Task task;
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(task_or(s, tx, INVALID, id, &task));
    for (size_t i = 0; i < COUNT_OF(moves); i++)
        if (text_ends(rq->route->path, moves[i].ending))
            TRY(board_move(s, tx, id, moves[i].move, &task));
    TRY(tx_commit(s, tx));
    bus_publish(api->app->bus, text(s, "task:%s", id));
    return answer(reply, &task);
}

static const int refused[] = {400, 409, 0};
static const int bad_cursor[] = {400, 0};

#define MOVE(ending, about_)                                                                       \
    {                                                                                              \
        HTTP_POST, "/v1/kanban/tasks/{task_id}" ending, move,                                      \
            .out = &task_type, .status = 200, .role = ROLE_DEVELOPER, .fails = refused,            \
            .about = about_                                                                        \
    }

const Route kanban_routes[] = {
    {HTTP_GET, "/v1/kanban", show, .query = &task_query_type, .out = &board_type, .status = 200,
     .role = ROLE_VIEWER, .fails = bad_cursor,
     .about = "The board: tasks by where they stand, last updated first. A seventh column, gating, "
              "is there when the preference asks for it."},
    MOVE("/move-to-todo", "Move a task from the backlog to be done."),
    MOVE("/move-to-backlog", "Move a task back to the backlog."),
    MOVE("/archive", "Put a task away, wherever it stands."),
    MOVE("/unarchive", "Bring an archived task back to the backlog."),
    {0},
};
