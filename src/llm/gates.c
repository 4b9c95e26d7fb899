/* Shared tables of keys, addresses and habits, under one lock. */

#include "llm/gates.h"

#include "llm/breaker.h"
#include "llm/endpoint.h"
#include "llm/limiter.h"
#include "net/url.h"
#include "sys/crypto.h"
#include "sys/thread.h"

typedef struct KeyRow {
    Sha256 key;
    Limiter limiter;
    Condition changed;
    bool used;
} KeyRow;

typedef struct AddressRow {
    Sha256 address;
    Breaker breaker;
    int64_t trying;
    bool used;
} AddressRow;

typedef struct HabitRow {
    Sha256 model;
    unsigned without;
} HabitRow;

struct Gates {
    const LlmSettings *settings;
    BreakerRule rule;
    Mutex mutex;
    KeyRow keys[LLM_KEYS_MAX];
    AddressRow addresses[GATE_ADDRESSES_MAX];
    HabitRow habits[GATE_HABITS_MAX];
    size_t next_habit;
};

struct Turn {
    Gates *gates;
    KeyRow *row;
    LimiterTurn turn;
};

struct Attempt {
    Gates *gates;
    AddressRow *row;
    bool probes, told;
};

/* The parts are separated by a byte that none of them holds. */
static Sha256 name_of_three(Scope *s, const char *a, const char *b, const char *c)
{
    return sha256(bytes_of(text(s, "%s\n%s\n%s", a, b ? b : "", c ? c : "")));
}

static bool same(const Sha256 *a, const Sha256 *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

Error *gates_open(Scope *s, const LlmSettings *settings, Gates **out)
{
    Gates *gates = NEW(s, Gates);

    gates->settings = settings;
    gates->rule = (BreakerRule){settings->breaker_failures, settings->breaker_pause_us};
    *out = gates;
    return OK;
}

/* ---- Turns ---- */

static KeyRow *key_row(Gates *gates, const Sha256 *key)
{
    KeyRow *unused = NULL;
    int64_t now = clock_us();

    for (size_t i = 0; i < LLM_KEYS_MAX; i++) {
        KeyRow *row = &gates->keys[i];
        if (row->used && same(&row->key, key))
            return row;
        if (!unused && (!row->used || limiter_idle(&row->limiter, now)))
            unused = row;
    }
    if (unused)
        *unused = (KeyRow){.key = *key, .used = true};
    return unused;
}

static void leave(void *what)
{
    Turn *turn = what;

    LOCKED (&turn->gates->mutex) {
        limiter_leave(&turn->row->limiter, &turn->turn);
        condition_wake_all(&turn->row->changed);
    }
}

/* With the lock held. */
static int64_t enter(Turn *turn)
{
    Limiter *limiter = &turn->row->limiter;
    int64_t wait =
        limiter_wait(limiter, &turn->turn, turn->gates->settings->concurrency, clock_us());

    if (!wait) {
        limiter_enter(limiter, &turn->turn);
        condition_wake_all(&turn->row->changed); /* the next in the queue may fit as well */
    }
    return wait;
}

Error *gate_queue(Scope *s, Gates *gates, const LlmModel *model, Turn **out, int64_t *wait)
{
    Sha256 key = name_of_three(s, "key", endpoint_base(s, model), model->api_key);
    Turn *turn = NEW(s, Turn);

    turn->gates = gates;
    LOCKED (&gates->mutex) {
        turn->row = key_row(gates, &key);
        if (turn->row) {
            limiter_queue(&turn->row->limiter, &turn->turn);
            *wait = enter(turn);
        }
    }
    if (!turn->row)
        return fail(s, LIMITED, "calls with %d different keys are under way, no more fit",
                    LLM_KEYS_MAX);
    scope_undo(s, leave, turn);
    *out = turn;
    return OK;
}

static Error *turn_wait(Scope *s, Turn *turn)
{
    Gates *gates = turn->gates;
    int64_t wait;

    if (turn->turn.inside)
        return OK;
    LOCKED (&gates->mutex) {
        while ((wait = enter(turn)) != 0) {
            if (wait == INT64_MAX)
                TRY(condition_wait(s, &turn->row->changed, &gates->mutex));
            else if (wait > gates->settings->patience_us)
                return error_retry_after(fail_code(s, LIMITED, "rate_limited",
                                                   "the provider asked for a pause of %lld s",
                                                   (long long)(wait / US_PER_S)),
                                         wait);
            else
                TRY(condition_wait_for(s, &turn->row->changed, &gates->mutex, wait));
        }
    }
    return OK;
}

Error *gate_wait(Scope *s, Turn *turn)
{
    const LlmSettings *settings = turn->gates->settings;
    RateAsk ask = {.rate = {.count = settings->per_minute, .per_us = US_PER_MIN}};
    int64_t wait;

    TRY(turn_wait(s, turn));
    if (!settings->rates || !settings->per_minute)
        return OK;
    ask.name = text(s, "key:%s", hex(s, (Bytes){(const char *)turn->row->key.bytes, SHA256_SIZE}));
    while ((wait = rates_take(s, settings->rates, &ask, 1)) != 0) {
        if (wait > settings->patience_us)
            return error_retry_after(fail_code(s, LIMITED, "calls_limited",
                                               "DURSOR_LLM_CALLS_PER_MINUTE leaves no call with "
                                               "this key for %lld s",
                                               (long long)(wait / US_PER_S)),
                                     wait);
        TRY(scope_sleep(s, wait));
    }
    return OK;
}

void gate_pause(Turn *turn, int64_t us)
{
    LOCKED (&turn->gates->mutex)
        limiter_pause(&turn->row->limiter, clock_us() + us);
}

/* ---- Attempts ---- */

/* 0: must stay; more: the better to give away. */
static int spare(const AddressRow *row)
{
    if (!row->used)
        return 3;
    if (row->trying)
        return 0;
    return row->breaker.failures ? 1 : 2;
}

static AddressRow *address_row(Gates *gates, const Sha256 *address)
{
    AddressRow *best = NULL;

    for (size_t i = 0; i < GATE_ADDRESSES_MAX; i++) {
        AddressRow *row = &gates->addresses[i];
        if (row->used && same(&row->address, address))
            return row;
        if (spare(row) > (best ? spare(best) : 0))
            best = row;
    }
    if (best)
        *best = (AddressRow){.address = *address, .used = true};
    return best;
}

static void attempt_ended(void *what)
{
    Attempt *attempt = what;

    LOCKED (&attempt->gates->mutex) {
        if (attempt->probes && !attempt->told)
            breaker_unknown(&attempt->row->breaker);
        attempt->row->trying--;
    }
}

Error *gate_attempt(Scope *s, Gates *gates, const LlmModel *model, Attempt **out)
{
    Sha256 address = name_of_three(s, "address", endpoint_base(s, model), NULL);
    Attempt *attempt = NEW(s, Attempt);
    int64_t wait = 0;

    attempt->gates = gates;
    LOCKED (&gates->mutex) {
        attempt->row = address_row(gates, &address);
        if (attempt->row)
            wait = breaker_wait(&attempt->row->breaker, &gates->rule, clock_us());
        if (attempt->row && !wait) {
            attempt->probes = breaker_begin(&attempt->row->breaker);
            attempt->row->trying++;
        }
    }
    if (!attempt->row)
        return fail(s, LIMITED, "calls to %d different addresses are under way, no more fit",
                    GATE_ADDRESSES_MAX);
    if (wait)
        return error_retry_after(fail_code(s, UNAVAILABLE, "provider_unreachable",
                                           "%s could not be reached several times in a row",
                                           url_shown(s, endpoint_base(s, model))),
                                 wait);
    scope_undo(s, attempt_ended, attempt);
    *out = attempt;
    return OK;
}

void gate_reached(Attempt *attempt)
{
    LOCKED (&attempt->gates->mutex)
        breaker_reached(&attempt->row->breaker);
    attempt->told = true;
}

void gate_unreached(Attempt *attempt)
{
    LOCKED (&attempt->gates->mutex)
        breaker_failed(&attempt->row->breaker, &attempt->gates->rule, clock_us());
    attempt->told = true;
}

/* ---- Habits ---- */

static HabitRow *habit_row(Gates *gates, const Sha256 *model)
{
    for (size_t i = 0; i < GATE_HABITS_MAX; i++)
        if (same(&gates->habits[i].model, model))
            return &gates->habits[i];
    return NULL;
}

static Sha256 habit_name(Scope *s, const LlmModel *model)
{
    return name_of_three(s, "model", endpoint_base(s, model), model->model_name);
}

unsigned gate_without(Scope *s, Gates *gates, const LlmModel *model)
{
    Sha256 name = habit_name(s, model);
    unsigned without = 0;

    LOCKED (&gates->mutex) {
        const HabitRow *row = habit_row(gates, &name);
        without = row ? row->without : 0;
    }
    return without;
}

void gate_learn_without(Scope *s, Gates *gates, const LlmModel *model, unsigned parameters)
{
    Sha256 name = habit_name(s, model);

    LOCKED (&gates->mutex) {
        HabitRow *row = habit_row(gates, &name);
        if (!row) { /* the oldest row gives way: forgetting costs one refused call */
            row = &gates->habits[gates->next_habit++ % GATE_HABITS_MAX];
            *row = (HabitRow){.model = name};
        }
        row->without |= parameters;
    }
}
