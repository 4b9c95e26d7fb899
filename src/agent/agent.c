/* The drivers there are. */

#include "agent/agent.h"

const Name agent_outcome_names[] = {
    {AGENT_CHANGED, "changed"}, {AGENT_UNCHANGED, "unchanged"}, {0}};

const AgentDriver *const agent_drivers[] = {&patch_agent, NULL};

fallible agent_driver(Scope *s, const char *name, const AgentDriver **out)
{
    TextList names = {0};

    for (const AgentDriver *const *driver = agent_drivers; *driver; driver++) {
        if (text_equal((*driver)->name, name)) {
            *out = *driver;
            return OK;
        }
        texts_add(s, &names, (*driver)->name);
    }
    return fail(s, INVALID, "no agent \"%s\": there is %s", name, text_join(s, &names, ", "));
}
