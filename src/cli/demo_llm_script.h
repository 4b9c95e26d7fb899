/* The script of the demo server, read from JSON. docs/demo-llm.md says what each member does. */
#pragma once

#include "base/json.h"

typedef struct DemoTool {
    const char *name;
    Json input; /* an object; a JSON string is a custom tool's text (Responses only) */
} DemoTool;

typedef LIST_OF(DemoTool) DemoToolList;

typedef struct DemoUsage {
    OptInt input, output, cache_read,
        cache_write; /* tokens; absent: estimated, or 0 for the caches */
} DemoUsage;

typedef enum DemoStop { DEMO_STOP_END = 1, DEMO_STOP_LENGTH, DEMO_STOP_FILTER } DemoStop;

typedef struct DemoStep {
    const char *text;
    const char *thinking;
    DemoToolList tools;
    DemoUsage usage;
    DemoStop stop;    /* 0: the end, or the tool calls */
    int64_t first_ms; /* before the answer begins */
    int64_t pause_ms; /* between events */
    int64_t stall_ms; /* in the middle, also when pauses are left out */
    OptInt cut;       /* events after which the connection is closed */
    bool reset;       /* ... and reset */
} DemoStep;

typedef LIST_OF(DemoStep) DemoStepList;

typedef struct DemoCase {
    TextList when;   /* texts the request must hold, all of them */
    TextList unless; /* texts it must not hold */
    bool by_answers; /* the step is the number of the model's answers so far, not of its tool turns */
    DemoStepList steps;
} DemoCase;

typedef LIST_OF(DemoCase) DemoCaseList;

typedef struct DemoFault {
    OptInt at; /* which request of the model, from 1; absent: all */
    int64_t status;
    int64_t retry_after; /* seconds; 0: not said */
    const char *message;
    const char *body; /* in place of the provider's form */
    int64_t hang_ms;  /* before anything is said */
    bool reset;       /* the connection, without an answer */
    OptInt cut;       /* events of the usual answer */
} DemoFault;

typedef LIST_OF(DemoFault) DemoFaultList;

typedef struct DemoModel {
    const char *name; /* * stands for any characters */
    const char *aux;  /* answer to requests without tools, which take no step; NULL: they do */
    DemoStepList steps;
    DemoCaseList cases;
    DemoFaultList faults;
} DemoModel;

typedef LIST_OF(DemoModel) DemoModelList;

typedef struct DemoScript {
    DemoModelList models;
} DemoScript;

/* INVALID, with the place of each mistake; a member that there is not is one. */
fallible demo_script_read(Scope *s, Bytes json, DemoScript *out);
/* The first model whose name fits; NULL when none does. */
const DemoModel *demo_script_model(const DemoScript *script, const char *name);
/* The first case whose conditions hold for the request's text, else the model's own steps. NULL when
 * there is neither. */
const DemoStepList *demo_model_steps(const DemoModel *model, const char *text, bool *by_answers);
/* The fault of the model's request with that number, from 1; NULL: none. */
const DemoFault *demo_model_fault(const DemoModel *model, int64_t number);
