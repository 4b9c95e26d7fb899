/* Routes of models. */

#include "api/create.h"
#include "api/paging.h"
#include "service/models.h"

static fallible list(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PageQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    ModelViewList all = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(models_list(s, api->app, tx, &page, &all));
    return answer_page(reply, &page, &all);
}

static fallible create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    ModelView view;
    Tx *tx;

    TRY(create_begin(s, api, rq, reply, &tx));
    if (!tx)
        return OK;
    TRY(model_add(s, api->app, tx, rq->body, &view));
    return create_commit(s, tx, rq, reply, &view);
}

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    ModelView view;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(model_find(s, api->app, tx, path_part(rq, "model_id"), &view));
    return answer(reply, &view);
}

static fallible delete (Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(model_remove(s, api->app, tx, path_part(rq, "model_id")));
    TRY(tx_commit(s, tx));
    return answer_empty(reply);
}

static const int bad_cursor[] = {400, 0};

const Route model_routes[] = {
    {HTTP_GET, "/v1/models", list, .query = &page_query_type, .out = &model_view_type,
     .out_list = true, .status = 200, .role = ROLE_VIEWER, .fails = bad_cursor,
     .about = "List the models that may be chosen: those of the settings first, then stored ones, "
              "newest first."},
    {HTTP_POST, "/v1/models", create, .in = &model_create_type, .out = &model_view_type,
     .status = 201, .role = ROLE_ADMIN, .creates = true,
     .about = "Add a model with its key, which is sealed and never shown again."},
    {HTTP_GET, "/v1/models/{model_id}", show, .out = &model_view_type, .status = 200,
     .role = ROLE_VIEWER, .about = "Show a model."},
    {HTTP_DELETE, "/v1/models/{model_id}", delete, .status = 204, .role = ROLE_ADMIN,
     .about = "Delete a stored model."},
    {0},
};
