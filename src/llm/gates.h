/* What all calls of the process share: the turns of each key (limiter.h), the circuit of each
 * address (breaker.h), and which parameters a model turned out not to take. Thread-safe.
 *
 * Keys and addresses are known by their SHA-256 only. The tables have a fixed size; idle rows are
 * given to newcomers.
 */
#pragma once

#include "llm/llm.h"

enum {
    GATE_ADDRESSES_MAX = 256,
    GATE_HABITS_MAX = 256, /* models whose missing parameters are remembered */
};

typedef struct Gates Gates;

/* settings: complete, no zeros; kept. */
fallible gates_open(Scope *s, const LlmSettings *settings, Gates **out);

/* A call's turn. It is given back when the scope it was asked in closes. */
typedef struct Turn Turn;

/* Joins the queue of the model's key. *wait: 0 when the call is in, INT64_MAX when it has to wait for
 * others, else the pause the provider asked for. LIMITED when too many keys are in use. */
fallible gate_queue(Scope *s, Gates *gates, const LlmModel *model, Turn **out, int64_t *wait);
/* Waits until the call is in, and the key's rate lets it through. LIMITED with the time when either takes longer
 * than settings->patience_us. */
fallible gate_wait(Scope *s, Turn *turn);
/* All calls of this key wait as long. */
void gate_pause(Turn *turn, int64_t us);

/* A call's try at its address. Closing the scope without having told the outcome counts as unknown. */
typedef struct Attempt Attempt;

/* UNAVAILABLE, code provider_unreachable, with the time, while the circuit is open. */
fallible gate_attempt(Scope *s, Gates *gates, const LlmModel *model, Attempt **out);
void gate_reached(Attempt *attempt);
void gate_unreached(Attempt *attempt);

/* A set of LlmParameter bits (llm/parameter.h). */
unsigned gate_without(Scope *s, Gates *gates, const LlmModel *model);
void gate_learn_without(Scope *s, Gates *gates, const LlmModel *model, unsigned parameters);
