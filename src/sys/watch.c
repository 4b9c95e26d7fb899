/* inotify, through the directory: a file that comes and goes stays watched. */

#include "sys/watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include "base/text.h"
#include "sys/fault.h"

enum {
    EVENTS_SIZE = 8 << 10,
    WHAT_COUNTS = IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
                  IN_MOVE_SELF,
};

static fallible open_watch(Scope *s, const char *directory, const char *name, Watch **out)
{
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    if (fd < 0)
        return fail_errno(s, errno, "watching %s", directory);
    close_with(s, fd);
    if (inotify_add_watch(fd, directory, WHAT_COUNTS | IN_ONLYDIR) < 0) {
        if (errno == ENOSPC)
            return fail(s, LIMITED,
                        "watching %s: the user has no watches left; raise "
                        "fs.inotify.max_user_watches",
                        directory);
        return fail_errno(s, errno, "watching %s", directory);
    }
    Watch *watch = NEW(s, Watch);
    *watch = (Watch){.fd = fd, .name = name};
    *out = watch;
    return OK;
}

Error *watch_directory(Scope *s, const char *path, Watch **out)
{
    return open_watch(s, path, NULL, out);
}

Error *watch_file(Scope *s, const char *path, Watch **out)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *directory = slash == path ? "/" : ".";

    if (!*name)
        return fail(s, INVALID, "%s is no file name", path);
    if (slash && slash != path)
        directory = text(s, "%.*s", (int)(slash - path), path);
    return open_watch(s, directory, text_copy(s, name), out);
}

static bool counts(const Watch *watch, const struct inotify_event *event)
{
    /* The queue was full, or the directory itself went. */
    if (!event->len)
        return true;
    return !watch->name || text_equal(watch->name, event->name);
}

bool watch_drain(Watch *watch)
{
    _Alignas(struct inotify_event) char events[EVENTS_SIZE];
    bool changed = false;
    ssize_t size;

    while ((size = read(watch->fd, events, sizeof events)) > 0) {
        for (ssize_t at = 0; at < size;) {
            const struct inotify_event *event = (const void *)(events + at);
            changed = counts(watch, event) || changed;
            at += (ssize_t)sizeof *event + event->len;
        }
    }
    return changed;
}
