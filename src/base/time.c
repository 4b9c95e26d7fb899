/* Points in time as text and back. */

#include "base/time.h"

#include <stdio.h>
#include <time.h>

Time time_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (Time){now.tv_sec * US_PER_S + now.tv_nsec / 1000};
}

bool time_set(Time t)
{
    return t.us != 0;
}

/* Calendar days by Howard Hinnant's civil_from_days: eras of 400 years, years that begin in March. */
typedef struct Day {
    int64_t year, month, day;
} Day;

static Day day_of(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t march = (5 * of_year + 2) / 153;
    int64_t month = march < 10 ? march + 3 : march - 9;

    return (Day){year + era * 400 + (month <= 2), month, of_year - (153 * march + 2) / 5 + 1};
}

static char *put(char *at, int count, int64_t value, char after)
{
    for (int i = count; i-- > 0; value /= 10)
        at[i] = (char)('0' + value % 10);
    at[count] = after;
    return at + count + 1;
}

/* By hand: a page of JSON has dozens of times, and printf would be a tenth of its cost. */
const char *time_text(Scope *s, Time t)
{
    int64_t fraction = ((t.us % US_PER_S) + US_PER_S) % US_PER_S;
    int64_t seconds = (t.us - fraction) / US_PER_S;
    int64_t second = ((seconds % 86400) + 86400) % 86400;
    Day day = day_of((seconds - second) / 86400);
    char *out = scope_alloc(s, sizeof "2026-01-10T11:34:47.123456Z"), *at = out;

    if (day.year < 0 || day.year > 9999)
        return text(s, "%lld-%02d-%02dT%02d:%02d:%02d.%06dZ", (long long)day.year, (int)day.month,
                    (int)day.day, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60),
                    (int)fraction);
    at = put(at, 4, day.year, '-');
    at = put(at, 2, day.month, '-');
    at = put(at, 2, day.day, 'T');
    at = put(at, 2, second / 3600, ':');
    at = put(at, 2, second / 60 % 60, ':');
    at = put(at, 2, second % 60, '.');
    put(at, 6, fraction, 'Z');
    return out;
}

static bool digits(const char **at, int count, int *out)
{
    int value = 0;

    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *out = value;
    return true;
}

static bool literal(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool fraction(const char **at, int64_t *us)
{
    int64_t unit = US_PER_S;
    int count = 0;

    *us = 0;
    if (**at != '.' && **at != ',')
        return true;
    for ((*at)++; **at >= '0' && **at <= '9'; (*at)++, count++) {
        unit /= 10;
        *us += (**at - '0') * unit;
    }
    return count >= 1 && count <= 9;
}

static bool zone(const char **at, int64_t *offset_us)
{
    int hours, minutes;
    char sign = **at;

    *offset_us = 0;
    if (!sign)
        return true;
    (*at)++;
    if (sign == 'Z' || sign == 'z')
        return true;
    if ((sign != '+' && sign != '-') || !digits(at, 2, &hours))
        return false;
    if (**at == ':')
        (*at)++;
    if (!digits(at, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset_us = (sign == '-' ? -1 : 1) * (hours * 60 + minutes) * US_PER_MIN;
    return true;
}

static bool calendar(const char **at, struct tm *out)
{
    struct tm t = {0};

    if (!digits(at, 4, &t.tm_year) || !literal(at, '-') || !digits(at, 2, &t.tm_mon) ||
        !literal(at, '-') || !digits(at, 2, &t.tm_mday))
        return false;
    if (!literal(at, 'T') && !literal(at, 't') && !literal(at, ' '))
        return false;
    if (!digits(at, 2, &t.tm_hour) || !literal(at, ':') || !digits(at, 2, &t.tm_min) ||
        !literal(at, ':') || !digits(at, 2, &t.tm_sec))
        return false;
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    *out = t;
    return true;
}

bool time_parse(const char *t, Time *out)
{
    struct tm fields;
    int64_t us, offset;

    if (!t || !calendar(&t, &fields) || !fraction(&t, &us) || !zone(&t, &offset) || *t)
        return false;
    struct tm wanted = fields;
    int64_t seconds = timegm(&fields);
    /* timegm carries 31 February on to March: what changed was no date. A leap second is the next. */
    if (wanted.tm_sec < 60 && (fields.tm_mday != wanted.tm_mday || fields.tm_mon != wanted.tm_mon ||
                               fields.tm_hour != wanted.tm_hour || fields.tm_min != wanted.tm_min))
        return false;
    if (wanted.tm_sec > 60)
        return false;
    *out = (Time){seconds * US_PER_S + us - offset};
    return true;
}

bool duration_parse(const char *t, int64_t *us)
{
    static const struct {
        const char *unit;
        int64_t us;
    } units[] = {{"", US_PER_S},
                 {"us", 1},
                 {"ms", US_PER_MS},
                 {"s", US_PER_S},
                 {"m", US_PER_MIN},
                 {"h", 60 * US_PER_MIN},
                 {"d", 24 * 60 * US_PER_MIN}};
    int64_t value = 0;
    size_t i = 0;

    for (; t[i] >= '0' && t[i] <= '9'; i++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, t[i] - '0', &value))
            return false;
    if (!i)
        return false;
    for (size_t u = 0; u < COUNT_OF(units); u++)
        if (text_equal(t + i, units[u].unit))
            return !__builtin_mul_overflow(value, units[u].us, us);
    return false;
}
