/* Saying an answer at the script's pace, with the script's accidents. */
#pragma once

#include "cli/demo_llm_ask.h"

typedef struct DemoPlay {
    const HttpRequest *rq;
    const DemoProtocol *protocol;
    const DemoReply *reply;
    bool instant; /* no pauses */
    OptInt cut;   /* events after which it ends without an end */
    bool reset;   /* ... and with a reset */
} DemoPlay;

/* Fills *answer, or writes a stream itself. CANCELLED and the like when the client is gone. */
fallible demo_play(Scope *s, const DemoPlay *play, HttpAnswer *answer);
