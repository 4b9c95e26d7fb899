/* A test is a fallible function that gets a scope: TRY works in it, what it opens is closed at its
 * end, and its name is a sentence.
 *
 *     TEST(an_unknown_model_starts_no_run_at_all)
 *     {
 *         FAILS(INVALID, run_create(s, …));
 *         CHECK_EQ(jobs_pending(s), 0);
 *         return OK;
 *     }
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

typedef Error *TestFunction(Scope *s);
void test_register(const char *name, TestFunction *run);
/* Ends the test as skipped, with the reason. */
fallible test_skip(Scope *s, const char *why);

#define TEST(name_)                                                                                \
    static Error *test_##name_(Scope *s);                                                          \
    __attribute__((constructor)) static void register_##name_(void)                                \
    {                                                                                              \
        test_register(#name_, test_##name_);                                                       \
    }                                                                                              \
    static Error *test_##name_(Scope *s)

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return fail(s, BUG, "%s:%d: not true: %s", __FILE__, __LINE__, #condition);            \
    } while (0)

#define CHECK_EQ(got, wanted)                                                                      \
    do {                                                                                           \
        long long got_ = (long long)(got), wanted_ = (long long)(wanted);                          \
        if (got_ != wanted_)                                                                       \
            return fail(s, BUG, "%s:%d: %s is %lld, not %lld", __FILE__, __LINE__, #got, got_,     \
                        wanted_);                                                                  \
    } while (0)

#define CHECK_TEXT(got, wanted)                                                                    \
    do {                                                                                           \
        const char *got_ = (got), *wanted_ = (wanted);                                             \
        if (!text_equal(got_, wanted_))                                                            \
            return fail(s, BUG, "%s:%d: %s is \"%s\", not \"%s\"", __FILE__, __LINE__, #got,       \
                        got_ ? got_ : "(null)", wanted_ ? wanted_ : "(null)");                     \
    } while (0)

/* The text holds the part. */
#define CHECK_HAS(got, part)                                                                       \
    do {                                                                                           \
        const char *got_ = (got), *part_ = (part);                                                 \
        if (!got_ || !strstr(got_, part_))                                                         \
            return fail(s, BUG, "%s:%d: %s is \"%s\", without \"%s\"", __FILE__, __LINE__, #got,   \
                        got_ ? got_ : "(null)", part_);                                            \
    } while (0)

/* The call fails with that kind. */
#define FAILS(kind_, call)                                                                         \
    do {                                                                                           \
        Error *e_ = (call);                                                                        \
        if (!failed_as(e_, kind_))                                                                 \
            return fail(s, BUG, "%s:%d: %s gave %s: %s", __FILE__, __LINE__, #call,                \
                        e_ ? error_kind(e_->kind)->name : "success", e_ ? e_->message : "");       \
    } while (0)
