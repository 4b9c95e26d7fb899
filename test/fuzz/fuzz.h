/* A fuzz target: the one function that a NAME_fuzz.c defines. It opens a unit, gives the bytes to
 * one parser, and aborts (FUZZ_CHECK) when a promise does not hold. Errors of the parser are fine. */
#pragma once

#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)
