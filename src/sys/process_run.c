/* Running a program to its end: feeding it, and taking what it prints. */

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/keeper.h"
#include "sys/process.h"
#include "sys/signals.h"

typedef struct Stream {
    const char *name;
    int *fd;
    ProcessOutput how;
    Buffer taken; /* captured bytes, or the begun line of a sink */
    bool keep_end;
    int64_t dropped;
} Stream;

typedef struct Run {
    Scope *s;
    Process *process;
    Stream out, err;
    Bytes input;
    char *piece; /* PROCESS_PIECE_MAX bytes */
} Run;

/* ---- Taking output ---- */

static fallible hand_over(Scope *s, Stream *stream, Bytes bytes, bool line_end)
{
    const ProcessPiece piece = {bytes, line_end};

    return stream->how.sink(s, stream->how.arg, &piece);
}

/* A line goes to the sink from where it lies when it came whole, else from the begun line. */
static fallible take_line_part(Scope *s, Stream *stream, Bytes part, bool line_end)
{
    Buffer *begun = &stream->taken;

    if (begun->size + part.size > PROCESS_PIECE_MAX) {
        TRY(hand_over(s, stream, buffer_view(begun), false));
        buffer_clear(begun);
    }
    if (line_end && !begun->size)
        return hand_over(s, stream, part, true);
    buffer_bytes(begun, part);
    if (!line_end)
        return OK;
    TRY(hand_over(s, stream, buffer_view(begun), true));
    buffer_clear(begun);
    return OK;
}

static fallible take_lines(Scope *s, Stream *stream, Bytes bytes)
{
    while (bytes.size) {
        const char *end = memchr(bytes.data, '\n', bytes.size);
        size_t size = end ? (size_t)(end - bytes.data) : bytes.size;
        TRY(take_line_part(s, stream, (Bytes){bytes.data, size}, end != NULL));
        bytes.data += size + (end != NULL);
        bytes.size -= size + (end != NULL);
    }
    return OK;
}

static void keep_end(Stream *stream, size_t most)
{
    if (stream->taken.size <= most)
        return;
    stream->dropped += (int64_t)(stream->taken.size - stream->how.max);
    buffer_drop(&stream->taken, stream->taken.size - stream->how.max);
}

static fallible capture(Run *run, Stream *stream, Bytes bytes)
{
    if (!stream->keep_end && bytes.size > stream->how.max - stream->taken.size)
        return fail(run->s, TOO_LARGE, "%s wrote more than %zu bytes to its %s", run->process->name,
                    stream->how.max, stream->name);
    buffer_bytes(&stream->taken, bytes);
    /* Dropped seldom, since that moves what is kept. */
    if (stream->keep_end)
        keep_end(stream, stream->how.max + PROCESS_PIECE_MAX * 4);
    return OK;
}

static fallible take(Run *run, Stream *stream, Bytes bytes)
{
    if (!stream->how.sink)
        return capture(run, stream, bytes);
    SCOPE(turn, run->s);
    return stream->how.by_line ? take_lines(turn, stream, bytes)
                               : hand_over(turn, stream, bytes, false);
}

static fallible finish(Run *run, Stream *stream)
{
    process_close(stream->fd);
    if (!stream->how.sink && stream->keep_end)
        keep_end(stream, stream->how.max);
    if (!stream->how.sink || !stream->taken.size)
        return OK;
    SCOPE(turn, run->s);
    return hand_over(turn, stream, buffer_view(&stream->taken), false);
}

/* One read. *more is false when there is nothing at the moment, or never again. */
static fallible read_stream(Run *run, Stream *stream, bool *more)
{
    ssize_t n = read(*stream->fd, run->piece, PROCESS_PIECE_MAX);

    *more = n > 0;
    if (n > 0)
        return take(run, stream, (Bytes){run->piece, (size_t)n});
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return OK;
    return finish(run, stream);
}

/* When all is gone, what is in the pipe is all there will ever be, whoever may hold its end. */
static fallible read_rest(Run *run, Stream *stream)
{
    for (bool more = true; more && *stream->fd >= 0;)
        TRY(read_stream(run, stream, &more));
    return *stream->fd >= 0 ? finish(run, stream) : OK;
}

/* ---- Feeding input ---- */

static void write_input(Run *run)
{
    ssize_t n = write(run->process->in, run->input.data, run->input.size);

    if (n > 0) {
        run->input.data += n;
        run->input.size -= (size_t)n;
    }
    /* A program may stop reading: that is its affair, as in a shell's pipe. */
    bool refused = n < 0 && errno != EAGAIN && errno != EINTR;
    if (refused || !run->input.size)
        process_close_input(run->process);
}

/* ---- The run ---- */

static fallible turn(Run *run, bool *gone)
{
    Process *p = run->process;
    bool more;
    int ready;
    struct pollfd fds[] = {
        {.fd = process_report_fd(p), .events = POLLIN},
        {.fd = p->out, .events = POLLIN},
        {.fd = p->err, .events = POLLIN},
        {.fd = p->in, .events = POLLOUT},
    };

    TRY_WHILE(scope_poll(run->s, fds, COUNT_OF(fds), -1, &ready), "running %s", p->name);
    if (fds[1].revents)
        TRY(read_stream(run, &run->out, &more));
    if (fds[2].revents)
        TRY(read_stream(run, &run->err, &more));
    if (fds[3].revents)
        write_input(run);
    if (fds[0].revents)
        TRY(process_hear(run->s, p, gone));
    return OK;
}

static Stream stream_of(Scope *results, Scope *s, int *fd, const ProcessOutput *how)
{
    return (Stream){.fd = fd, .how = *how, .taken = buffer_in(how->sink ? s : results)};
}

Error *process_run(Scope *s, const ProcessSpec *spec, ProcessResult *out)
{
    SCOPE(tmp, s);
    Run run = {.s = tmp, .input = spec->input, .piece = scope_alloc(tmp, PROCESS_PIECE_MAX)};
    bool gone = false;

    TRY(process_launch(tmp, spec, spec->input.size > 0, &run.process));
    run.out = stream_of(s, tmp, &run.process->out, &spec->out);
    run.out.name = "standard output";
    run.err = stream_of(s, tmp, &run.process->err, &spec->err);
    run.err.name = "standard error";
    run.err.keep_end = true;
    if (!run.out.how.max)
        run.out.how.max = PROCESS_OUT_MAX;
    if (!run.err.how.max)
        run.err.how.max = PROCESS_ERR_MAX;
    while (!gone)
        TRY(turn(&run, &gone));
    TRY(read_rest(&run, &run.out));
    TRY(read_rest(&run, &run.err));
    process_result(run.process, out);
    if (!spec->out.sink)
        out->out = buffer_view(&run.out.taken);
    if (!spec->err.sink)
        out->err = buffer_view(&run.err.taken);
    out->err_dropped = run.err.dropped;
    return OK;
}

/* The last line that says something. */
static const char *last_words(Scope *s, Bytes err)
{
    const char *said = text_trim(s, text_clean(s, err, NULL));
    const char *line = strrchr(said, '\n');

    return text_head(s, line ? line + 1 : said, PROCESS_REPORT_TEXT);
}

Error *process_check(Scope *s, const ProcessSpec *spec, const ProcessResult *result)
{
    const char *name = spec->argv.items[0];
    const char *end = text(s, "ended with status %d", result->status);

    if (result->status == 0)
        return OK;
    if (result->signal)
        end = text(s, "was ended by %s", signal_name(s, result->signal));
    const char *said = last_words(s, result->err);
    return fail(s, UPSTREAM, "%s %s%s%s", name, end, *said ? ": " : "", said);
}
