/* What went wrong with a try, as a value: its kind decides the error, and whether another try can
 * help. Drivers find the kind from the words of their provider; what they do not know is decided by
 * the status. */
#pragma once

#include "llm/llm.h"
#include "llm/parameter.h"

typedef enum LlmFaultKind {
    FAULT_NONE = 0,
    FAULT_KEY,        /* the key is not accepted */
    FAULT_CREDIT,     /* money */
    FAULT_QUOTA,      /* used up for the day */
    FAULT_PERMISSION, /* this key may not do this */
    FAULT_MODEL,      /* no such model */
    FAULT_ADDRESS,    /* nothing that speaks the protocol is there */
    FAULT_CONTEXT,    /* more tokens than the model reads */
    FAULT_REQUEST,    /* refused for another reason */
    FAULT_PARAMETER,  /* refused for a parameter that can be left out */
    FAULT_SIZE,       /* more bytes than the provider takes */
    FAULT_RATE,
    FAULT_OVERLOAD,
    FAULT_SERVER,
    FAULT_UNREACHABLE,
    FAULT_SILENT,
    FAULT_CUT,
    FAULT_EVENT, /* an error event in the middle of the answer */
    FAULT_TRUNCATED,
    FAULT_REFUSED,
    FAULT_FILTERED,
    FAULT_EMPTY,
    FAULT_MALFORMED,
    FAULT_LARGE, /* the answer is over LLM_ANSWER_MAX */
} LlmFaultKind;

enum { FAULT_DETAIL_MAX = 300 }; /* characters of a provider's sentence */

typedef struct LlmFault {
    LlmFaultKind kind;
    const char *detail;     /* the provider's sentence, untrusted; NULL: none */
    unsigned parameter;     /* of FAULT_PARAMETER */
    int64_t retry_after_us; /* 0: not said */
} LlmFault;

/* A word in an error's code, type or sentence, and what it means. Tables end with {0}. */
typedef struct FaultWord {
    const char *word; /* found in any case */
    LlmFaultKind kind;
} FaultWord;

/* The kind of the first row whose word occurs in t (may be NULL). */
LlmFaultKind fault_word(const FaultWord *words, const char *t);
/* For refusals whose words say nothing. */
LlmFaultKind fault_of_status(int status);
/* A refusal of a parameter is one only when it names one that can be left out. */
void fault_parameter(LlmFault *fault, const char *parameter);
/* "2s", "0.5s", "350ms" anywhere behind the word in t, in microseconds; 0: not there. */
int64_t fault_delay(const char *t, const char *behind);

/* Whether the same request may succeed later. */
bool fault_passes(const LlmFault *fault);
const char *fault_code(const LlmFault *fault);
/* What happened, as a phrase. */
const char *fault_said(const LlmFault *fault);
/* The error, with provider and model in front, the provider's sentence clipped, and every occurrence
 * of the key in it made ***. tries: how often it was tried. */
fallible fault_error(Scope *s, const LlmModel *model, const LlmFault *fault, int64_t tries);
