/* The tables of news. */

#include "model/news.h"

const Name news_kind_names[] = {{NEWS_TASK, "task"},   {NEWS_RUN, "run"},
                                {NEWS_REPO, "repo"},   {NEWS_BACKLOG, "backlog"},
                                {NEWS_MODEL, "model"}, {NEWS_PREFERENCES, "preferences"},
                                {NEWS_JOB, "job"},     {0}};

const Type news_type =
    TYPE(News, "Something changed: read it again. A stream's event is named after its kind.",
         ENUM(News, kind, news_kind_names, REQUIRED), FIELD(News, id, REQUIRED),
         FIELD(News, task_id), FIELD(News, run_id), FIELD(News, seq), FIELD(News, updated_at));

const Type news_page_type =
    TYPE(NewsPage, "What changed since the cursor.", LIST(NewsPage, news, news_type, REQUIRED),
         FIELD(NewsPage, cursor, REQUIRED), FIELD(NewsPage, is_reset, REQUIRED));
