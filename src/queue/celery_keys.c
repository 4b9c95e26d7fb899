/* Names of keys and channels. */

#include "queue/celery_keys.h"

#define SEPARATOR "\x06\x16"

static const char *const step_suffixes[CELERY_STEPS] = {"", SEPARATOR "3", SEPARATOR "6",
                                                        SEPARATOR "9"};

static Bytes key(Scope *s, const CeleryKeys *keys, const char *name)
{
    return bytes_of(text(s, "%s%s", keys->prefix ? keys->prefix : "", name));
}

size_t celery_step(int64_t priority)
{
    return priority < 3 ? 0 : priority < 6 ? 1 : priority < 9 ? 2 : 3;
}

Bytes celery_list_key(Scope *s, const CeleryKeys *keys, const char *queue, size_t step)
{
    return key(s, keys, text(s, "%s%s", queue, step_suffixes[step]));
}

Bytes celery_binding_key(Scope *s, const CeleryKeys *keys, const char *exchange)
{
    return key(s, keys, text(s, "_kombu.binding.%s", exchange));
}

const char *celery_binding_member(Scope *s, const char *routing_key, const char *queue)
{
    return text(s, "%s" SEPARATOR SEPARATOR "%s", routing_key, queue);
}

bool celery_binding_read(Scope *s, Bytes member, const char **routing_key, const char **queue)
{
    ptrdiff_t first = bytes_find(member, BYTES(SEPARATOR), 0);
    ptrdiff_t second = first < 0 ? -1 : bytes_find(member, BYTES(SEPARATOR), (size_t)first + 2);

    if (second < 0)
        return false;
    *routing_key = text_of(s, (Bytes){member.data, (size_t)first});
    *queue = text_of(s, (Bytes){member.data + second + 2, member.size - (size_t)second - 2});
    return true;
}

Bytes celery_unacked_key(Scope *s, const CeleryKeys *keys)
{
    return key(s, keys, "unacked");
}

Bytes celery_unacked_index_key(Scope *s, const CeleryKeys *keys)
{
    return key(s, keys, "unacked_index");
}

Bytes celery_dead_key(Scope *s, const CeleryKeys *keys, const char *queue)
{
    return key(s, keys, text(s, "%s.dead", queue));
}

Bytes celery_delayed_key(Scope *s, const CeleryKeys *keys, const char *queue)
{
    return key(s, keys, text(s, "%s.delayed", queue));
}

Bytes celery_revoked_key(Scope *s, const CeleryKeys *keys)
{
    return key(s, keys, "dursor.revoked");
}

/* celery/backends/base.py: "_" unless the prefix ends in one of : _ - . */
static Bytes result_key(Scope *s, const CeleryKeys *keys, const char *name)
{
    const char *prefix = keys->prefix ? keys->prefix : "";
    bool ends = !*prefix || strchr(":_-.", prefix[strlen(prefix) - 1]);

    return bytes_of(text(s, "%s%s%s", prefix, ends ? "" : "_", name));
}

Bytes celery_result_key(Scope *s, const CeleryKeys *keys, const char *id)
{
    return result_key(s, keys, text(s, "celery-task-meta-%s", id));
}

Bytes celery_group_key(Scope *s, const CeleryKeys *keys, const char *id)
{
    return result_key(s, keys, text(s, "celery-taskset-meta-%s", id));
}

Bytes celery_control_channel(Scope *s, const CeleryKeys *keys)
{
    return key(s, keys, text(s, "/%lld.celery.pidbox", (long long)keys->database));
}

Bytes celery_reply_key(Scope *s, const CeleryKeys *keys, const char *oid)
{
    return key(s, keys, text(s, "%s.reply.celery.pidbox", oid));
}

Bytes celery_event_channel(Scope *s, const CeleryKeys *keys, const char *routing_key)
{
    return key(s, keys, text(s, "/%lld.celeryev/%s", (long long)keys->database, routing_key));
}
