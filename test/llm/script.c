/* The scripted server. */

#include "test/llm/script.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/thread.h"

enum { ASKED_MAX = 32, REQUEST_MAX = 1 << 20 };

struct Script {
    const Step *steps;
    size_t count;
    int listener;
    int port;
    Mutex mutex;
    Condition changed;
    int64_t over;
    int64_t asked_count;
    Bytes asked[ASKED_MAX]; /* whole requests, in the server's scope */
};

const char *quoted(Scope *s, const char *t)
{
    char *copy = scope_copy(s, t, strlen(t) + 1);

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static void close_fd(void *what)
{
    close((int)(intptr_t)what);
}

static Error *wait_readable(Scope *s, int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int ready;

    return scope_poll(s, &wait, 1, -1, &ready);
}

static size_t body_size(Bytes head)
{
    ptrdiff_t at = bytes_find(head, BYTES("Content-Length: "), 0);

    return at < 0 ? 0 : strtoul(head.data + at + strlen("Content-Length: "), NULL, 10);
}

/* Reads one request; false when the client closes before it is whole. */
static Error *read_request(Scope *s, int fd, Buffer *b, bool *whole)
{
    char piece[4096];

    for (;;) {
        ptrdiff_t end = bytes_find(buffer_view(b), BYTES("\r\n\r\n"), 0);
        if (end >= 0 && b->size >= (size_t)end + 4 + body_size((Bytes){b->data, (size_t)end})) {
            *whole = true;
            return OK;
        }
        TRY(wait_readable(s, fd));
        ssize_t got = recv(fd, piece, sizeof piece, 0);
        if (got <= 0 || b->size > REQUEST_MAX) {
            *whole = false;
            return OK;
        }
        buffer_add(b, piece, (size_t)got);
    }
}

static Error *wait_closed(Scope *s, int fd)
{
    char piece[4096];

    do {
        TRY(wait_readable(s, fd));
    } while (recv(fd, piece, sizeof piece, 0) > 0);
    return OK;
}

static void send_all(int fd, Bytes bytes)
{
    while (bytes.size) {
        ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the client went away: the test sees that on its side */
        bytes = (Bytes){bytes.data + sent, bytes.size - (size_t)sent};
    }
}

static void send_body(Scope *s, int fd, const char *body, size_t piece)
{
    Bytes rest = bytes_of(quoted(s, body));

    while (rest.size) {
        size_t size = piece && piece < rest.size ? piece : rest.size;
        Buffer chunk = buffer_in(s);
        buffer_format(&chunk, "%zx\r\n", size);
        buffer_add(&chunk, rest.data, size);
        buffer_text(&chunk, "\r\n");
        send_all(fd, buffer_view(&chunk));
        rest = (Bytes){rest.data + size, rest.size - size};
    }
}

static Error *play(Scope *s, int fd, const Step *step)
{
    const struct linger hard = {1, 0};

    if (step->end != STEP_SILENT && step->end != STEP_HANG_UP) {
        send_all(fd,
                 bytes_of(text(
                     s, "HTTP/1.1 %s\r\n%sTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
                     step->status ? step->status : "200 OK",
                     step->headers ? step->headers : "Content-Type: text/event-stream\r\n")));
        send_body(s, fd, step->body ? step->body : "", step->piece);
    }
    if (step->end == STEP_END)
        send_all(fd, BYTES("0\r\n\r\n"));
    if (step->cancels)
        cancel_now(step->cancels, "the test asked");
    if (step->end == STEP_STALL || step->end == STEP_SILENT)
        TRY(wait_closed(s, fd));
    if (step->end == STEP_RESET)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    return OK;
}

static void remember(Script *script, Bytes request)
{
    LOCKED (&script->mutex) {
        if (script->asked_count < ASKED_MAX)
            script->asked[script->asked_count] = request;
        script->asked_count++;
    }
}

static Error *serve_one(Scope *home, Script *script, const Step *step)
{
    SCOPE(s, home);
    Buffer request = buffer_in(home);
    bool whole = false;

    while (!whole) {
        TRY(wait_readable(s, script->listener));
        int fd = accept(script->listener, NULL, NULL);
        if (fd < 0)
            continue;
        Undo *undo = scope_undo(s, close_fd, (void *)(intptr_t)fd);
        buffer_clear(&request);
        TRY(read_request(s, fd, &request, &whole));
        if (whole) {
            remember(script, bytes_copy(home, buffer_view(&request)));
            TRY(play(s, fd, step));
        }
        undo_now(undo);
    }
    LOCKED (&script->mutex) {
        script->over++;
        condition_wake_all(&script->changed);
    }
    return OK;
}

static Error *serve(Scope *s, void *arg)
{
    Script *script = arg;

    for (size_t i = 0; i < script->count; i++)
        TRY(serve_one(s, script, &script->steps[i]));
    shutdown(script->listener, SHUT_RDWR);      /* from here on connections are refused */
    TRY(scope_poll(s, NULL, 0, -1, &(int){0})); /* what was asked stays readable */
    return OK;
}

Script *given_script(Scope *s, const Step *steps, size_t count)
{
    Script *script = NEW(s, Script);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    script->steps = scope_copy(s, steps, count * sizeof *steps);
    script->count = count;
    script->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool ready = bind(script->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
                 listen(script->listener, 16) == 0 &&
                 getsockname(script->listener, (struct sockaddr *)&address, &size) == 0;
    scope_undo(s, close_fd, (void *)(intptr_t)script->listener);
    script->port = ready ? ntohs(address.sin_port) : 0;
    error_drop(thread_start(s, "script", serve, script, NULL),
               "the test then finds nobody at the address");
    return script;
}

const char *script_url(Scope *s, const Script *script)
{
    return text(s, "http://127.0.0.1:%d", script->port);
}

int64_t script_count(Script *script)
{
    int64_t count = 0;

    LOCKED (&script->mutex)
        count = script->asked_count;
    return count;
}

Asked script_asked(Scope *s, Script *script, size_t number)
{
    Bytes request = {0}, line;
    Asked asked = {.path = "", .body = ""};

    LOCKED (&script->mutex)
        if ((int64_t)number < script->asked_count)
            request = script->asked[number];
    if (!request.data)
        return asked;
    while (bytes_line(&request, &line) && line.size > 1) {
        const char *t = text_trim(s, text_of(s, line));
        const char *colon = strstr(t, ": ");
        if (text_starts(t, "POST "))
            asked.path = text_split(s, t, ' ').items[1];
        else if (colon)
            pairs_add(s, &asked.headers, text_of(s, (Bytes){t, (size_t)(colon - t)}), colon + 2);
    }
    asked.body = text_of(s, request);
    return asked;
}

const char *script_header(Scope *s, Script *script, size_t number, const char *name)
{
    Asked asked = script_asked(s, script, number);

    return header_get(&asked.headers, name);
}

Error *script_wait(Scope *s, Script *script, int64_t steps)
{
    LOCKED (&script->mutex)
        while (script->over < steps)
            TRY(condition_wait(s, &script->changed, &script->mutex));
    return OK;
}
