/* The inside of the client, for redis_*.c only.
 *
 * Under Redis.mutex: the nodes, their idle connections and the map of slots. A node that somebody uses is
 * pinned; the others may be given another address. Nobody waits for the network with the mutex held. */
#pragma once

#include "net/redis.h"
#include "net/redis_reader.h"
#include "net/redis_url.h"
#include "sys/thread.h"

enum {
    REDIS_SLOTS = 16384,
    REDIS_IDLE_MAX = 64, /* connections kept by one node */
    REDIS_MESSAGE_MAX = 400,
    REDIS_ROUNDS_MAX = 6, /* how often one command is sent at most */
};

typedef struct RedisNode RedisNode;

typedef struct RedisConnection {
    Scope *home;
    Wire *wire;
    RedisReader *reader;
    RedisNode *node;
    int64_t login; /* number of the login it was authenticated by */
    int64_t idle_since;
} RedisConnection;

struct RedisNode {
    Scope *home;
    WireTarget target;
    const char *shown;
    size_t pins;
    size_t lent;
    Condition given; /* somebody gave a connection back */
    RedisConnection *idle[REDIS_IDLE_MAX];
    size_t idle_count;
    bool mapped; /* owns slots */
    int64_t failures, retry_at;
    ErrorKind kind; /* of the last failure */
    char message[REDIS_MESSAGE_MAX];
};

/* Who we say that we are. Under a mutex of its own, since asking for a token may take long. */
typedef struct RedisLogins {
    Mutex mutex;
    Condition changed;
    bool busy;
    Scope *home; /* of the token */
    RedisToken token;
    int64_t number; /* 0: there is none yet */
    int64_t renew_at, ends_at;
} RedisLogins;

struct Redis {
    Scope *home;
    RedisOptions options;
    RedisAddress address;
    Mutex tls_mutex;
    WireTls *tls; /* made at the first connection */
    RedisLogins logins;
    Mutex mutex;
    RedisNode *nodes[REDIS_NODES_MAX];
    size_t node_count;
    RedisNode *seed;
    RedisNode **slots; /* REDIS_SLOTS; NULL: no cluster */
    bool map_busy, map_stale;
    int64_t map_at; /* when it was last asked for */
};

/* TIMEOUT because of a limit that was ours, not the caller's. */
bool redis_ran_out(Scope *s, const Error *e);

/* ---- redis_login.c ---- */

typedef struct RedisLogin {
    const char *user;
    const char *secret; /* NULL: nothing is asked of us */
    int64_t number;
    int64_t renew_at; /* when connections should be authenticated again; INT64_MAX: never */
} RedisLogin;

/* The login of now, in s; asks the source for a token when one is due. */
fallible redis_login(Scope *s, Redis *redis, RedisLogin *out);
/* The server refused it: the source is asked at the next need. */
void redis_login_refused(Redis *redis, int64_t number);

/* ---- redis_connection.c ---- */

fallible redis_connect(Scope *s, Redis *redis, RedisNode *node, RedisConnection **out);
void redis_disconnect(RedisConnection *c);
fallible redis_send(Scope *s, RedisConnection *c, Bytes bytes, size_t *sent);
/* NULL when no reply is whole by then: whoever asks again does so with the same s. */
fallible redis_hear(Scope *s, RedisConnection *c, int64_t wait_us, RedisReply **out);
/* wait_us: for the whole reply, and a second more for each megabyte. */
fallible redis_receive(Scope *s, RedisConnection *c, int64_t wait_us, RedisReply **out);
fallible redis_authenticate(Scope *s, Redis *redis, RedisConnection *c, const RedisLogin *login);

/* ---- redis_pool.c ---- */

/* Blocking commands are not counted. Fails at once while the next try is not due. */
fallible redis_lend(Scope *s, Redis *redis, RedisNode *node, bool blocks, RedisConnection **out);
/* whole: each command has had its answer. */
void redis_give(Redis *redis, RedisConnection *c, bool blocks, bool whole);
/* Closes what lies idle. */
void redis_drop_idle(Redis *redis, RedisNode *node);
/* How connecting went: after a failure the next try waits for a while. */
void redis_note(Redis *redis, RedisNode *node, const Error *e);
int64_t redis_backoff(int64_t failures);

/* ---- redis_nodes.c: all pin what they give ---- */

/* LIMITED when there are REDIS_NODES_MAX in use. */
fallible redis_node_at(Scope *s, Redis *redis, const WireTarget *target, RedisNode **out);
/* The owner of the slot; for slot -1, or where the map knows none, a server that seems to be there. */
RedisNode *redis_node_for(Redis *redis, int slot);
void redis_pin(Redis *redis, RedisNode *node);
void redis_unpin(Redis *redis, RedisNode *node);
/* "host:port" as MOVED and ASK have it; an empty host is that of the node that said so. */
fallible redis_node_named(Scope *s, Redis *redis, const RedisNode *asked, const char *name,
                          RedisNode **out);
/* The same by host and port. */
fallible redis_node_of(Scope *s, Redis *redis, const RedisNode *asked, WireTarget target,
                       RedisNode **out);

/* ---- redis_slots.c ---- */

int redis_slot(Bytes key);
/* -1: no key. */
int redis_slot_of(const RedisCommand *command);
/* Notes a MOVED; the map is asked for anew when that is due. */
void redis_slot_moved(Redis *redis, int slot, RedisNode *node);
/* The map may be wrong: a server in it does not answer. */
void redis_map_doubt(Redis *redis);
/* Asks a server for the map when it is in doubt, at most once a second, one thread at a time. */
void redis_map_refresh(Scope *s, Redis *redis);

/* ---- redis_exchange.c ---- */

typedef struct RedisSending {
    const RedisCommand *command;
    int slot;
    RedisNode *to;     /* pinned; NULL: to be found */
    bool asking;       /* the slot is on its way there */
    bool whole_script; /* EVAL: the server does not know it */
    RedisReply *reply; /* NULL: to be sent */
} RedisSending;

/* Sends all those without a reply that go to one node, in one write, and reads their replies. */
fallible redis_exchange(Scope *s, Redis *redis, RedisNode *node, RedisSending *all, size_t count);

/* ---- redis_fault.c ---- */

bool redis_is_failure(const RedisReply *reply, const char *word);
