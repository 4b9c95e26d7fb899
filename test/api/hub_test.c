/* News for those who watch: no gap, no repeat, whenever they come. */

#include "test/api/given.h"

#include "api/hub.h"

enum { EVENTS = 240, VIEWERS = 8, VISITS = 6 };

typedef struct Show {
    Front *front;
    GivenRun given;
    Lease lease;
} Show;

static fallible given_show(Scope *s, World *w, Show *show)
{
    TRY(given_front(s, w, &show->front));
    return given_running(s, w, &show->given, &show->lease);
}

static Error *teller(Scope *s, void *arg)
{
    Show *show = arg;

    return tell_events(s, show->front, &show->lease, EVENTS, 10);
}

static fallible in_order(Scope *s, const HeardList *heard, int64_t *seen)
{
    EACH (const Heard, event, heard) {
        if (!event->seq)
            continue; /* hello */
        CHECK_EQ(event->seq, *seen + 1);
        *seen = event->seq;
    }
    return OK;
}

/* Comes and goes while the news flow; each time it goes on where it was. */
static Error *viewer(Scope *s, void *arg)
{
    Show *show = arg;
    const char *path = text(s, "/v1/runs/%s/events", show->given.run.id);
    int64_t seen = 0, step = EVENTS / VISITS;

    while (seen < EVENTS) { /* the very last one may be cut off by the test itself */
        HeardList heard = {0};
        int64_t wanted = seen + step < EVENTS + 1 ? seen + step : EVENTS + 1;
        TRY(front_hear(s, show->front, path, text(s, "%lld", (long long)seen),
                       text(s, "\nid: %lld\n", (long long)wanted), &heard));
        TRY(in_order(s, &heard, &seen));
    }
    return OK;
}

STORE_TEST(viewers_that_come_and_go_while_news_flow_miss_nothing_and_hear_nothing_twice)
{
    Show *show = NEW(s, Show);
    Thread *threads[VIEWERS], *telling;

    TRY(given_show(s, w, show));
    for (int i = 0; i < VIEWERS; i++)
        TRY(thread_start(s, "viewer", viewer, show, &threads[i]));
    TRY(thread_start(s, "teller", teller, show, &telling));
    for (int i = 0; i < VIEWERS; i++)
        TRY(thread_wait(s, threads[i]));
    return thread_wait(s, telling);
}

/* ---- A task with two runs ---- */

static fallible another_run(Scope *s, World *w, Show *first, Show *second)
{
    Job job;

    second->front = first->front;
    TRY(given_run(s, w, &first->given.task, "openai:other", &second->given));
    TRY(claim(s, w, "w1", &job));
    second->lease = job_lease(&job, 1);
    return TENANT(w, run_start(s, tx, &second->lease));
}

typedef struct TaskViewer {
    Show *runs[2];
} TaskViewer;

static Error *task_viewer(Scope *s, void *arg)
{
    TaskViewer *viewer = arg;
    const char *path = text(s, "/v1/tasks/%s/events", viewer->runs[0]->given.task.id), *id = "0";
    int64_t seen[2] = {0};

    while (seen[0] < EVENTS || seen[1] < EVENTS) {
        HeardList heard = {0};
        int64_t least = seen[0] < seen[1] ? seen[0] : seen[1];
        int64_t wanted = least + 20 < EVENTS + 1 ? least + 20 : EVENTS + 1;
        TRY(front_hear(s, viewer->runs[0]->front, path, id,
                       text(s, "\"seq\":%lld,", (long long)wanted), &heard));
        EACH (const Heard, event, &heard) {
            id = event->id ? event->id : id;
            if (!event->seq)
                continue;
            int n = text_equal(event->run_id, viewer->runs[0]->given.run.id) ? 0 : 1;
            CHECK_EQ(event->seq, seen[n] + 1);
            seen[n] = event->seq;
        }
    }
    return OK;
}

STORE_TEST(viewers_of_a_task_hear_all_its_runs_each_in_order)
{
    TaskViewer *both = NEW(s, TaskViewer);
    Thread *threads[VIEWERS], *telling[2];

    for (int i = 0; i < 2; i++)
        both->runs[i] = NEW(s, Show);
    TRY(given_show(s, w, both->runs[0]));
    TRY(another_run(s, w, both->runs[0], both->runs[1]));
    for (int i = 0; i < VIEWERS; i++)
        TRY(thread_start(s, "viewer", task_viewer, both, &threads[i]));
    for (int i = 0; i < 2; i++)
        TRY(thread_start(s, "teller", teller, both->runs[i], &telling[i]));
    for (int i = 0; i < VIEWERS; i++)
        TRY(thread_wait(s, threads[i]));
    for (int i = 0; i < 2; i++)
        TRY(thread_wait(s, telling[i]));
    return OK;
}

/* ---- Catching up ---- */

/* How often somebody has to come who missed all; each time but the last it is asked to. */
static fallible visits_needed(Scope *s, Show *show, int64_t count, int *visits)
{
    const char *path = text(s, "/v1/runs/%s/events", show->given.run.id);
    const char *last = text(s, "\nid: %lld\n", (long long)count + 1);
    int64_t seen = 0;

    for (*visits = 0; seen < count; ++*visits) {
        HeardList heard = {0};
        TRY(front_hear(s, show->front, path, text(s, "%lld", (long long)seen), last, &heard));
        TRY(in_order(s, &heard, &seen));
        CHECK(seen >= count || text_equal(heard.items[heard.count - 1].event, "rotate"));
    }
    return OK;
}

STORE_TEST(who_missed_much_gets_it_in_parts_and_is_asked_to_come_back)
{
    enum { LARGE = 30 << 10, COUNT = 40 };
    Show show;
    int visits;

    TRY(given_show(s, w, &show));
    TRY(tell_events(s, show.front, &show.lease, COUNT, LARGE));
    TRY(visits_needed(s, &show, COUNT, &visits));
    CHECK(visits >= COUNT * LARGE / HUB_CATCH_UP_BYTES);
    CHECK(visits <= 4 * COUNT * LARGE / HUB_CATCH_UP_BYTES);
    return OK;
}

STORE_TEST(who_missed_many_small_events_gets_them_in_parts_as_well)
{
    enum { COUNT = 600 };
    Show show;
    int visits;

    TRY(given_show(s, w, &show));
    TRY(tell_events(s, show.front, &show.lease, COUNT, 1));
    TRY(visits_needed(s, &show, COUNT, &visits));
    CHECK_EQ(visits, COUNT / HUB_CATCH_UP_FRAMES + 1);
    return OK;
}

/* ---- Long polls ---- */

typedef struct Poll {
    Show *show;
    const char *path;
    const char *answer;
} Poll;

static Error *poll_once(Scope *s, void *arg)
{
    Poll *poll = arg;
    const char *answer;

    TRY(front_get(s, poll->show->front, poll->path,
                  text(s, "Host: localhost\r\n%s", bearer_line(s, poll->show->front)), &answer));
    poll->answer = strstr(answer, "\"said\"") ? "news" : "none";
    return OK;
}

STORE_TEST(long_polls_end_with_the_first_news)
{
    Show *show = NEW(s, Show);
    Thread *threads[2];

    TRY(given_show(s, w, show));
    Poll polls[2] = {
        {show, text(s, "/v1/runs/%s/events?after=1&wait=50", show->given.run.id), NULL},
        {show, text(s, "/v1/tasks/%s/events?after=1-1.1&wait=50", show->given.task.id), NULL}};
    int64_t since = clock_us();
    for (int i = 0; i < 2; i++)
        TRY(thread_start(s, "poll", poll_once, &polls[i], &threads[i]));
    while (http_server_counts(show->front->api->server).parked < 2)
        TRY(scope_sleep(s, US_PER_MS));
    TRY(tell_events(s, show->front, &show->lease, 1, 10));
    for (int i = 0; i < 2; i++) {
        TRY(thread_wait(s, threads[i]));
        CHECK_TEXT(polls[i].answer, "news");
    }
    CHECK(clock_us() - since < 40 * US_PER_S);
    return OK;
}

STORE_TEST(a_long_poll_finds_what_was_stored_without_a_wake_up)
{
    Show *show = NEW(s, Show);
    Bus *real;
    Thread *thread;

    TRY(given_show(s, w, show));
    TRY(bus_open(s, &(BusOptions){.url = "local:"}, &real)); /* nobody listens there */
    Front deaf = *show->front;
    deaf.app.bus = real;
    Poll poll = {show, text(s, "/v1/runs/%s/events?after=1&wait=50", show->given.run.id), NULL};
    TRY(thread_start(s, "poll", poll_once, &poll, &thread));
    while (http_server_counts(show->front->api->server).parked < 1)
        TRY(scope_sleep(s, US_PER_MS));
    int64_t since = clock_us();
    TRY(tell_events(s, &deaf, &show->lease, 1, 10));
    TRY(thread_wait(s, thread));
    CHECK_TEXT(poll.answer, "news");
    CHECK(clock_us() - since < 40 * US_PER_S);
    return OK;
}
