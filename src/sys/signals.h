/* Signals as something to poll.
 *
 * main calls signals_block first, before any thread exists: SIGINT, SIGTERM and SIGHUP are then
 * blocked in all threads and arrive only at the descriptor; SIGPIPE is ignored, so that a write to
 * a closed pipe is EPIPE. Child programs start with default handling (sys/process.h).
 */
#pragma once

#include "base/error.h"

fallible signals_block(Scope *s);
/* Readable when one of them came. Closed with s. */
fallible signals_open(Scope *s, int *fd);
/* The next one's number; 0 when there is none. Never blocks. */
int signals_next(int fd);
/* "SIGTERM"; "signal 99" for one without a name. */
const char *signal_name(Scope *s, int number);
