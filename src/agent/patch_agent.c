/* The agent that needs no working tree: a conversation with a model, edits applied in memory. */

#include "agent/agent.h"
#include "agent/patch_run.h"
#include "agent/code_git.h"

static fallible task_check(Scope *s, const AgentTask *task)
{
    if (text_empty(task->instruction))
        return fail(s, INVALID, "the instruction is empty");
    if (strlen(task->instruction) > AGENT_INSTRUCTION_MAX)
        return fail(s, TOO_LARGE, "the instruction is longer than %d bytes", AGENT_INSTRUCTION_MAX);
    return OK;
}

static fallible patch_edit(Scope *s, const AgentTask *task, const AgentEvents *events,
                           AgentResult *out)
{
    TRY(task_check(s, task));
    CodeSource *code = code_git(s, &(CodeAt){task->repo, task->base, task->forbidden});
    return patch_run(s, &(PatchOrder){task, code, events}, out);
}

const AgentDriver patch_agent = {
    .name = "patch_agent",
    .about = "Asks a model for edits and applies them; needs no working tree.",
    .edit = patch_edit,
};
