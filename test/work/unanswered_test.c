/* Commits that the database did not answer, and what the runner makes of them. */

#include "test/work/given.h"

STORE_TEST(a_claim_that_was_committed_without_an_answer_is_worked_on)
{
    House *house;
    Job job = {0};
    Proxy *proxy;
    World far;

    if (w->database == ON_SQLITE)
        return OK; /* its commits are answered */
    TRY(given_proxied(s, w, &far, &proxy));
    TRY(given_house(s, &far, &house));
    TRY(given_runner(s, house, 2));
    house->world = w;
    proxy->at_commit = DEAFEN;
    TRY(given_probe(s, house, "ok", &job));
    TRY(job_becomes(s, house, job.id, JOB_SUCCEEDED, &job));
    CHECK_EQ(proxy->at_commit, PASS);
    CHECK_EQ(job.fence, 1);
    return OK;
}
