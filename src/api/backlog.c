/* The backlog. Items carry a status for clients that show one; others go by task_id alone. */

#include "store/backlog.h"

#include "api/create.h"
#include "api/paging.h"
#include "model/change.h"

typedef struct BacklogQuery {
    int64_t limit;
    const char *cursor;
    const char *repo_id;
    BacklogStatus status;
} BacklogQuery;

static const Type backlog_query_type = TYPE(
    BacklogQuery, "A page of the backlog.",
    FIELD(BacklogQuery, limit, 0, .least = 0, .most = PAGE_MAX, .preset = "0",
          .about = "Most rows; 0 for as many as there may be."),
    FIELD(BacklogQuery, cursor, 0, .about = "The X-Next-Cursor of the page before."),
    FIELD(BacklogQuery, repo_id, 0, .about = "Only items of this repository."),
    ENUM(BacklogQuery, status, backlog_status_names, 0, .about = "Only items of this status."));

static fallible list(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const BacklogQuery *query = rq->query;
    BacklogFilter filter = {query->repo_id, query->status};
    Page page = {query->limit, query->cursor, NULL};
    BacklogItemList items = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(backlog_list(s, tx, &filter, &page, &items));
    return answer_page(reply, &page, &items);
}

static fallible create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const BacklogCreate *in = rq->body;
    BacklogItem item = {
        .repo_id = in->repo_id,
        .title = in->title,
        .description = in->description,
        .type = in->type,
        .estimated_size = in->estimated_size,
        .target_files = in->target_files,
        .implementation_hint = in->implementation_hint,
        .tags = in->tags,
        .subtasks = in->subtasks,
    };
    Tx *tx;

    TRY(create_begin(s, api, rq, reply, &tx));
    if (!tx)
        return OK;
    TRY(backlog_insert(s, tx, &item));
    return create_commit(s, tx, rq, reply, &item);
}

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    BacklogItem item;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(backlog_get(s, tx, path_part(rq, "item_id"), &item));
    return answer(reply, &item);
}

static fallible change(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    BacklogItem item;
    json_t *given;
    Tx *tx;

    TRY(change_parse(s, rq->http->body, &given));
    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(backlog_open(s, tx, path_part(rq, "item_id"), &item));
    TRY(change_apply(s, given, &backlog_change_type, &item));
    TRY(backlog_save(s, tx, &item));
    TRY(tx_commit(s, tx));
    return answer(reply, &item);
}

static fallible delete (Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(backlog_delete(s, tx, path_part(rq, "item_id")));
    TRY(tx_commit(s, tx));
    return answer_empty(reply);
}

static fallible start(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Task task;
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(backlog_start(s, tx, path_part(rq, "item_id"), &task));
    TRY(tx_commit(s, tx));
    return answer(reply, &task);
}

static const int bad_cursor[] = {400, 0};
static const int missing[] = {400, 404, 0};

const Route backlog_routes[] = {
    {HTTP_GET, "/v1/backlog", list, .query = &backlog_query_type, .out = &backlog_item_type,
     .out_list = true, .status = 200, .role = ROLE_VIEWER, .fails = bad_cursor,
     .about = "List the backlog, newest first."},
    {HTTP_POST, "/v1/backlog", create, .in = &backlog_create_type, .out = &backlog_item_type,
     .status = 201, .role = ROLE_DEVELOPER, .creates = true, .fails = missing,
     .about = "Put work into the backlog."},
    {HTTP_GET, "/v1/backlog/{item_id}", show, .out = &backlog_item_type, .status = 200,
     .role = ROLE_VIEWER, .fails = missing, .about = "Show an item of the backlog."},
    {HTTP_PUT, "/v1/backlog/{item_id}", change, .in = &backlog_change_type,
     .out = &backlog_item_type, .status = 200, .role = ROLE_DEVELOPER, .fails = missing,
     .about = "Change an item: what is not given, or null, stays."},
    {HTTP_DELETE, "/v1/backlog/{item_id}", delete, .status = 204, .role = ROLE_DEVELOPER,
     .fails = missing, .about = "Delete an item of the backlog; its task stays."},
    {HTTP_POST, "/v1/backlog/{item_id}/start", start, .out = &task_type, .status = 200,
     .role = ROLE_DEVELOPER, .fails = missing,
     .about = "Make an item a task in the column todo; its first message says what the item says."},
    {0},
};
