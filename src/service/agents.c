/* Looking for agent programs. */

#include "service/agents.h"

#include <stdlib.h>

#include "base/json.h"
#include "sys/process.h"

static const struct {
    Executor executor;
    const char *label;
    const char *program; /* NULL: dursor itself */
} known[] = {
    {PATCH_AGENT, "Models, with dursor's own agent", NULL},
    {CLAUDE_CODE, "Claude Code", "claude"},
    {CODEX_CLI, "Codex CLI", "codex"},
    {GEMINI_CLI, "Gemini CLI", "gemini"},
};

/* The program gets no key and no configuration of the user: only what it needs to start. */
static fallible version_of(Scope *s, const char *path, const char **out)
{
    SCOPE(tmp, s);
    const char *search = getenv("PATH");
    ProcessSpec spec = {
        .argv = TEXTS(path, "--version"),
        .env = TEXTS(text(tmp, "PATH=%s", search ? search : "/usr/bin:/bin"), "HOME=/nonexistent"),
        .out = {.max = AGENT_VERSION_MAX},
    };
    ProcessResult result;

    scope_limit(tmp, AGENT_VERSION_US);
    TRY(process_run(tmp, &spec, &result));
    TRY(process_check(tmp, &spec, &result));
    *out = text_head(s, text_trim(tmp, text_clean(tmp, result.out, NULL)), 100);
    return OK;
}

static Json params_of(Scope *s, const AgentView *agent)
{
    ErrorParam program = {"program", agent->program, NULL};

    return json_of_params(s, &(ErrorParam){"label", agent->label, &program});
}

static fallible look(Scope *s, AgentView *agent)
{
    Error *e = program_find(s, agent->program, NULL, &agent->path);

    agent->reason_params = params_of(s, agent);
    if (failed_as(e, MISSING)) {
        error_drop(e, "not installed is an answer");
        agent->reason_code = "agent_not_found";
        agent->reason = text(s, "%s is not installed on the server's machine", agent->program);
        return OK;
    }
    TRY(e);
    agent->reason_code = "agent_without_driver";
    agent->reason =
        text(s, "%s was found, but this version of dursor cannot run it yet", agent->label);
    e = version_of(s, agent->path, &agent->version);
    if (cancel_asked(scope_cancel(s)))
        return e;
    error_drop(e, "a program that does not say its version is shown without");
    return OK;
}

Error *agents_view(Scope *s, AgentsView *out)
{
    AgentsView view = {0};

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        ExecutorView executor = {known[i].executor, known[i].label, true, true, NULL, {0}, NULL};
        if (known[i].program) {
            AgentView agent = {.executor_type = known[i].executor,
                               .label = known[i].label,
                               .program = known[i].program};
            TRY(look(s, &agent));
            executor = (ExecutorView){.executor_type = agent.executor_type,
                                      .label = agent.label,
                                      .usable = agent.usable,
                                      .reason_code = agent.reason_code,
                                      .reason_params = agent.reason_params,
                                      .reason = agent.reason};
            *list_add(s, &view.agents) = agent;
        }
        *list_add(s, &view.executors) = executor;
    }
    *out = view;
    return OK;
}
