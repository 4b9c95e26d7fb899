/* Frames: bytes shared by many streams, gone with their last holder. */

#include "net/sse.h"
#include "net/streams_state.h"

Frame *frame_new(Bytes bytes, int64_t position)
{
    Scope *home = unit_open(NULL, "frame");
    Frame *frame = NEW(home, Frame);

    frame->home = home;
    frame->position = position;
    frame->bytes = bytes_copy(home, bytes);
    atomic_store(&frame->holds, 1);
    return frame;
}

Frame *frame_event(const char *event, const char *id, Bytes data, int64_t position)
{
    UNIT(s, NULL, "frame");
    Buffer b = buffer_in(s);

    sse_write(&b, event, id, data);
    return frame_new(buffer_view(&b), position);
}

Frame *frame_keep(Frame *frame)
{
    atomic_fetch_add(&frame->holds, 1);
    return frame;
}

void frame_drop(Frame *frame)
{
    if (frame && atomic_fetch_sub(&frame->holds, 1) == 1)
        scope_close(frame->home);
}
