/* Several tasks at once, and changes of one. */

#include "api/create.h"
#include "model/board_views.h"
#include "model/change.h"
#include "store/board.h"
#include "store/tasks.h"

/* All of them or none. */
static fallible create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const BulkCreate *in = rq->body;
    BulkCreated created = {0};
    Tx *tx;

    TRY(create_begin(s, api, rq, reply, &tx));
    if (!tx)
        return OK;
    EACH (const BulkTask, wanted, &in->tasks) {
        Task *task = list_add(s, &created.created_tasks);
        *task = (Task){
            .repo_id = in->repo_id, .title = wanted->title, .coding_mode = wanted->coding_mode};
        TRY(task_insert(s, tx, task));
    }
    created.count = (int64_t)created.created_tasks.count;
    return create_commit(s, tx, rq, reply, &created);
}

static fallible change(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    json_t *given;
    Task task;
    Tx *tx;

    TRY(change_parse(s, rq->http->body, &given));
    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(task_get(s, tx, path_part(rq, "task_id"), &task));
    TaskChange now = {task.title, task.coding_mode};
    change_clear_nulls(given, &task_change_type, &now);
    TRY(change_apply(s, given, &task_change_type, &now));
    task.title = now.title;
    task.coding_mode = now.coding_mode ? now.coding_mode : task.coding_mode;
    TRY(task_change(s, tx, &task));
    TRY(tx_commit(s, tx));
    bus_publish(api->app->bus, text(s, "task:%s", task.id));
    return answer(reply, &task);
}

static const int missing[] = {400, 404, 0};

const Route bulk_routes[] = {
    {HTTP_POST, "/v1/tasks/bulk", create, .in = &bulk_create_type, .out = &bulk_created_type,
     .status = 201, .role = ROLE_DEVELOPER, .creates = true, .fails = missing,
     .about = "Begin several tasks on a repository: all of them or none."},
    {HTTP_PATCH, "/v1/tasks/{task_id}", change, .in = &task_change_type, .out = &task_type,
     .status = 200, .role = ROLE_DEVELOPER, .fails = missing,
     .about =
         "Change a task's title or mode; what is not given stays. kanban_status is as stored."},
    {0},
};
