/* What error replies mean. Their first word is a code; what follows is for people. */

#include "net/redis_parts.h"

enum { SHOWN_CHARACTERS = 200 };

static const struct {
    const char *begins;
    ErrorKind kind;
    const char *words; /* NULL: the server's own */
} faults[] = {
    {"NOAUTH", DENIED, "it wants a password: put user and password into its address"},
    {"WRONGPASS", DENIED,
     "it refuses the user or the password: check the address and the server's users (ACL)"},
    {"ERR invalid password", DENIED, "it refuses the password"},
    {"ERR AUTH <password> called without any password", DENIED,
     "it has no password: leave it out of the address"},
    {"NOPERM", DENIED, NULL},
    {"DENIED", DENIED, NULL},
    {"LOADING", UNAVAILABLE, "it is still loading its data"},
    {"READONLY", UNAVAILABLE,
     "it is a replica, which takes no writes; a failover may be under way"},
    {"MASTERDOWN", UNAVAILABLE, "it is a replica that has lost its master"},
    {"CLUSTERDOWN", UNAVAILABLE, "the cluster is down, or a part of it"},
    {"TRYAGAIN", UNAVAILABLE, "the slot of these keys is being moved"},
    {"MOVED", UNAVAILABLE, "the cluster keeps sending us elsewhere"},
    {"ASK", UNAVAILABLE, "the cluster keeps sending us elsewhere"},
    {"BUSY ", UNAVAILABLE, "it is busy with a script"},
    {"NOREPLICAS", UNAVAILABLE, NULL},
    {"MISCONF", UNAVAILABLE, "it refuses writes because it cannot save to disk"},
    {"OOM", UNAVAILABLE, "its memory is used up: raise maxmemory, or find what fills it"},
    {"ERR max number of clients", UNAVAILABLE, "it has as many clients as it may"},
    {"CROSSSLOT", INVALID,
     "the keys of one command lie in different slots of the cluster: give them one hash tag, as in "
     "{dursor}:a and {dursor}:b"},
    {"WRONGTYPE", INVALID, "a key holds another kind of value"},
    {"ERR DB index is out of range", INVALID, "it has no database of the number in its address"},
    {"ERR SELECT is not allowed in cluster mode", INVALID,
     "a cluster has database 0 only: leave the number out of its address"},
};

bool redis_is_failure(const RedisReply *reply, const char *word)
{
    size_t size = strlen(word);

    return reply->type == REDIS_FAILURE && reply->bytes.size >= size &&
           memcmp(reply->bytes.data, word, size) == 0;
}

/* An unknown command is answered with its arguments, which may be secrets. */
static const char *shown(Scope *s, const RedisReply *reply)
{
    Bytes bytes = reply->bytes;
    ptrdiff_t args = bytes_find(bytes, BYTES(", with args beginning with"), 0);

    if (args >= 0)
        bytes.size = (size_t)args;
    return text_head(s, text_clean(s, bytes, NULL), SHOWN_CHARACTERS);
}

Error *redis_failed(Scope *s, const RedisReply *reply)
{
    if (reply->type != REDIS_FAILURE)
        return OK;
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        if (redis_is_failure(reply, faults[i].begins))
            return fail(s, faults[i].kind, "Redis: %s",
                        faults[i].words ? faults[i].words : shown(s, reply));
    return fail(s, UPSTREAM, "Redis: %s", shown(s, reply));
}

bool redis_ran_out(Scope *s, const Error *e)
{
    return failed_as(e, TIMEOUT) && scope_remaining(s) > 0;
}
