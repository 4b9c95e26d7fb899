/* Rates over Redis, and by each process's own numbers where it cannot be reached. */

#include "net/rates.h"

#include "base/id.h"
#include "base/log.h"
#include "sys/crypto.h"
#include "sys/memory.h"
#include "sys/thread.h"

enum { PLACES = 8 /* where a name may lie */, BUCKETS = RATES_KEPT / PLACES };

#define SEEN_US (60 * US_PER_S) /* a process that did not ask for so long is not counted */

typedef struct RateRow {
    Sha256 name;
    int64_t due; /* when the next one would come if they came evenly; the theoretical arrival time */
} RateRow;

struct Rates {
    Redis *redis;
    const char *prefix, *process;
    RedisScript script;
    Mutex mutex;
    int64_t processes; /* as last heard */
    bool away;
    RateRow rows[BUCKETS][PLACES];
};

/* KEYS: who asks, then the names. ARGV: the process, how long it counts, then the time of each one and of all that
 * may come at once. All numbers are microseconds and stay below 2^53. */
static const char take_script[] = "local t = redis.call('TIME')\n"
                                  "local now = t[1] * 1000000 + t[2]\n"
                                  "local wait, due = 0, {}\n"
                                  "for i = 2, #KEYS do\n"
                                  "  due[i] = math.max(now, tonumber(redis.call('GET', KEYS[i]) or "
                                  "0)) + tonumber(ARGV[2 * i - 1])\n"
                                  "  wait = math.max(wait, due[i] - now - tonumber(ARGV[2 * i]))\n"
                                  "end\n"
                                  "for i = 2, #KEYS do\n"
                                  "  if wait == 0 then\n"
                                  "    redis.call('SET', KEYS[i], string.format('%.0f', due[i]), "
                                  "'PX', math.ceil((due[i] - now) / 1000))\n"
                                  "  end\n"
                                  "end\n"
                                  "redis.call('ZADD', KEYS[1], now, ARGV[1])\n"
                                  "redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])\n"
                                  "redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[2] / 1000))\n"
                                  "return {wait, redis.call('ZCARD', KEYS[1])}\n";

Error *rates_open(Scope *s, const RatesOptions *options, Rates **out)
{
    Rates *rates = NEW(s, Rates);

    rates->redis = options->redis;
    rates->prefix = text_copy(s, options->prefix ? options->prefix : "{dursor}:");
    rates->process = id_new(s);
    rates->script = redis_script(take_script);
    rates->processes = 1;
    *out = rates;
    return OK;
}

/* ---- By this process ---- */

static int64_t each_us(const Rate *rate)
{
    return rate->per_us / rate->count;
}

static int64_t burst_us(const Rate *rate)
{
    return each_us(rate) * (rate->burst ? rate->burst : rate->count);
}

/* A limit of a name's own size, divided; at least one at once. */
static Rate share_of(const Rate *rate, int64_t processes)
{
    int64_t burst = (rate->burst ? rate->burst : rate->count) / processes;

    return (Rate){rate->count, rate->per_us * processes, burst ? burst : 1};
}

/* Its row, or the one that makes room: one that may go on long since has nothing to remember. */
static RateRow *row_of(Rates *rates, const char *name)
{
    Sha256 sum = sha256(bytes_of(name));
    RateRow *row, *places = rates->rows[(sum.bytes[0] | sum.bytes[1] << 8) % BUCKETS];

    row = &places[0];
    for (size_t i = 0; i < PLACES; i++) {
        if (memcmp(&places[i].name, &sum, sizeof sum) == 0)
            return &places[i];
        if (places[i].due < row->due)
            row = &places[i];
    }
    *row = (RateRow){.name = sum};
    return row;
}

int64_t rates_take_here(Rates *rates, const RateAsk *asks, size_t count, int64_t processes)
{
    int64_t now = boot_us(), wait = 0;

    LOCKED (&rates->mutex) {
        for (int taking = 0; taking < 2 && !wait; taking++) {
            for (size_t i = 0; i < count; i++) {
                Rate rate = share_of(&asks[i].rate, processes);
                RateRow *row = row_of(rates, asks[i].name);
                int64_t due = (row->due > now ? row->due : now) + each_us(&rate);
                if (taking)
                    row->due = due;
                else if (due - now - burst_us(&rate) > wait)
                    wait = due - now - burst_us(&rate);
            }
        }
    }
    return wait;
}

/* ---- Over Redis ---- */

static Error *ask_redis(Scope *s, Rates *rates, const RateAsk *asks, size_t count, int64_t *wait)
{
    Bytes keys[1 + RATES_ASKED_MAX], args[2 + 2 * RATES_ASKED_MAX];
    RedisReply *reply;

    keys[0] = bytes_of(text(s, "%srates", rates->prefix));
    args[0] = bytes_of(rates->process);
    args[1] = redis_number(s, SEEN_US);
    for (size_t i = 0; i < count; i++) {
        keys[1 + i] = bytes_of(text(s, "%srate:%s", rates->prefix, asks[i].name));
        args[2 + 2 * i] = redis_number(s, each_us(&asks[i].rate));
        args[3 + 2 * i] = redis_number(s, burst_us(&asks[i].rate));
    }
    /* Twice is only stricter by one. */
    RedisEval eval = {&rates->script, keys, 1 + count, args, 2 + 2 * count, .repeatable = true};
    RedisCommand command = redis_eval(s, &eval);
    TRY(redis_call(s, rates->redis, &command, &reply));
    if (reply->type != REDIS_ARRAY || reply->count != 2)
        return fail(s, UPSTREAM, "Redis answered the question for a rate with something else");
    *wait = reply->items[0].integer;
    LOCKED (&rates->mutex)
        rates->processes = reply->items[1].integer > 1 ? reply->items[1].integer : 1;
    return OK;
}

/* Said once each time it goes and comes. */
static void tell(Scope *s, Rates *rates, Error *e)
{
    bool changed = false;

    LOCKED (&rates->mutex) {
        changed = rates->away != (e != NULL);
        rates->away = e != NULL;
    }
    if (changed && e)
        log_failure(s, error_while(e, "limits count in this process alone"));
    else if (changed)
        log_info(s, "limits count in Redis again");
}

int64_t rates_take(Scope *s, Rates *rates, const RateAsk *asks, size_t count)
{
    RateAsk limited[RATES_ASKED_MAX];
    int64_t wait = 0, processes = 1;
    size_t used = 0;

    for (size_t i = 0; i < count && used < RATES_ASKED_MAX; i++)
        if (asks[i].rate.count > 0)
            limited[used++] = asks[i];
    if (!used)
        return 0;
    if (rates->redis) {
        SCOPE(tmp, s);
        Error *e = ask_redis(tmp, rates, limited, used, &wait);
        if (!failed_as(e, CANCELLED)) /* that is the one who asks, not Redis */
            tell(tmp, rates, e);
        if (!e)
            return wait;
        LOCKED (&rates->mutex)
            processes = rates->processes;
    }
    return rates_take_here(rates, limited, used, processes);
}
