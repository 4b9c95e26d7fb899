/* Reading what changed for a tenant, as one frame for all who watch it. */

#include "store/news.h"

#include "api/channel.h"
#include "base/json.h"

static const char reset_event[] = "event: reset\nid: %s\ndata: {}\n\n";
static const char hello_event[] = "event: hello\nid: %s\ndata: {}\n\n";

static fallible read_since(Scope *s, Channel *channel, const NewsCursor *from, NewsRead *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, channel->app->store, &channel->caller, &tx));
    return news_after(s, tx, from, channel->app->settings->keep_news_minutes * US_PER_MIN, out);
}

/* All of a reading stand under its end: who has only a part of the frame gets all of it again. */
static void write_news(Buffer *b, const NewsRead *read)
{
    const char *id = news_cursor_text(b->s, &read->cursor, false);

    if (read->is_reset)
        buffer_format(b, reset_event, id);
    EACH (const News, one, &read->news) {
        buffer_format(b, "event: %s\n", name_of(news_kind_names, (int)one->kind));
        if (one == read->news.items + read->news.count - 1)
            buffer_format(b, "id: %s\n", id);
        buffer_text(b, "data: ");
        json_write(b, &news_type, one);
        buffer_text(b, "\n\n");
    }
}

/* Kept in memory of its own, given back at the next reading. */
static void keep_place(Channel *channel, const NewsCursor *cursor)
{
    Scope *home = unit_open(NULL, "place");

    if (channel->place)
        scope_close(channel->place);
    channel->place = home;
    channel->news = (NewsCursor){cursor->epoch, cursor->at, text_copy(home, cursor->mark), {0}};
    EACH (const NewsRun, run, &cursor->runs)
        *list_add(home, &channel->news.runs) = (NewsRun){text_copy(home, run->tail), run->seq};
    channel->started = true;
}

Error *tenant_news(Scope *s, Channel *channel)
{
    Buffer b = buffer_in(s);
    NewsRead read;

    TRY(read_since(s, channel, channel->started ? &channel->news : NULL, &read));
    write_news(&b, &read);
    keep_place(channel, &read.cursor);
    channel->fresh = b.size != 0;
    if (!b.size)
        return OK;
    Frame *frame = frame_new(buffer_view(&b), ++channel->told);
    (void)streams_broadcast(channel->streams, channel->group, frame);
    frame_drop(frame);
    return OK;
}

Error *tenant_begin(Scope *s, Channel *channel, const WatchOrder *order)
{
    NewsCursor from;

    TRY(news_cursor_parse(s, order->cursor, &from));
    keep_place(channel, &from);
    return tenant_news(s, channel);
}

/* Where the group is, is where a newcomer without a place begins: what came since is told to all. */
static fallible missed(Scope *s, Channel *channel, const WatchOrder *order, NewsRead *out)
{
    NewsCursor from;

    if (text_empty(order->cursor)) {
        out->cursor = channel->news;
        return OK;
    }
    TRY(news_cursor_parse(s, order->cursor, &from));
    return read_since(s, channel, &from, out);
}

Error *tenant_catch_up(Scope *s, Channel *channel, const WatchOrder *order, Stream *stream)
{
    Buffer b = buffer_in(s);
    NewsRead read = {0};

    if (!channel->started)
        TRY(tenant_news(s, channel));
    TRY(missed(s, channel, order, &read));
    const char *id = text_empty(order->cursor) || read.news.count || read.is_reset
                         ? news_cursor_text(s, &read.cursor, false)
                         : order->cursor;
    buffer_format(&b, hello_event, read.news.count && !read.is_reset ? order->cursor : id);
    write_news(&b, &read);
    Frame *frame = frame_new(buffer_view(&b), channel->told);
    (void)stream_send(stream, frame);
    frame_drop(frame);
    stream_go(stream);
    return OK;
}
