/* The built-in script: three models that change the sample repository in three ways, all of them right. */

#include "agent/agent.h"
#include "base/list.h"
#include "test/cli/given_demo.h"
#include "test/git/given.h"

#define COPY_SAMPLE                                                                                \
    "cp -r " DURSOR_SOURCE "/data/demo/repository/. . && git add -A && git -c user.name=a -c "     \
    "user.email=a@b commit -q -m sample"

static fallible ignore(Scope *s, void *self, const AgentEvent *event)
{
    (void)s, (void)self, (void)event;
    return OK;
}

static fallible given_sample(Scope *s, const char *make, Given *given)
{
    TRY(given_mirror(s, given));
    TRY(sh(s, given->source, make));
    return given_fetch(s, given);
}

typedef struct Trying {
    const Given *git;
    const GivenDemo *demo;
    const char *model;
    Provider provider;
} Trying;

/* The commit that the model makes of base. */
static fallible run_model(Scope *s, const Trying *run, const char *base, AgentResult *result,
                          const char **commit)
{
    const char *url = demo_llm_url(s, run->demo->demo);
    LlmModel model = {.provider = run->provider,
                      .model_name = run->model,
                      .api_key = "demo",
                      .base_url = run->provider == PROVIDER_OPENAI ? text(s, "%s/v1", url) : url};
    AgentTask task = {
        .instruction =
            "Make greet() say hello in Japanese when the language is ja, and cover it with a test",
        .repo = run->git->repo,
        .base = base,
        .llm = run->demo->llm,
        .model = &model};
    AgentEvents events = {.emit = ignore};
    CommitResult made;

    TRY(patch_agent.edit(s, &task, &events, result));
    CommitOrder order = an_order(base, NULL, result->changes);
    TRY(git_commit_changes(s, run->git->repo, &order, &made));
    *commit = made.commit;
    return OK;
}

/* Runs the sample's own tests on the commit. */
static fallible check_tests(Scope *s, const Given *git, const char *commit)
{
    const char *said;

    return given_sh(s, git->mirror->git_dir,
                    text(s,
                         "d=$(mktemp -d) && git archive %s | tar -x -C $d && cd $d && python3 -B "
                         "-m unittest 2>&1 && rm -r $d",
                         commit),
                    &said);
}

static const Trying models[] = {
    {.model = "demo-careful", .provider = PROVIDER_ANTHROPIC},
    {.model = "demo-quick", .provider = PROVIDER_OPENAI},
    {.model = "demo-thorough", .provider = PROVIDER_GOOGLE},
};

TEST(three_demo_models_give_three_different_right_answers_and_a_follow_up_each)
{
    const char *first[COUNT_OF(models)], *second, *shown;
    AgentResult result;
    GivenDemo demo;
    Given git;

    TRY(given_sample(s, COPY_SAMPLE, &git));
    TRY(given_demo(s, NULL, &demo));
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        Trying run = {&git, &demo, models[i].model, models[i].provider};
        TRY_WHILE(run_model(s, &run, git.head, &result, &first[i]), "%s", run.model);
        TRY_WHILE(check_tests(s, &git, first[i]), "%s", run.model);
        TRY(given_sh(s, git.mirror->git_dir, text(s, "git show %s:greeter/greet.py", first[i]),
                     &shown));
        CHECK_HAS(shown, "\"ja\": \"こんにちは、{name}さん");
        TRY_WHILE(run_model(s, &run, first[i], &result, &second), "%s again", run.model);
        TRY_WHILE(check_tests(s, &git, second), "%s again", run.model);
        CHECK_EQ(result.outcome, AGENT_CHANGED);
        TRY(run_model(s, &run, second, &result, &second));
        CHECK_EQ(result.outcome, AGENT_UNCHANGED);
    }
    TRY(given_sh(s, git.mirror->git_dir,
                 text(s, "git rev-parse %s^{tree} %s^{tree} %s^{tree} | sort -u | wc -l", first[0],
                      first[1], first[2]),
                 &shown));
    CHECK_TEXT(shown, "3");
    return OK;
}

TEST(in_another_repository_a_demo_model_says_what_it_is)
{
    AgentResult result;
    const char *commit;
    GivenDemo demo;
    Given git;

    TRY(given_sample(s, "true", &git));
    TRY(given_demo(s, NULL, &demo));
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        Trying run = {&git, &demo, models[i].model, models[i].provider};
        TRY_WHILE(run_model(s, &run, git.head, &result, &commit), "%s", run.model);
        CHECK_EQ(result.changes.count, 1);
        CHECK_TEXT(result.changes.items[0].path, "DURSOR-DEMO.md");
        CHECK_HAS(result.summary, "scripted demo model");
    }
    return OK;
}

TEST(the_quick_demo_model_needs_a_repair_and_the_others_look_first)
{
    AgentResult result;
    const char *commit;
    GivenDemo demo;
    Given git;

    TRY(given_sample(s, COPY_SAMPLE, &git));
    TRY(given_demo(s, NULL, &demo));
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        Trying run = {&git, &demo, models[i].model, models[i].provider};
        TRY_WHILE(run_model(s, &run, git.head, &result, &commit), "%s", run.model);
        CHECK_EQ(result.usage.calls, 2);
        CHECK_EQ(result.warnings.count, 0);
    }
    return OK;
}
