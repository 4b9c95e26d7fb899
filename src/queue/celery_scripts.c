/* The scripts of the transport. Each takes the server's time, so that no clock of a worker decides, and
 * wraps the bytes of a message without writing them anew. All keys are declared, for clusters. */

#include "queue/celery_parts.h"

#define NOW "local t = redis.call('TIME') local now = t[1] + t[2] / 1000000 "

const char *const celery_script_texts[SCRIPT_COUNT] = {
    /* KEYS: unacked_index, unacked, revoked, the dead letters of each queue, then for each step the list of
     * each queue. ARGV: queues, tokens, the tokens, the queues' names. Answers {seconds, microseconds,
     * {token or "", entry or the message itself when it has no token, queue, revoked} …}. */
    [SCRIPT_CLAIM] = NOW
    "local queues, most = tonumber(ARGV[1]), tonumber(ARGV[2]) "
    "local out, used = {}, 0 "
    "for i = 1, redis.call('HEXISTS', KEYS[2], ARGV[3]) * most do " /* the answer got lost */
    "  local entry = redis.call('HGET', KEYS[2], ARGV[2 + i]) "
    "  if entry then out[#out + 1] = {ARGV[2 + i], entry, 0, 0} end "
    "end "
    "if #out > 0 then return {t[1], t[2], out} end "
    "local i = 4 + queues "
    "while #out < most and i <= #KEYS do "
    "  local m = redis.call('RPOP', KEYS[i]) "
    "  if not m then i = i + 1 else "
    "    local q = (i - 4 - queues) % queues + 1 "
    "    local good, j = pcall(cjson.decode, m) "
    "    good = good and type(j) == 'table' and type(j.properties) == 'table' "
    "      and type(j.properties.delivery_info) == 'table' "
    "    if good then "
    "      used = used + 1 "
    "      local token = ARGV[2 + used] "
    "      local entry = '[' .. m .. ', \"\", ' .. cjson.encode(ARGV[2 + most + q]) .. ']' "
    "      local id = type(j.headers) == 'table' and j.headers.id "
    "      local until_ = type(id) == 'string' and redis.call('ZSCORE', KEYS[3], id) "
    "      redis.call('ZADD', KEYS[1], string.format('%.6f', now), token) "
    "      redis.call('HSET', KEYS[2], token, entry) "
    "      out[#out + 1] = {token, entry, q, (until_ and tonumber(until_) > now) and 1 or 0} "
    "    else "
    "      redis.call('LPUSH', KEYS[3 + q], m) "
    "      out[#out + 1] = {'', m, q, 0} "
    "    end "
    "  end "
    "end "
    "return {t[1], t[2], out}",

    /* KEYS: unacked_index. ARGV: tokens. Answers 1 for each that is held. */
    [SCRIPT_RENEW] =
        NOW "local out = {} "
            "for i = 1, #ARGV do "
            "  out[i] = 0 "
            "  if redis.call('ZSCORE', KEYS[1], ARGV[i]) then "
            "    redis.call('ZADD', KEYS[1], 'XX', string.format('%.6f', now), ARGV[i]) "
            "    out[i] = 1 "
            "  end "
            "end "
            "return out",

    /* KEYS: unacked_index, unacked, one for each move. ARGV: token, score or "", and for each move the
     * command and two arguments. */
    [SCRIPT_LEAVE] =
        "if ARGV[2] ~= '' and redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end "
        "redis.call('ZREM', KEYS[1], ARGV[1]) "
        "if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then return 0 end "
        "for i = 3, #KEYS do "
        "  local at = 3 * (i - 2) "
        "  if ARGV[at] == 'ZADD' then redis.call('ZADD', KEYS[i], ARGV[at + 1], ARGV[at + 2]) "
        "  else redis.call(ARGV[at], KEYS[i], ARGV[at + 1]) end "
        "end "
        "return 1",

    /* KEYS: unacked_index, unacked. ARGV: seconds for ours, for others', how ours begin, how many, how many
     * to look at. Answers {tag, score, entry or ""} of each. */
    [SCRIPT_ABANDONED] = NOW
    "local out = {} "
    "local function take(from, to, ours) "
    "  local found = redis.call('ZRANGEBYSCORE', KEYS[1], from, to, 'WITHSCORES', 'LIMIT', 0, "
    "ARGV[5]) "
    "  for i = 1, #found, 2 do "
    "    if #out >= tonumber(ARGV[4]) then return end "
    "    if not ours or string.sub(found[i], 1, #ARGV[3]) == ARGV[3] then "
    "      out[#out + 1] = {found[i], found[i + 1], redis.call('HGET', KEYS[2], found[i]) or ''} "
    "    end "
    "  end "
    "end "
    "local others = string.format('%.6f', now - ARGV[2]) "
    "take('-inf', others, false) "
    "take('(' .. others, string.format('%.6f', now - ARGV[1]), true) "
    "return out",

    /* KEYS: delayed, the lists of the queue. ARGV: how many. Members are the step and the message. The one
     * that is due for the longest is popped first. Answers {moved, milliseconds until the next or -1}. */
    [SCRIPT_DUE] = NOW "local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', "
                       "string.format('%.6f', now), 'LIMIT', 0, "
                       "  ARGV[1]) "
                       "for i = #found, 1, -1 do "
                       "  redis.call('RPUSH', KEYS[2 + tonumber(string.sub(found[i], 1, 1))], "
                       "string.sub(found[i], 2)) "
                       "  redis.call('ZREM', KEYS[1], found[i]) "
                       "end "
                       "local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES') "
                       "if not first[2] then return {#found, -1} end "
                       "return {#found, math.max(0, math.ceil((tonumber(first[2]) - now) * 1000))}",

    /* KEYS: the result's. ARGV: payload, seconds to live or 0. SUCCESS stays. */
    [SCRIPT_STORE] = "local old = redis.call('GET', KEYS[1]) "
                     "if old then "
                     "  local good, j = pcall(cjson.decode, old) "
                     "  if good and type(j) == 'table' and j.status == 'SUCCESS' then return 0 end "
                     "end "
                     "if ARGV[2] == '0' then redis.call('SET', KEYS[1], ARGV[1]) "
                     "else redis.call('SETEX', KEYS[1], ARGV[2], ARGV[1]) end "
                     "redis.call('PUBLISH', KEYS[1], ARGV[1]) "
                     "return 1",

    /* KEYS: for each offer what remembers it, and its list. ARGV: seconds to remember, the messages. Answers
     * how many were new. */
    [SCRIPT_OFFER] = "local sent = 0 "
                     "for i = 1, #KEYS, 2 do "
                     "  if redis.call('SET', KEYS[i], '1', 'NX', 'EX', ARGV[1]) then "
                     "    redis.call('LPUSH', KEYS[i + 1], ARGV[(i + 1) / 2 + 1]) "
                     "    sent = sent + 1 "
                     "  end "
                     "end "
                     "return sent",
};
