/* Runs the registered tests through cmocka, each in a unit of its own. Arguments: none for all, or
 * parts of names. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail /* ours is in base/error.h */

#include "base/log.h"
#include "test/test.h"

enum { TESTS_MAX = 2000 };

typedef struct Case {
    const char *name;
    TestFunction *run;
} Case;

static Case cases[TESTS_MAX];
static size_t case_count;

void test_register(const char *name, TestFunction *run)
{
    if (case_count == TESTS_MAX)
        abort();
    cases[case_count++] = (Case){name, run};
}

Error *test_skip(Scope *s, const char *why)
{
    return fail_code(s, UNSUPPORTED, "test_skipped", "%s", why);
}

static void run_case(void **state)
{
    const Case *c = *state;
    Scope *s = unit_open(NULL, c->name);
    Error *e = c->run(s);
    char message[2000];

    if (!e) {
        scope_close(s);
        return;
    }
    if (text_equal(e->code, "test_skipped")) {
        fprintf(stderr, "# skipped %s: %s\n", c->name, e->message);
        scope_close(s);
        skip();
    }
    log_failure(s, e);
    snprintf(message, sizeof message, "%s", e->message);
    scope_close(s); /* cmocka jumps out of the test, past a cleanup attribute */
    print_error("%s\n", message);
    _fail(__FILE__, __LINE__);
}

static bool wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strstr(name, argv[i]))
            return true;
    return argc < 2;
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[TESTS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < case_count; i++)
        if (wanted(cases[i].name, argc, argv))
            tests[count++] = (struct CMUnitTest){cases[i].name, run_case, NULL, NULL, &cases[i]};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return _cmocka_run_group_tests("tests", tests, count, NULL, NULL) ? 1 : 0;
}
