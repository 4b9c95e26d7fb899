/* Signals through a descriptor. */

#include "sys/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/text.h"
#include "sys/fault.h"

static sigset_t ours(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

Error *signals_block(Scope *s)
{
    sigset_t set = ours();

    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return fail_errno(s, errno, "ignoring SIGPIPE");
    int number = pthread_sigmask(SIG_BLOCK, &set, NULL);
    return number ? fail_errno(s, number, "blocking signals") : OK;
}

Error *signals_open(Scope *s, int *out)
{
    sigset_t set = ours();
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

    if (fd < 0)
        return fail_errno(s, errno, "opening the signals");
    close_with(s, fd);
    *out = fd;
    return OK;
}

int signals_next(int fd)
{
    struct signalfd_siginfo info;

    return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

const char *signal_name(Scope *s, int number)
{
    const char *name = sigabbrev_np(number);

    return name ? text(s, "SIG%s", name) : text(s, "signal %d", number);
}
