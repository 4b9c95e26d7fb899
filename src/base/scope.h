/* One unit of work: a request, a job, a command.
 *
 * A scope holds the memory of the work, the undo of what was opened for it, its deadline, its
 * cancellation and the fields that its log lines carry. It is the first parameter of nearly every
 * function; results are allocated in it and nobody frees them. Undo functions run in reverse order
 * when the scope closes, so an early return rolls back.
 *
 * A scope belongs to one thread. Its Cancel is the one part that other threads may touch.
 *
 *     SCOPE(tmp, s);                         // scratch that closes with this block
 *     Run *run = NEW(s, Run);                // zeroed, lives as long as s
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Scope Scope;
typedef struct Cancel Cancel;
typedef struct Undo Undo;

/* Begins a unit of work. A parent's cancellation reaches it; memory is its own. The parent, which
 * may be NULL, must outlive the unit. */
Scope *unit_open(Cancel *parent, const char *name);

/* Begins a part of s: own memory and undo, the same unit, a deadline that can only be shorter. */
Scope *scope_child(Scope *s);

/* Runs the undo functions, newest first, and gives the memory back. NULL is accepted. */
void scope_close(Scope *s);

void scope_close_at(Scope **s);
#define SCOPE(tmp, s) Scope *tmp __attribute__((cleanup(scope_close_at))) = scope_child(s)
#define UNIT(u, parent, name)                                                                      \
    Scope *u __attribute__((cleanup(scope_close_at))) = unit_open(parent, name)

/* Zeroed memory; ends the process when there is none. */
void *scope_alloc(Scope *s, size_t size) __attribute__((returns_nonnull, alloc_size(2)));
void *scope_alloc_array(Scope *s, size_t count, size_t size) __attribute__((returns_nonnull));
/* Grows a block that scope_alloc gave; the new part is zeroed, the old pointer dead. */
void *scope_grow(Scope *s, void *block, size_t old_size, size_t new_size);
void *scope_copy(Scope *s, const void *from, size_t size);
size_t scope_bytes(const Scope *s);

#define NEW(s, T)              ((T *)scope_alloc(s, sizeof(T)))
#define NEW_ARRAY(s, T, count) ((T *)scope_alloc_array(s, count, sizeof(T)))
#define COPY(s, from)          ((__typeof__(from))scope_copy(s, from, sizeof *(from)))

/* Calls fn(what) when s closes. undo_forget takes that back, undo_now does it at once. Both accept
 * an undo only once and only while its scope is open. */
Undo *scope_undo(Scope *s, void (*fn)(void *what), void *what);
void undo_forget(Undo *undo);
void undo_now(Undo *undo);

/* ---- Deadline: microseconds of CLOCK_MONOTONIC ---- */

int64_t clock_us(void);
void scope_limit(Scope *s, int64_t us_from_now);
/* INT64_MAX without a deadline; never negative. */
int64_t scope_remaining(const Scope *s);

/* ---- Cancellation ---- */

Cancel *scope_cancel(Scope *s);
/* From any thread: marks the unit and all units below it, and wakes their waits. The first reason,
 * a constant text, stays. */
void cancel_now(Cancel *cancel, const char *reason);
bool cancel_asked(const Cancel *cancel);
const char *cancel_reason(const Cancel *cancel);
/* Readable once cancelled; made at first use. It is the unit's own until that one closes: then it is
 * closed, or serves another unit, so an epoll that has it must be closed within the unit. -1 while the process has no
 * descriptor left: whoever waits then looks at cancel_asked now and then, as scope_poll does. */
int cancel_fd(Cancel *cancel);

/* ---- Log fields of the unit: name is a constant, value is copied ---- */

typedef struct ScopeField {
    const char *name;
    const char *value;
    const struct ScopeField *next;
} ScopeField;

void scope_field(Scope *s, const char *name, const char *value);
const ScopeField *scope_fields(const Scope *s);
const char *scope_name(const Scope *s);

/* The unit's outermost scope, where errors live. */
Scope *scope_unit(Scope *s);
