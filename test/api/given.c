/* The API, for tests. */

#include "test/api/given.h"

#include <poll.h>
#include <sys/socket.h>

#include "sys/file.h"

fallible given_front(Scope *s, World *w, Front **out)
{
    static const BusOptions local = {.url = "local:"};
    Front *front = NEW(s, Front); /* threads use it until s closes */
    const char *home;
    Settings *settings;

    TRY(directory_temporary(s, "/tmp", "dursor-api", &home));
    const char *const environment[] = {text(s, "HOME=%s", home), "DURSOR_PORT=0",
                                       "DURSOR_ALLOWED_HOSTS=dursor.example",
                                       "DURSOR_ALLOWED_ORIGINS=https://friend.example", NULL};
    TRY(settings_load(s, &(SettingsSource){.environ = environment}, &settings));
    TRY(directory_make(s, text(s, "%s/secrets", settings->data_dir), 0700));
    w->caller = local_caller;
    front->world = w;
    front->app.settings = settings;
    front->app.store = w->store;
    TRY(bus_open(s, &local, &front->app.bus));
    TRY(api_open(s, &front->app, &front->api));
    front->port = api_port(front->api);
    *out = front;
    return OK;
}

const char *bearer_line(Scope *s, const Front *front)
{
    return text(s, "Authorization: Bearer %s\r\n", local_token(front->api->auth));
}

fallible front_get(Scope *s, const Front *front, const char *path, const char *headers,
                   const char **out)
{
    return ask(s, front->port,
               text(s, "GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n", path, headers), out);
}

int status_of(Scope *s, const char *answer)
{
    int64_t status = 0;
    Bytes digits = {answer + strlen("HTTP/1.1 "), 3};

    if (text_starts(answer, "HTTP/1.1 ") && text_integer(text_of(s, digits), 100, 599, &status))
        return (int)status;
    return 0;
}

/* ---- Streams ---- */

static const char *line_value(Scope *s, const char *frame, const char *name)
{
    const char *at = strstr(frame, name);

    if (!at)
        return NULL;
    at += strlen(name);
    return text_of(s, (Bytes){at, strcspn(at, "\n\"")});
}

static void take_frame(Scope *s, const char *frame, HeardList *out)
{
    const char *event = line_value(s, frame, "event: "), *seq = line_value(s, frame, "\"seq\":");

    int64_t number = 0;

    if (!event)
        return;
    if (seq &&
        !text_integer(text_of(s, (Bytes){seq, strspn(seq, "0123456789")}), 1, INT64_MAX, &number))
        number = -1; /* no order has that */
    *list_add(s, out) = (Heard){
        .id = line_value(s, frame, "id: "),
        .event = event,
        .run_id = line_value(s, frame, "\"run_id\":\""),
        .seq = number,
    };
}

/* Whole events only: what was cut off comes again. */
static void take_frames(Scope *s, const char *t, HeardList *out)
{
    const char *at = strstr(t, "\r\n\r\n"), *end;

    for (at = at ? at + 4 : t; (end = strstr(at, "\n\n")); at = end + 2)
        take_frame(s, text_of(s, (Bytes){at, (size_t)(end - at)}), out);
}

/* What comes until it holds the text or the other end closes, as it may at any time. */
static fallible hear_for(Scope *s, int fd, const char *until, const char **out)
{
    Buffer b = buffer_in(s);
    char part[16 << 10];
    int ready;

    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        TRY(scope_poll(s, &wait, 1, -1, &ready));
        ssize_t size = recv(fd, part, sizeof part, MSG_DONTWAIT);
        if (size <= 0)
            break;
        buffer_add(&b, part, (size_t)size);
        if (until && strstr(buffer_string(&b), until))
            break;
    }
    *out = buffer_string(&b);
    return OK;
}

fallible front_hear(Scope *s, const Front *front, const char *path, const char *last_id,
                    const char *until, HeardList *out)
{
    SCOPE(tmp, s);
    const char *heard = "";
    int fd;

    scope_limit(tmp, PATIENCE_US);
    TRY(dial(tmp, front->port, &fd));
    TRY(say(tmp, fd,
            text(tmp, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s%s\r\n", path,
                 bearer_line(tmp, front), last_id ? "Last-Event-ID: " : "", last_id ? last_id : "",
                 last_id ? "\r\n" : "")));
    TRY(hear_for(tmp, fd, until, &heard));
    if (status_of(s, heard) != 200)
        return fail(s, BUG, "%s gave %.100s", path, heard);
    take_frames(s, heard, out);
    return OK;
}

static fallible tell_one(Scope *s, Front *front, const Lease *lease, const char *data)
{
    EventDraft draft = {.kind = EVENT_TURN, .data = bytes_of(data)};
    EventDraftList drafts = {&draft, 1, 1};
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_write(tmp, front->app.store, &local_caller, &tx));
    TRY(events_append(tmp, tx, lease, &drafts, NULL));
    TRY(tx_commit(tmp, tx));
    bus_publish(front->app.bus, text(tmp, "run:%s", lease->run_id));
    return OK;
}

fallible tell_events(Scope *s, Front *front, const Lease *lease, int count, size_t size)
{
    char *filler = scope_alloc(s, size + 1);

    memset(filler, 'x', size);
    for (int i = 0; i < count; i++)
        TRY(tell_one(s, front, lease, text(s, "{\"said\":\"%s\"}", filler)));
    return OK;
}
