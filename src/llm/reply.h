/* From a finished answer to a reply, or to what is wrong with it. */
#pragma once

#include "llm/driver.h"

/* Judges what the stream left: cut, refused, filtered, truncated, empty. The first fault stays. */
void answer_judge(LlmAnswer *answer, const LlmRequest *rq);
/* What the answer used: as counted, else estimated from the bytes sent and received. */
Usage answer_used(LlmAnswer *answer, Bytes body, bool *estimated);
/* Everything copied into s. */
void reply_of(Scope *s, const LlmDriver *driver, const LlmAnswer *answer, LlmReply *out);
