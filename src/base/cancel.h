/* The cancellation of a unit of work, for scope.c and wait.c only: everyone else uses scope.h. */
#pragma once

#include "base/scope.h"

Cancel *cancel_open(Cancel *parent);
void cancel_close(Cancel *cancel);
