/* A listener that says how a process is which has no API: /health and /healthz (it lives), /readyz (it
 * could work now), for probes. It needs no credential and says nothing else; any name may address it, and
 * so it may listen beyond loopback, where probes of an orchestrator come from. */
#pragma once

#include "service/app.h"

typedef struct HealthListener HealthListener;

/* At DURSOR_HEALTH_HOST and DURSOR_HEALTH_PORT until s closes: open it before what may take long to end. */
fallible health_open(Scope *s, App *app, HealthListener **out);
int health_port(const HealthListener *health);
