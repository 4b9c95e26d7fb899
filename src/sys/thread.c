/* Threads with a unit of work each. */

#include "sys/thread.h"

#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "sys/fault.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_FACTOR 8
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define STACK_FACTOR 8
#endif
#endif
#ifndef STACK_FACTOR
#define STACK_FACTOR 1
#endif

enum { SYSTEM_NAME_SIZE = 16 };

/* The home is opened and closed by the starter; between, only the thread allocates in it. */
struct Thread {
    Scope *home;
    const char *name;
    ThreadFunction *fn;
    void *arg;
    pthread_t native;
    Mutex mutex;
    Condition ended_condition;
    bool ended;
    Error *failure;
    Undo *undo;
};

static void thread_undo(void *what)
{
    Thread *t = what;

    thread_cancel(t, "the thread's starter is ending");
    pthread_join(t->native, NULL);
    scope_close(t->home);
}

static void *thread_main(void *what)
{
    Thread *t = what;
    char shown[SYSTEM_NAME_SIZE];

    snprintf(shown, sizeof shown, "%s", t->name);
    pthread_setname_np(pthread_self(), shown);
    Scope *s = unit_open(scope_cancel(t->home), t->name);
    Error *e = t->fn(s, t->arg);
    if (!failed_as(e, CANCELLED))
        log_failure(s, e);
    t->failure = error_move(t->home, e);
    scope_close(s);
    LOCKED (&t->mutex) {
        t->ended = true;
        condition_wake_all(&t->ended_condition);
    }
    return NULL;
}

static int start_native(Thread *t)
{
    pthread_attr_t attributes;
    int number = pthread_attr_init(&attributes);

    if (number)
        return number;
    number = pthread_attr_setstacksize(&attributes, (size_t)THREAD_STACK * STACK_FACTOR);
    if (!number)
        number = pthread_create(&t->native, &attributes, thread_main, t);
    pthread_attr_destroy(&attributes);
    return number;
}

Error *thread_start(Scope *s, const char *name, ThreadFunction *fn, void *arg, Thread **out)
{
    Thread *t = NEW(s, Thread);

    *t = (Thread){.home = unit_open(scope_cancel(s), name), .fn = fn, .arg = arg};
    t->name = text_copy(t->home, name);
    int number = start_native(t);
    if (number) {
        scope_close(t->home);
        return fail_errno(s, number, "starting the thread %s", name);
    }
    t->undo = scope_undo(s, thread_undo, t);
    if (out)
        *out = t;
    return OK;
}

Error *thread_wait(Scope *s, Thread *t)
{
    LOCKED (&t->mutex) {
        while (!t->ended)
            TRY_WHILE(condition_wait(s, &t->ended_condition, &t->mutex), "waiting for %s", t->name);
    }
    return error_move(s, t->failure);
}

void thread_cancel(Thread *t, const char *reason)
{
    cancel_now(scope_cancel(t->home), reason);
}

void thread_stop(Thread *t)
{
    undo_now(t->undo);
}
