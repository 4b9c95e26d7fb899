/* One conversation with a model, from the choice of files to the changes. */
#pragma once

#include "agent/agent.h"
#include "agent/code.h"

typedef struct PatchOrder {
    const AgentTask *task;
    const CodeSource *code;    /* the repository at task->base */
    const AgentEvents *events; /* NULL: nobody listens */
} PatchOrder;

/* Fails as AgentDriver.edit does. */
fallible patch_run(Scope *s, const PatchOrder *order, AgentResult *out);
