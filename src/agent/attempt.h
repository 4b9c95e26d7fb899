/* One conversation with a model, from the choice of files to the changes. */
#pragma once

#include "agent/agent.h"
#include "agent/code.h"

typedef struct AttemptOrder {
    const AgentTask *task;
    const CodeSource *code;    /* the repository at task->base */
    const AgentEvents *events; /* NULL: nobody listens */
} AttemptOrder;

/* Fails as AgentDriver.edit does. */
fallible attempt_run(Scope *s, const AttemptOrder *order, AgentResult *out);
