#include "test/agent/given.h"
