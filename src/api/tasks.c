/* Routes of tasks and their messages. */

#include "store/tasks.h"

#include "api/create.h"
#include "api/paging.h"

static fallible create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const TaskCreate *in = rq->body;
    Task task = {.repo_id = in->repo_id, .title = in->title, .coding_mode = in->coding_mode};
    Tx *tx;

    TRY(create_begin(s, api, rq, reply, &tx));
    if (!tx)
        return OK;
    TRY(task_insert(s, tx, &task));
    return create_commit(s, tx, rq, reply, &task);
}

static fallible list(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const TaskQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    TaskList tasks = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(task_list(s, tx, query->repo_id, &page, &tasks));
    return answer_page(reply, &page, &tasks);
}

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    TaskDetail detail = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(task_detail(s, tx, path_part(rq, "task_id"), &detail));
    return answer(reply, &detail);
}

static fallible delete (Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(task_delete(s, tx, path_part(rq, "task_id")));
    TRY(tx_commit(s, tx));
    return answer_empty(reply);
}

static fallible message_create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const MessageCreate *in = rq->body;
    Message message = {
        .task_id = path_part(rq, "task_id"), .role = in->role, .content = in->content};
    Tx *tx;

    TRY(create_begin(s, api, rq, reply, &tx));
    if (!tx)
        return OK;
    TRY(message_insert(s, tx, &message));
    TRY(create_commit(s, tx, rq, reply, &message));
    bus_publish(api->app->bus, text(s, "task:%s", message.task_id));
    return OK;
}

static fallible messages(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PageQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    MessageList all = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(message_list(s, tx, path_part(rq, "task_id"), &page, &all));
    return answer_page(reply, &page, &all);
}

static const int missing[] = {404, 0};
static const int missing_or_busy[] = {404, 409, 0};

const Route task_routes[] = {
    {HTTP_POST, "/v1/tasks", create, .in = &task_create_type, .out = &task_type, .status = 201,
     .role = ROLE_DEVELOPER, .creates = true, .fails = missing,
     .about = "Begin a task on a repository."},
    {HTTP_GET, "/v1/tasks", list, .query = &task_query_type, .out = &task_type, .out_list = true,
     .status = 200, .role = ROLE_VIEWER, .about = "List tasks, last updated first."},
    {HTTP_GET, "/v1/tasks/{task_id}", show, .out = &task_detail_type, .status = 200,
     .role = ROLE_VIEWER, .fails = missing,
     .about = "Show a task with its messages, runs and pull requests."},
    {HTTP_DELETE, "/v1/tasks/{task_id}", delete, .status = 204, .role = ROLE_DEVELOPER,
     .fails = missing_or_busy, .about = "Delete a task with everything that hangs on it."},
    {HTTP_POST, "/v1/tasks/{task_id}/messages", message_create, .in = &message_create_type,
     .out = &message_type, .status = 201, .role = ROLE_DEVELOPER, .creates = true, .fails = missing,
     .about = "Add a message."},
    {HTTP_GET, "/v1/tasks/{task_id}/messages", messages, .query = &page_query_type,
     .out = &message_type, .out_list = true, .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "List messages, oldest first."},
    {0},
};
