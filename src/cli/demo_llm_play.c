/* Playing one answer. */

#include "cli/demo_llm_play.h"

#include "net/http_writer.h"
#include "net/sse.h"

static fallible pause_ms(Scope *s, const DemoPlay *play, int64_t ms)
{
    return ms && !play->instant ? scope_sleep(s, ms * US_PER_MS) : OK;
}

static const char *frame_text(Scope *s, const DemoFrame *frame)
{
    Buffer b = buffer_in(s);

    sse_write(&b, frame->event, NULL, bytes_of(frame->data));
    return buffer_string(&b);
}

/* True when the answer ends here, in the middle. */
static bool is_cut(const DemoPlay *play, size_t sent)
{
    return play->cut.set && (int64_t)sent >= play->cut.value;
}

static fallible write_frames(Scope *s, const DemoPlay *play, const DemoFrameList *frames,
                             HttpWriter *writer)
{
    const DemoStep *step = play->reply->step;

    for (size_t i = 0; i < frames->count; i++) {
        SCOPE(tmp, s);
        if (is_cut(play, i))
            break;
        if (i == frames->count / 2 && step->stall_ms)
            TRY(scope_sleep(tmp, step->stall_ms * US_PER_MS));
        if (i > 0)
            TRY(pause_ms(tmp, play, step->pause_ms));
        TRY(http_write(tmp, writer, bytes_of(frame_text(tmp, &frames->items[i]))));
    }
    if (!is_cut(play, frames->count))
        return http_writer_end(s, writer);
    if (play->reset)
        http_writer_reset(writer);
    return OK; /* the socket closes with s, and the client misses the end */
}

static fallible play_stream(Scope *s, const DemoPlay *play)
{
    DemoFrameList frames = {0};
    PairList headers = {0};
    HttpWriter *writer;

    play->protocol->frames(s, play->reply, &frames);
    pairs_add(s, &headers, "Content-Type", "text/event-stream");
    pairs_add(s, &headers, "Cache-Control", "no-store");
    pairs_add(s, &headers, "request-id", text(s, "req_%s", play->reply->id));
    TRY(http_writer_open(s, play->rq, 200, &headers, &writer));
    return write_frames(s, play, &frames, writer);
}

Error *demo_play(Scope *s, const DemoPlay *play, HttpAnswer *answer)
{
    const DemoStep *step = play->reply->step;

    TRY(pause_ms(s, play, step->first_ms));
    if (play->reply->ask->stream)
        return play_stream(s, play);
    if (step->stall_ms)
        TRY(scope_sleep(s, step->stall_ms * US_PER_MS));
    if (play->cut.set)
        return http_reset(s, play->rq);
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);
    play->protocol->whole(s, play->reply, &w);
    answer->status = 200;
    answer->body = buffer_view(&b);
    http_answer_header(s, answer, "Content-Type", "application/json");
    return OK;
}
